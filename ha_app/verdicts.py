"""What an agent's answer, or an order, makes of an object's status. Pure (contract: ha.md, etcd).

Answers arrive at least once and in any order: each is judged by the object as it is, so that a
second arrival changes nothing.
"""

from dataclasses import dataclass
from typing import Final

ACTIVE: Final = "ACTIVE"
DOWN: Final = "DOWN"
ERROR: Final = "ERROR"
MONITORING_UNAVAILABLE: Final = "MONITORING_UNAVAILABLE"
PENDING_CREATE: Final = "PENDING_CREATE"
PENDING_UPDATE: Final = "PENDING_UPDATE"
PENDING_DELETE: Final = "PENDING_DELETE"

# A change in one of these waits to be confirmed.
PENDING_STATUSES: Final = (PENDING_CREATE, PENDING_UPDATE, PENDING_DELETE)
# An agent that has done what was asked for; one that was too late still counts.
CONFIRMABLE_STATUSES: Final = (PENDING_CREATE, PENDING_UPDATE, ERROR)
MONITORED_STATUSES: Final = (ACTIVE, DOWN, MONITORING_UNAVAILABLE)
STATUSES: Final = (*PENDING_STATUSES, *MONITORED_STATUSES, ERROR)

DELETE_COMPLETED: Final = "DELETE_COMPLETED"
WORKER_STATES: Final = frozenset(
    {"CREATE_COMPLETED", "READ_COMPLETE", "MODIFY_COMPLETED", DELETE_COMPLETED}
)
UP: Final = "UP"


@dataclass(frozen=True)
class StateAnswer:
    """What an agent says of its work on a version of an object."""

    version: int
    error: str
    worker_state: str


@dataclass(frozen=True)
class MonitoringAnswer:
    """How the parts of an object are: pairs of a part and `UP` or anything else."""

    version: int
    parts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Current:
    """What an answer is judged by: the object as it is."""

    status: str
    version: int
    marked_for_deletion: bool
    is_monitored: bool
    # Why it is in ERROR; "" in any other status.
    reason: str = ""


@dataclass(frozen=True)
class Verdict:
    """What an answer changes.

    Attributes:
        status: the new status; None: it stays.
        is_gone: whether the object is to be removed.
        message: of the event; of an answer that is ignored, what is wrong with it.
        ignored: why the answer is not taken; "" where it is.
        is_monitored: whether agents now tell how its parts are; None: as before.
    """

    status: str | None = None
    is_gone: bool = False
    message: str = ""
    ignored: str = ""
    is_monitored: bool | None = None

    @property
    def changes_nothing(self) -> bool:
        """Whether the object stays as it is."""
        return self.status is None and not self.is_gone and self.is_monitored is None


def status_of_update(status: str) -> str:
    """Return what an update, which every status but PENDING_DELETE allows, makes of a status.

    An object whose creation is not confirmed yet stays PENDING_CREATE: an update does not make it
    usable.
    """
    return PENDING_CREATE if status == PENDING_CREATE else PENDING_UPDATE


def judge_state(current: Current, answer: StateAnswer) -> Verdict:
    """Return what an agent's answer about its work makes of an object.

    Ignored are `older_state` and `newer_state`, by their version, and `out_of_place`: a deletion
    that nobody asked for, or another work where a deletion is asked for.
    """
    if answer.version != current.version:
        return other_version(current, answer.version, "state")
    if answer.error:
        if current.status == ERROR and current.reason == answer.error:
            return Verdict()
        return Verdict(status=ERROR, message=answer.error)
    is_deletion = answer.worker_state == DELETE_COMPLETED
    if answer.worker_state not in WORKER_STATES or is_deletion != current.marked_for_deletion:
        to_be = "is" if current.marked_for_deletion else "is not"
        return Verdict(
            ignored="out_of_place",
            message=f"{answer.worker_state}, though the object {to_be} to be deleted",
        )
    if is_deletion:
        return Verdict(is_gone=True, message=f"confirmed: {answer.worker_state}")
    if current.status in CONFIRMABLE_STATUSES:
        return Verdict(status=ACTIVE, message=f"confirmed: {answer.worker_state}")
    return Verdict()


def judge_monitoring(current: Current, answer: MonitoringAnswer | None) -> Verdict:
    """Return what the monitoring of an object's parts makes of it; None: there is no answer now.

    Ignored are `older_monitoring` and `newer_monitoring`, by their version, and
    `not_monitored_now`, as a status that waits for agents or tells of an error has precedence.
    """
    if answer is None:
        return judge_silence(current)
    if answer.version != current.version:
        return other_version(current, answer.version, "monitoring")
    if current.status not in MONITORED_STATUSES:
        return Verdict(ignored="not_monitored_now", message=f"the object is {current.status}")
    not_up = [f"{part} is {value}" for part, value in answer.parts if value != UP]
    status, message = (DOWN, ", ".join(not_up)) if not_up else (ACTIVE, "all parts are UP")
    is_monitored = None if current.is_monitored else True
    if status == current.status:
        return Verdict(is_monitored=is_monitored)
    return Verdict(status=status, message=message, is_monitored=is_monitored)


def other_version(current: Current, version: int, what: str) -> Verdict:
    """Return that an answer to another version than the object's is ignored."""
    age = "older" if version < current.version else "newer"
    return Verdict(
        ignored=f"{age}_{what}",
        message=f"it is of version {version}, the object of version {current.version}",
    )


def judge_silence(current: Current) -> Verdict:
    """Return what it makes of an object that agents no longer tell how its parts are."""
    is_monitored = False if current.is_monitored else None
    if current.status in (ACTIVE, DOWN):
        return Verdict(
            status=MONITORING_UNAVAILABLE,
            message="Agents no longer tell how its parts are.",
            is_monitored=is_monitored,
        )
    return Verdict(is_monitored=is_monitored)
