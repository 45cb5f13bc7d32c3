"""Makes the agents' answers the objects' status (contract: ha.md, etcd).

The watch goes on from the last revision that was applied. Where that is not possible, because
etcd has forgotten what came since or is another one, everything is read again. Services decide by
what they find under the lock, so that an answer that is applied twice changes nothing.
"""

import logging
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from threading import Event as Flag

from django.db import InterfaceError, OperationalError

from gatekeeper_site.core.counters import count_event
from gatekeeper_site.core.origin import new_origin, originating
from gatekeeper_site.work.pauses import Pause
from ha_app import services
from ha_app.etcd.client import Compacted, EtcdClient, EtcdRefused, EtcdUnavailable, Event
from ha_app.etcd.codec import MalformedAnswerError, read_monitoring, read_state
from ha_app.etcd.keys import (
    CONFIG,
    LEADER,
    MONITORING,
    STATE,
    Name,
    UnknownNameError,
    monitoring_key,
    parse,
)
from ha_app.etcd.leader import LeadershipLostError
from ha_app.etcd.progress import note_as_leader, progress
from ha_app.models import MODELS_BY_PLURAL, Status
from ha_app.verdicts import Verdict

WATCHED = (STATE, MONITORING)
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 2
# An answer of these kinds is worth a line in the log: its agent has gone wrong.
COUNTED = frozenset({"newer_state", "newer_monitoring", "out_of_place"})

logger = logging.getLogger(__name__)


def watch_answers(client: EtcdClient, leader: str, is_over: Flag) -> None:
    """Apply answers as they come, until the flag is set.

    Args:
        client: of etcd.
        leader: the name under which this process leads.
        is_over: ends this.

    Raises:
        LeadershipLostError: another leads, and applies them.
        OperationalError, InterfaceError: the database is away; what was not applied is not noted
            as applied.
    """
    pause = Pause(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    while not is_over.is_set():
        try:
            starts = next_revisions(client)
            if starts is None:
                read_again(client, leader, is_over)
                continue
            pause.end()
            apply_changes(client, leader, starts, is_over)
        except Compacted as error:
            logger.warning("etcd has forgotten what came before revision %d", error.revision)
            read_again(client, leader, is_over)
        except EtcdUnavailable as error:
            if not pause.seconds:
                logger.warning("the watch is interrupted: %s", error)
            is_over.wait(pause.grow())


def apply_changes(client: EtcdClient, leader: str, starts: dict[str, int], is_over: Flag) -> None:
    """Apply what changes from some revisions on, until the flag is set.

    With each change of an object, in its transaction, goes how far its prefix is applied, so that
    nothing is applied twice.
    """
    applied = {prefix: revision - 1 for prefix, revision in starts.items()}
    for prefix, events in client.watch(starts, is_over):
        for event in events:
            if is_over.is_set():
                return
            # There may be more at this event's revision, of other objects.
            so_far = applied | {prefix: event.mod_revision - 1}
            apply_event(client, event, partial(note_as_leader, leader, revisions=so_far))
        applied[prefix] = events[-1].mod_revision
        note_as_leader(leader, revisions=applied)


def next_revisions(client: EtcdClient) -> dict[str, int] | None:
    """Return from which revision on each prefix is to be watched; None if that is not known."""
    row = progress()
    now = client.read_prefixes(LEADER)
    applied: dict[str, int] = row.revisions
    if row.cluster_id != now.cluster_id or set(applied) != set(WATCHED):
        return None
    if max(applied.values()) > now.revision:
        logger.warning("etcd is at revision %d, before what was applied", now.revision)
        return None
    return {prefix: revision + 1 for prefix, revision in applied.items()}


def read_again(client: EtcdClient, leader: str, is_over: Flag) -> None:
    """Apply every answer that there is, and note from where on to watch; the flag stops this."""
    logger.info("reading every answer in etcd")
    reading = client.read_prefixes(*WATCHED)
    # Monitoring counts for what its state has made ACTIVE.
    items = sorted(reading.items, key=lambda item: not item.key.startswith(STATE))
    events = [Event(item.key, item.value, item.mod_revision) for item in items]
    gone = monitoring_gone({item.key for item in items}, reading.revision)
    for event in chain(events, gone):
        if is_over.is_set():
            return
        apply_event(client, event, partial(note_as_leader, leader))
    revisions = dict.fromkeys(WATCHED, reading.revision)
    note_as_leader(leader, revisions=revisions, cluster_id=reading.cluster_id)


def monitoring_gone(keys: set[str], revision: int) -> Iterator[Event]:
    """Return the removal of monitoring that objects had, and whose keys are not there."""
    for plural, model in MODELS_BY_PLURAL.items():
        monitored = model._default_manager.filter(
            is_monitored=True, status__in=(Status.ACTIVE, Status.DOWN)
        )
        for object_id in monitored.values_list("pk", flat=True):
            key = monitoring_key(plural, object_id)
            if key not in keys:
                yield Event(key, None, revision)


def apply_event(
    client: EtcdClient, event: Event, before_commit: Callable[[], None] = services.nothing_more
) -> None:
    """Apply an agent's answer; what cannot be applied is logged and counted.

    Args:
        client: of etcd.
        event: how a key of /state or /monitoring has changed.
        before_commit: called at the end of a change's transaction.

    Raises:
        LeadershipLostError: another leads; nothing was changed.
        OperationalError, InterfaceError: the database is away.
    """
    with originating(new_origin(via="etcd")):
        try:
            name = parse(event.key)
            if name is None:
                return
            verdict = apply_answer(name, event.value, before_commit)
            if verdict.status == Status.ACTIVE and name.prefix == STATE:
                apply_later_monitoring(client, name, event.mod_revision, before_commit)
        except UnknownNameError as error:
            ignore("malformed_key", event.key, str(error))
        except MalformedAnswerError as error:
            tree = "state" if event.key.startswith(STATE) else "monitoring"
            ignore(f"malformed_{tree}", event.key, str(error))
        except (
            EtcdUnavailable,
            EtcdRefused,
            LeadershipLostError,
            OperationalError,
            InterfaceError,
        ):
            raise
        except Exception:
            # A fault of ours: one object's answer must not keep all others waiting.
            logger.exception("%s could not be applied", event.key)
            count_event("etcd_ignored", "failed")


def apply_answer(name: Name, value: bytes | None, before_commit: Callable[[], None]) -> Verdict:
    """Apply what is in an object's /state or /monitoring.

    Args:
        name: of the key.
        value: what is in it; None if it was removed.
        before_commit: called at the end of a change's transaction.

    Raises:
        MalformedAnswerError: it is not an answer.
    """
    plural, object_id = name.plural, name.object_id
    if name.prefix == MONITORING:
        monitoring = None if value is None else read_monitoring(value)
        verdict = services.apply_monitoring(plural, object_id, monitoring, before_commit)
    elif value is None or name.prefix == CONFIG:
        return Verdict()
    else:
        verdict = services.apply_state(plural, object_id, read_state(value), before_commit)
    if verdict.ignored in COUNTED:
        ignore(verdict.ignored, f"{name.prefix}{plural}/{object_id}", verdict.message)
    return verdict


def apply_later_monitoring(
    client: EtcdClient, name: Name, revision: int, before_commit: Callable[[], None]
) -> None:
    """Apply the monitoring that was written after the state that has made an object ACTIVE.

    The two are watched side by side, and the later one may have come first. What was written
    before it is applied when the two sides are compared.
    """
    found = client.get(monitoring_key(name.plural, name.object_id))
    if found is not None and found.mod_revision > revision:
        event = Event(found.key, found.value, found.mod_revision)
        apply_event(client, event, before_commit)


def ignore(reason: str, key: str, text: str) -> None:
    """Log and count an answer that changes nothing."""
    logger.warning("ignored %s: %s", key, text)
    count_event("etcd_ignored", reason)
