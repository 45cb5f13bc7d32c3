"""Reads JSON, whatever is wrong with it marked where it stands."""

import json
from typing import Any

from gatekeeper_site.core.documents.faults import (
    NOT_FINITE,
    DocumentError,
    DocumentSyntaxError,
    Fault,
    Odd,
    unreadable,
)
from gatekeeper_site.core.documents.values import MAX_DEPTH, integer, key_once, real


def parse_json(text: str) -> Any:
    """Return the value of a JSON text, `Odd` where it has what we do not take.

    Raises:
        DocumentSyntaxError: it is not JSON.
        DocumentError: it is nested without end.
    """
    try:
        return json.loads(
            text,
            object_pairs_hook=object_of,
            parse_int=integer,
            parse_float=real,
            parse_constant=lambda name: Odd(name, NOT_FINITE),
        )
    except json.JSONDecodeError as error:
        if not text.strip():
            message = "The body is empty; a JSON object is expected."
            raise DocumentSyntaxError([Fault("", message)]) from error
        raise unreadable("not JSON", text, error.pos) from error
    except RecursionError as error:
        message = f"The body is nested deeper than {MAX_DEPTH} levels."
        raise DocumentError([Fault("", message)]) from error


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as an object, with what is wrong beside each key that stands twice."""
    value = dict(pairs)
    if len(value) < len(pairs):
        value.clear()
        for key, member in pairs:
            value[key_once(key, value)] = member
    return value
