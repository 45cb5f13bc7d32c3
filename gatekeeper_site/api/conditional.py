"""ETags: a client's copy checked, and concurrent writers kept apart (RFC 9110, 13)."""

import hashlib
import re
from collections.abc import Collection
from typing import Any

from rest_framework.request import Request

from gatekeeper_site.api.renderers import to_json
from gatekeeper_site.core.refusals import PreconditionFailed

TAG = re.compile(r'\s*(?:W/)?("[!#-~\x80-\xff]*")\s*(?:,|\Z)')


def etag_of(printed: dict[str, Any], compared: Collection[str] = ()) -> str:
    """Return the strong tag of an object as it is printed.

    Args:
        printed: the object.
        compared: its members that a precondition is about, where others change by themselves. The
            tag then begins with theirs, up to a dot, and ends with that of all.
    """
    tag = etag_of_text(to_json(printed))
    if not compared:
        return tag
    own = etag_of_text(to_json({name: printed[name] for name in compared}))
    return f"{own[:-1]}.{tag[1:]}"


def etag_of_text(text: bytes) -> str:
    """Return the tag of an object by its JSON text."""
    return f'"{hashlib.sha256(text).hexdigest()[:32]}"'


def is_unmodified(request: Request, etag: str) -> bool:
    """Tell whether the caller's copy, by `If-None-Match`, is the object as it is (304)."""
    header = request.headers.get("If-None-Match")
    return header is not None and matches(header, etag)


def refuse_if_changed(
    request: Request, printed: dict[str, Any], compared: Collection[str] = ()
) -> None:
    """Compare a (locked) object with the one that the caller saw.

    Args:
        request: the call.
        printed: the object.
        compared: as of `etag_of`.

    Raises:
        PreconditionFailed: by `If-Match`, it has changed since, or it is not known whether it has;
            by `If-None-Match`, it is one that the caller would not change.
    """
    etag = etag_of(printed, compared)
    if is_unmodified(request, etag):
        raise PreconditionFailed(
            f"The object is {etag} now, which If-None-Match excludes from the change."
        )
    header = request.headers.get("If-Match")
    if header is None:
        return
    if "W/" in header:
        raise PreconditionFailed(
            "If-Match compares strongly, and never matches a weak tag (W/), as a proxy makes of a "
            f"strong one when it compresses an answer. The object is {etag} now."
        )
    is_as_seen = matches(header, etag)
    if compared:
        own = etag.partition(".")[0]
        is_as_seen |= any(tag.partition(".")[0] == own for tag in TAG.findall(header))
    if not is_as_seen:
        raise PreconditionFailed(f"The object has changed: it is {etag} now, not {header[:200]}.")


def matches(header: str, etag: str) -> bool:
    """Tell whether a list of tags, or `*`, names this one."""
    return header.strip() == "*" or etag in TAG.findall(header)
