"""Where work comes from (request and trace ids, address, user, token), and what it is about.

The web process sets an origin for each call, a task takes over that of the call that caused it.
Log lines, problems and the audit read it with `current_origin()` (contract: http.md, Safe retries
and concurrent writers). What work is about is for the log alone.
"""

import logging
import re
import secrets
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

VISIBLE_ASCII = re.compile(r"[!-~]{1,128}")
# W3C Trace Context, version 00: version, trace id, parent id, flags. Ids of zeros are invalid.
TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
LOGGED_IDS = ("request_id", "trace_id", "service_request", "service_instance")


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
# The ids that `about` gives, by their names in log records.
_subject: ContextVar[Mapping[str, str]] = ContextVar("subject", default=MappingProxyType({}))


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


@contextmanager
def about(
    *, service_request: uuid.UUID | None = None, service_instance: uuid.UUID | None = None
) -> Iterator[None]:
    """Have log lines name what the work is about; what is None here stays as it was.

    Args:
        service_request: the id of a customer's order.
        service_instance: the id of a service record.
    """
    ids = {"service_request": service_request, "service_instance": service_instance}
    known = {name: str(value) for name, value in ids.items() if value is not None}
    token = _subject.set({**_subject.get(), **known})
    try:
        yield
    finally:
        _subject.reset(token)


def continued(*, via: str, of: Mapping[str, Any] | None = None) -> Origin:
    """Return the current origin as it goes on by another way; a new one where there is none.

    Args:
        via: by which way.
        of: the packed origin of what is worked on, which goes on where nobody's call does now:
            in a sweep, or when a message arrives.
    """
    origin = _current.get()
    kept = unpacked(of or {})
    if origin.user_id is None and kept != NOWHERE:
        origin = kept
    return new_origin(via=via) if origin == NOWHERE else replace(origin, via=via)


def note_caller(*, user_id: int, user_name: str, token_id: int | None) -> None:
    """Add to the current origin who calls, once that is known."""
    _current.set(replace(_current.get(), user_id=user_id, user_name=user_name, token_id=token_id))


def packed(origin: Origin) -> dict[str, Any]:
    """Return an origin as plain data, to travel with a task or to be kept."""
    return dict(vars(origin))


def unpacked(data: Mapping[str, Any]) -> Origin:
    """Return the origin that was packed."""
    return Origin(**data)


class OriginFilter(logging.Filter):
    """Puts into every log record where it comes from and what it is about; None: not known."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the ids, each by its name, and `ids` for plain lines; let every record pass.

        `extra` may give what a line is about, where it is written when that work is done.
        """
        # Django logs an answer of 4xx or 5xx when the middleware is done with it, and names the
        # request.
        origin = getattr(getattr(record, "request", None), "origin", None) or current_origin()
        known = {"request_id": origin.request_id, "trace_id": origin.trace_id, **_subject.get()}
        members = vars(record)
        for name in LOGGED_IDS:
            value = members.get(name) or known.get(name)
            members[name] = str(value) if value else None
        request_id, trace_id, service_request, _ = (members[each] for each in LOGGED_IDS)
        record.ids = f"{request_id or '-'} {trace_id or '-'} {service_request or ''}".rstrip()
        return True
