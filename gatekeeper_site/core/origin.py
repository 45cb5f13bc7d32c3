"""Where work comes from: the request and trace ids, the address, the user and the token.

The web process sets an origin for each call, a task takes over that of the call that caused it.
Log lines, problems and the audit read it with `current_origin()` (contract: http.md, Safe retries
and concurrent writers).
"""

import logging
import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass, replace
from typing import Any

VISIBLE_ASCII = re.compile(r"[!-~]{1,128}")
# W3C Trace Context, version 00: version, trace id, parent id, flags. Ids of zeros are invalid.
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True)
class Origin:
    """Who and what caused the work that is going on. Empty: not known, or nobody."""

    request_id: str = ""
    traceparent: str = ""
    address: str = ""
    # "api", "admin", "task", …: by which way in.
    via: str = ""
    user_id: int | None = None
    token_id: int | None = None
    user_name: str = ""

    @property
    def trace_id(self) -> str:
        """The trace that a `traceparent` belongs to: its 32 hex digits."""
        return self.traceparent[3:35]


NOWHERE = Origin()
_current: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current_origin() -> Origin:
    """Return the origin of what is going on; `NOWHERE` where nobody has set one."""
    return _current.get()


def new_origin(
    *, via: str, request_id: str | None = None, traceparent: str | None = None, address: str = ""
) -> Origin:
    """Return an origin with the ids that were sent; a missing or malformed one is made.

    Args:
        via: by which way in.
        request_id: 1 to 128 visible ASCII characters.
        traceparent: of W3C Trace Context, version 00.
        address: the caller's.
    """
    if request_id is None or not VISIBLE_ASCII.fullmatch(request_id):
        request_id = str(uuid.uuid4())
    if traceparent is None or not TRACEPARENT.fullmatch(traceparent):
        traceparent = f"00-{uuid.uuid4().hex}-{secrets.token_hex(8)}-00"
    return Origin(request_id=request_id, traceparent=traceparent, address=address, via=via)


@contextmanager
def originating(origin: Origin) -> Iterator[Origin]:
    """Make an origin the current one, and the former one again at the end."""
    token = _current.set(origin)
    try:
        yield origin
    finally:
        _current.reset(token)


def continued(*, via: str) -> Origin:
    """Return the current origin as it goes on by another way; a new one where there is none."""
    origin = _current.get()
    return new_origin(via=via) if origin == NOWHERE else replace(origin, via=via)


def note_caller(*, user_id: int, user_name: str, token_id: int | None) -> None:
    """Add to the current origin who calls, once that is known."""
    _current.set(replace(_current.get(), user_id=user_id, user_name=user_name, token_id=token_id))


def packed(origin: Origin) -> dict[str, Any]:
    """Return an origin as plain data, to travel with a task."""
    return asdict(origin)


def unpacked(data: dict[str, Any]) -> Origin:
    """Return the origin that travelled with a task."""
    return Origin(**data)


class OriginFilter(logging.Filter):
    """Puts the request and trace ids into every log record; `-` where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id` and `trace_id`; let every record pass."""
        # Django logs an answer of 4xx or 5xx when the middleware is done with it, and names the
        # request.
        origin = getattr(getattr(record, "request", None), "origin", None) or current_origin()
        record.request_id = origin.request_id or "-"
        record.trace_id = origin.trace_id or "-"
        return True
