"""What the values in etcd look like: objects for the agents, and the agents' answers."""

import json
from collections.abc import Callable
from typing import Any

from gatekeeper_site.core.parsing import storable
from ha_app import represent
from ha_app.verdicts import WORKER_STATES, MonitoringAnswer, StateAnswer

Row = dict[str, Any]

# Of each resource: its members, and the function that prints them.
PRINTED: dict[str, tuple[tuple[str, ...], Callable[[Row], Row]]] = {
    "ha_routers": (represent.HA_ROUTER_FIELDS, represent.ha_router),
    "ha_interfaces": (represent.HA_INTERFACE_FIELDS, represent.ha_interface),
    "gateways": (represent.GATEWAY_FIELDS, represent.gateway),
}
# How much of what an agent says is kept.
MAX_TEXT_LENGTH = 2000


class MalformedAnswerError(ValueError):
    """An agent's answer cannot be understood."""


def columns_of(plural: str) -> tuple[str, ...]:
    """Return the columns that `object_value` needs."""
    return (*PRINTED[plural][0], "version", "marked_for_deletion")


def object_value(plural: str, row: Row) -> bytes:
    """Return an HA object as it is in etcd."""
    printed = PRINTED[plural][1](row)
    return envelope(printed, row["version"], marked_for_deletion=row["marked_for_deletion"])


def envelope(body: Row, version: int, *, marked_for_deletion: bool = False) -> bytes:
    """Return gohan's envelope of a body."""
    value = {
        "body": json.dumps(body),
        "version": version,
        "marked_for_deletion": marked_for_deletion,
    }
    return json.dumps(value).encode()


def read_state(value: bytes) -> StateAnswer:
    """Return what an agent says that it has done.

    Raises:
        MalformedAnswerError: saying what is wrong with it.
    """
    answer = read_answer(value)
    error = answer.get("error") or ""
    if not isinstance(error, str):
        raise MalformedAnswerError("`error` is not a text")
    state = answer.get("state")
    if error and state is None:
        state = {}
    if not isinstance(state, dict):
        raise MalformedAnswerError("`state` is not an object")
    worker_state = state.get("worker_state")
    if isinstance(worker_state, str) and worker_state in WORKER_STATES:
        return StateAnswer(answer["version"], bounded_text(error), worker_state)
    if error:
        # What failed may have come to no state, or to one of the agent's own.
        return StateAnswer(answer["version"], bounded_text(error), "")
    raise MalformedAnswerError(f"`worker_state` is {bounded_text(worker_state)!r}")


def read_monitoring(value: bytes) -> MonitoringAnswer:
    """Return what an agent says about an object's parts.

    Raises:
        MalformedAnswerError: saying what is wrong with it.
    """
    answer = read_answer(value)
    parts = [(bounded_text(k), bounded_text(v)) for k, v in answer.items() if k != "version"]
    if not parts:
        raise MalformedAnswerError("it names no part")
    return MonitoringAnswer(answer["version"], tuple(sorted(parts)))


def read_answer(value: bytes) -> Row:
    """Return the object that a value is, with an integer `version`.

    Raises:
        MalformedAnswerError: it is something else.
    """
    try:
        answer = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswerError(f"it is no JSON: {error}") from error
    if not isinstance(answer, dict):
        raise MalformedAnswerError("it is not an object")
    version = answer.get("version")
    if not isinstance(version, int) or isinstance(version, bool):
        raise MalformedAnswerError("`version` is not an integer")
    return answer


def bounded_text(value: Any) -> str:
    """Return a value as a text that any database takes, of bounded length."""
    text = value if isinstance(value, str) else json.dumps(value)
    return storable(text[:MAX_TEXT_LENGTH])
