"""Reads ids and times that callers write, and texts that others send."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

UUID_TEXT = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


def parse_uuid(text: Any) -> UUID | None:
    """Return the UUID of its canonical text form (RFC 9562, either case), or None."""
    if isinstance(text, str) and UUID_TEXT.fullmatch(text):
        return UUID(text)
    return None


def parse_time(text: str) -> datetime:
    """Return the moment of an ISO 8601 text; UTC where it names no offset.

    A `+` that a client forgot to escape arrives as a space, and is taken for what it was.

    Raises:
        ValueError: it is not one.
    """
    moment = datetime.fromisoformat(re.sub(r" (\d\d:?\d\d)\Z", r"+\1", text))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("beyond the years 1 to 9999") from error


def storable(text: str) -> str:
    """Return a text without NUL and halves of surrogate pairs, which no database column holds."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
