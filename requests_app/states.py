"""A request's life as data: no Django, no database (contract: requests-and-records.md, Status).

CREATE     NEW → INSTANTIATING → READY
UPDATE     NEW → UPDATING      → INSTANTIATED
TERMINATE  NEW → TERMINATING   → READY
any of them, from NEW or in progress → ERROR
"""

from typing import Final

CREATE: Final = "CREATE"
UPDATE: Final = "UPDATE"
TERMINATE: Final = "TERMINATE"

NEW: Final = "NEW"
INSTANTIATING: Final = "INSTANTIATING"
UPDATING: Final = "UPDATING"
TERMINATING: Final = "TERMINATING"
READY: Final = "READY"
INSTANTIATED: Final = "INSTANTIATED"
ERROR: Final = "ERROR"

# What a request of each type is while the MANO works on it, and when that has succeeded.
IN_PROGRESS_STATUS: Final = {CREATE: INSTANTIATING, UPDATE: UPDATING, TERMINATE: TERMINATING}
SUCCESS_STATUS: Final = {CREATE: READY, UPDATE: INSTANTIATED, TERMINATE: READY}

REQUEST_TYPES: Final = (CREATE, UPDATE, TERMINATE)
STATUSES: Final = (NEW, INSTANTIATING, UPDATING, TERMINATING, READY, INSTANTIATED, ERROR)
# A request in one of these waits for the MANO; nothing leaves the others.
OPEN_STATUSES: Final = (NEW, INSTANTIATING, UPDATING, TERMINATING)

# The request states of SONATA's diagram, and the statuses that each of them means.
STATUSES_OF_STATE: Final[dict[str, tuple[str, ...]]] = {
    "NEW": (NEW,),
    "IN_PROGRESS": (INSTANTIATING, UPDATING, TERMINATING),
    "SUCCEEDED": (READY, INSTANTIATED),
    "ERROR": (ERROR,),
}
STATE_OF_STATUS: Final = {
    status: state for state, statuses in STATUSES_OF_STATE.items() for status in statuses
}


def next_statuses(request_type: str, status: str) -> tuple[str, ...]:
    """Return the statuses that an arrow leads to; none from a status that is an end."""
    if status == NEW:
        return (IN_PROGRESS_STATUS[request_type], ERROR)
    if status == IN_PROGRESS_STATUS[request_type]:
        return (SUCCESS_STATUS[request_type], ERROR)
    return ()


def statuses_of_type(request_type: str) -> tuple[str, ...]:
    """Return every status that a request of this type can be in."""
    return (NEW, IN_PROGRESS_STATUS[request_type], SUCCESS_STATUS[request_type], ERROR)


def is_open(status: str) -> bool:
    """Tell whether a request in this status waits for the MANO."""
    return status in OPEN_STATUSES
