"""How requests fail and how failed work ends, as data (contract: requests-and-records.md)."""

import re
from typing import Final

REFUSED: Final = "refused"
UNREACHABLE: Final = "unreachable"
SILENT: Final = "silent"
UNUSABLE: Final = "unusable"
CANCELLED: Final = "cancelled"
GIVEN_UP: Final = "given_up"
INTERNAL: Final = "internal"

# What each class of an ERROR means.
ERROR_CLASSES: Final = {
    REFUSED: "the MANO said no",
    UNREACHABLE: "the MANO never got the order",
    SILENT: "the MANO said nothing within a deadline",
    UNUSABLE: "the MANO's records cannot be stored",
    CANCELLED: "cancelled before the MANO got it",
    GIVEN_UP: "given up while it was in progress",
    INTERNAL: "the gatekeeper's own doing",
}

OPEN: Final = "open"
CLOSED: Final = "closed"
CASE_STATES: Final = (OPEN, CLOSED)

RETRIED: Final = "retried"
# How a case ends; what each means.
RESOLUTIONS: Final = {
    RETRIED: "ordered once more",
    "accepted": "accepted as it is",
    "terminated": "what ran was terminated",
    "other": "something else, which a note tells",
}

# Of each cause so much is kept, which is what cases are grouped by.
MAX_CAUSE_LENGTH: Final = 200
UUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)


def cause_of(error: str) -> str:
    """Return what errors of one cause have in common: the text without ids, and its beginning."""
    return UUID.sub("…", error)[:MAX_CAUSE_LENGTH]
