"""Reads JSON, whatever is wrong with it marked where it stands."""

import json
import re
from collections.abc import Callable
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

# The escapes of a JSON text, those first that stand for what no database takes as text: NUL, and
# half of a surrogate pair.
ESCAPES = re.compile(
    r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|(\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2}))"
    r"|\\."
)


def parse_json(text: str, *, keeps_text: bool = False) -> Any:
    """Return the value of a JSON text, `Odd` where it has what we do not take.

    Args:
        text: the text.
        keeps_text: have as text what could not be kept otherwise.

    Raises:
        DocumentSyntaxError: it is not JSON.
        DocumentError: it is nested without end.
    """
    kept: Callable[[Any], Any] = as_text if keeps_text else lambda value: value
    try:
        return json.loads(
            with_marks(text) if keeps_text else text,
            object_pairs_hook=object_of,
            parse_int=lambda digits: kept(integer(digits)),
            parse_float=lambda number: kept(real(number)),
            parse_constant=lambda name: kept(Odd(name, NOT_FINITE)),
        )
    except json.JSONDecodeError as error:
        if not text.strip():
            message = "The body is empty; a JSON object is expected."
            raise DocumentSyntaxError([Fault("", message)]) from error
        raise unreadable("not JSON", text, error.pos) from error
    except RecursionError as error:
        message = f"The body is nested deeper than {MAX_DEPTH} levels."
        raise DocumentError([Fault("", message)]) from error


def with_marks(text: str) -> str:
    """Return a JSON text with a mark in place of each escape of what no database takes."""
    return ESCAPES.sub(lambda escape: r"\ufffd" if escape[1] else escape[0], text)


def as_text(value: Any) -> Any:
    """Return a value, the text alone of one that we do not take."""
    return str(value) if isinstance(value, Odd) else value


def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return pairs as an object, with what is wrong beside each key that stands twice."""
    value = dict(pairs)
    if len(value) < len(pairs):
        value.clear()
        for key, member in pairs:
            value[key_once(key, value)] = member
    return value
