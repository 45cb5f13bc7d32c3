"""What the NBI's answers say: JSON of bounded size and depth is read and nothing else."""

import json
import re
from typing import Any, NamedTuple

from gatekeeper_site.core.documents import DocumentError
from gatekeeper_site.core.documents.json_text import parse_json
from gatekeeper_site.core.documents.values import inspected
from gatekeeper_site.core.parsing import storable
from requests_app.mano.osm.nbi.outcomes import Refused, Unclear

MAX_ANSWER_BYTES = 4 * 1024 * 1024
MAX_TEXT_LENGTH = 2000
# An id, or a token, which becomes a header. Dots alone would lead elsewhere, as no escape helps.
ID = re.compile(r"(?!\.{1,2}$)[\x21-\x7e]{1,1000}")
# What says no for good; of the others, some ask to come again.
REFUSALS = frozenset(range(400, 500)) - {408, 425, 429}


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes


def value_of(answer: Reply, method: str, path: tuple[str, ...]) -> Any:
    """Return what an answer says; None where it has no body.

    Raises:
        Refused: it is a refusal of the NBI's own.
        Unclear: it is none of the NBI's, but of what stands before it, or cannot be read.
    """
    where = f"{method} {shown(path)} answered {answer.status}"
    if not answer.body and answer.status in (200, 201, 202, 204):
        return None
    try:
        text = answer.body.decode()
        value = inspected(parse_json(text, keeps_text=True), MAX_ANSWER_BYTES)
    except (UnicodeDecodeError, DocumentError) as error:
        raise Unclear(f"{where}, and no JSON") from error
    if 200 <= answer.status < 300:
        return value
    if answer.status in REFUSALS and isinstance(value, dict) and "detail" in value:
        raise Refused(answer.status, refusal_text(answer.status, value))
    raise Unclear(where)


def refusal_text(status: int, problem: dict[str, Any]) -> str:
    """Return what the NBI says of why not."""
    detail, code = problem["detail"], problem.get("code")
    text = detail if isinstance(detail, str) else json.dumps(detail)
    named = f"{status} {code}" if isinstance(code, str) else str(status)
    return f"{storable(text)[:MAX_TEXT_LENGTH]} ({storable(named)[:100]})"


def id_in(value: Any, name: str, path: tuple[str, ...]) -> str:
    """Return the id that an answer has.

    Raises:
        Unclear: it has none.
    """
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, str) or not ID.fullmatch(found):
        raise Unclear(f"the answer of {shown(path)} has no {name}")
    return found


def shown(path: tuple[str, ...]) -> str:
    """Return a path as a log line names it."""
    return "/".join(path)[:MAX_TEXT_LENGTH]
