"""What `manage.py simulate_agent` does: answers in etcd as the agents of the edge routers would.

The watch runs in the main thread, and the answers are given in another, each after its delay.
What etcd's absence interrupts goes on when it is back.
"""

import functools
import json
import logging
import queue
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event as StopEvent
from typing import NamedTuple, TypeVar
from uuid import UUID

from gatekeeper_site.work.pauses import Pause
from ha_app.etcd.client import (
    Compacted,
    EtcdClient,
    EtcdRefused,
    EtcdUnavailable,
    KeyValue,
    Put,
)
from ha_app.etcd.keys import (
    CONFIG,
    STATE,
    UnknownNameError,
    monitoring_key,
    parse,
    prefixes_of,
    state_key,
)

MODES = {
    "normal": "answer rightly",
    "twice": "give each answer twice",
    "older": "answer for the version before first",
    "newer": "answer for the version after first",
    "garbage": "answer with what is no JSON first",
    "silent": "never answer",
}
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5
# How soon the thread that waits for something to answer notices that it is to stop.
LOOK_SECONDS = 0.2

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True)
class Manner:
    """How the agents answer."""

    # From when a change is seen, in seconds.
    delay: float = 0.2
    # What each answer says that went wrong; "" for nothing.
    error: str = ""
    # One of MODES.
    mode: str = "normal"


class Order(NamedTuple):
    """A version of an object that is to be answered, and when (monotonic seconds)."""

    plural: str
    object_id: UUID
    version: int
    is_deletion: bool
    due: float


class Orders:
    """What is to be answered, in the order in which it was seen; each version once."""

    def __init__(self, manner: Manner) -> None:
        self.manner = manner
        self.waiting: queue.SimpleQueue[Order] = queue.SimpleQueue()
        # The newest version of each object that was answered or waits.
        self.seen: dict[tuple[str, UUID], int] = {}

    def note_answers(self, states: dict[tuple[str, UUID], int]) -> None:
        """Take over which versions have their answer in etcd."""
        for name, version in states.items():
            self.seen[name] = max(version, self.seen.get(name, 0))

    def note_change(self, key: str, value: bytes | None) -> None:
        """Put a change of a key below /config in the queue, unless that version is seen.

        Args:
            key: of any resource.
            value: None if the key is gone.
        """
        name = object_named(key)
        if name is None:
            return
        if value is None:
            self.seen.pop(name, None)
            return
        try:
            envelope = json.loads(value)
            version, is_deletion = envelope["version"], envelope["marked_for_deletion"]
            is_new = version > self.seen.get(name, 0)
        except (ValueError, TypeError, KeyError) as error:
            logger.warning("%s is not answered, as it cannot be understood: %r", key, error)
            return
        if is_new:
            self.seen[name] = version
            due = time.monotonic() + self.manner.delay
            self.waiting.put(Order(*name, version, is_deletion, due))


def play(client: EtcdClient, manner: Manner, stop: StopEvent) -> None:
    """Answer until the event is set."""
    orders = Orders(manner)
    with ThreadPoolExecutor(1) as pool:
        answering = pool.submit(give_answers, client, orders, stop)
        # Should it fail, nothing is left to do.
        answering.add_done_callback(lambda _: stop.set())
        try:
            follow(client, orders, stop)
        finally:
            stop.set()
        answering.result()


def patiently(do: Callable[[], T], stop: StopEvent) -> T | None:
    """Return what something that needs etcd returns, tried until etcd is there; None at a stop."""
    pause = Pause(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    while not stop.is_set():
        try:
            return do()
        except (EtcdUnavailable, EtcdRefused) as error:
            if not pause.seconds:
                logger.error("nothing is answered for now: %s", error)
            stop.wait(pause.grow())
    return None


def follow(client: EtcdClient, orders: Orders, stop: StopEvent) -> None:
    """Read what there is, and watch from there, until the event is set."""
    prefixes = prefixes_of(CONFIG)
    while not stop.is_set():
        reading = patiently(lambda: client.read_prefixes(*prefixes, *prefixes_of(STATE)), stop)
        if reading is None:
            return
        logger.info("the agents have read revision %d", reading.revision)
        orders.note_answers(answered_versions(reading.items))
        # In the order in which they were put, as the watch tells of them.
        for item in sorted(reading.items, key=lambda item: item.mod_revision):
            if item.key.startswith(CONFIG):
                orders.note_change(item.key, item.value)
        try:
            for _, events in client.watch(dict.fromkeys(prefixes, reading.revision + 1), stop):
                for event in events:
                    orders.note_change(event.key, event.value)
        except (Compacted, EtcdUnavailable, EtcdRefused) as error:
            logger.warning("the watch broke off, and all is read again: %s", error)
            stop.wait(FIRST_PAUSE_SECONDS)


def object_named(key: str) -> tuple[str, UUID] | None:
    """Return which object a key is of, or None if it is of none."""
    try:
        name = parse(key)
    except UnknownNameError as error:
        logger.warning("%s is not answered: %s", key, error)
        return None
    return None if name is None else (name.plural, name.object_id)


def answered_versions(items: Iterable[KeyValue]) -> dict[tuple[str, UUID], int]:
    """Return of each object the version that the answer in etcd is for; malformed ones are none."""
    versions = {}
    for item in items:
        name = object_named(item.key) if item.key.startswith(STATE) else None
        if name is None:
            continue
        try:
            versions[name] = int(json.loads(item.value)["version"])
        except (ValueError, TypeError, KeyError) as error:
            logger.warning("%s is no answer: %r", item.key, error)
    return versions


def give_answers(client: EtcdClient, orders: Orders, stop: StopEvent) -> None:
    """Answer what waits, each when it is due, until the event is set."""
    while not stop.is_set():
        try:
            order = orders.waiting.get(timeout=LOOK_SECONDS)
        except queue.Empty:
            continue
        stop.wait(order.due - time.monotonic())
        patiently(functools.partial(answer, client, order, orders.manner), stop)


def answer(client: EtcdClient, order: Order, manner: Manner) -> None:
    """Write the answer to a version of an object; it may be written again.

    Raises:
        EtcdUnavailable, EtcdRefused: it is not written, or not known to be.
    """
    key = state_key(order.plural, order.object_id)
    for value in answers(order, manner):
        client.commit([Put(key, value)])
        logger.info("%s/%s: answered %s", order.plural, order.object_id, value.decode())
    is_at_work = not (order.is_deletion or manner.error or manner.mode == "silent")
    if is_at_work:
        monitoring = {"version": order.version, "primary": "UP", "secondary": "UP"}
        monitored = monitoring_key(order.plural, order.object_id)
        client.commit([Put(monitored, json.dumps(monitoring).encode())])


def answers(order: Order, manner: Manner) -> list[bytes]:
    """Return what to write in /state, in this order."""
    right = state(order, manner, order.version)
    return {
        "normal": [right],
        "twice": [right, right],
        "older": [state(order, manner, order.version - 1), right],
        "newer": [state(order, manner, order.version + 1), right],
        "garbage": [b'{"version": 1, "sta', right],
        "silent": [],
    }[manner.mode]


def state(order: Order, manner: Manner, version: int) -> bytes:
    """Return the answer to an order, as if it had been of this version."""
    if order.is_deletion:
        worker_state = "DELETE_COMPLETED"
    elif version <= 1:
        worker_state = "CREATE_COMPLETED"
    else:
        worker_state = "MODIFY_COMPLETED"
    value = {"version": version, "error": manner.error, "state": {"worker_state": worker_state}}
    return json.dumps(value).encode()
