"""How rows of `values()` are printed."""

from typing import Any
from uuid import UUID

from gatekeeper_site.core.clock import iso_z
from records_app.models import SyncVerdict
from requests_app import failures, states

Row = dict[str, Any]

REQUEST_COLUMNS = (
    "id",
    "request_type",
    "status",
    "service_uuid",
    "service_instance_uuid",
    "ingresses",
    "egresses",
    "callback",
    "error",
    "error_class",
    "retry_of",
    "retried_by",
    "began_at",
    "created_at",
    "updated_at",
)
CASE_COLUMNS = ("status", "case_state", "assignee", "resolution")
NOTE_COLUMNS = ("at", "by", "text")
DELIVERY_COLUMNS = ("id", "request_status", "outcome", "url", "created_at", "due_at")
SYNC_COLUMNS = ("record__sync_verdict", "checked_at", "differences", "error")
IN_SYNC = {SyncVerdict.IN_SYNC: True, SyncVerdict.DIFFERS: False, SyncVerdict.NOT_KNOWN: None}
ATTEMPT_COLUMNS = ("at", "status", "milliseconds", "error")


def request(row: Row) -> Row:
    """Print a request."""
    return {
        "id": str(row["id"]),
        "request_type": row["request_type"],
        "status": row["status"],
        "state": states.STATE_OF_STATUS[row["status"]],
        "service_uuid": text_of(row["service_uuid"]),
        "service_instance_uuid": text_of(row["service_instance_uuid"]),
        "ingresses": row["ingresses"],
        "egresses": row["egresses"],
        "callback": row["callback"],
        "error": row["error"],
        "error_class": row["error_class"],
        "retry_of": text_of(row["retry_of"]),
        "retried_by": text_of(row["retried_by"]),
        "began_at": iso_z(row["began_at"]),
        "created_at": iso_z(row["created_at"]),
        "updated_at": iso_z(row["updated_at"]),
    }


def text_of(value: UUID | None) -> str | None:
    """Print an id that may be missing."""
    return None if value is None else str(value)


def case(row: Row) -> Row:
    """Print the case of a request in ERROR; its `notes` are rows of their own in it."""
    return {
        "state": row["case_state"] or failures.OPEN,
        "assignee": row["assignee"],
        "resolution": row["resolution"],
        "notes": [note | {"at": iso_z(note["at"])} for note in row["notes"]],
    }


def sync(row: Row | None, *, unable: str | None = None) -> Row:
    """Print whether what is recorded of an instance is what runs.

    Args:
        row: of its check; None: it has not been asked for.
        unable: why the MANO can't be asked.
    """
    if row is None:
        return {"in_sync": None, "checked_at": None, "differences": [], "error": unable}
    checked_at = row["checked_at"]
    return {
        "in_sync": IN_SYNC[row["record__sync_verdict"]],
        "checked_at": None if checked_at is None else iso_z(checked_at),
        "differences": row["differences"],
        "error": row["error"] or unable,
    }


def delivery(row: Row) -> Row:
    """Print a callback's delivery; `attempts` are rows of their own in it."""
    due_at = row["due_at"]
    return {
        "id": str(row["id"]),
        "request_status": row["request_status"],
        "outcome": row["outcome"],
        "url": row["url"],
        "created_at": iso_z(row["created_at"]),
        "next_attempt_at": None if due_at is None else iso_z(due_at),
        "attempts": [attempt(each) for each in row["attempts"]],
    }


def attempt(row: Row) -> Row:
    """Print a try of a delivery."""
    return {
        "at": iso_z(row["at"]),
        "status": row["status"],
        "milliseconds": row["milliseconds"],
        "error": row["error"] or None,
    }


def mano(state: Any, *, driver: str, reachable: bool, waiting: int, in_progress: int) -> Row:
    """Print whether orders are handed to the MANO.

    Args:
        state: the row that says so.
        driver: by which way.
        reachable: whether the MANO answers.
        waiting: how many requests are in NEW.
        in_progress: how many the MANO works on.
    """
    return {
        "driver": driver,
        "state": str(state.state),
        "reason": state.reason,
        "since": None if state.since is None else iso_z(state.since),
        "by": state.by,
        "reachable": reachable,
        "waiting": waiting,
        "in_progress": in_progress,
    }
