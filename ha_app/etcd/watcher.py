"""Makes the agents' answers the objects' status (contract: ha.md, etcd).

The watch goes on from the last revision that was applied. Where that is not possible, because
etcd has forgotten what came since or is another one, everything is read again. Services decide by
what they find under the lock, so that an answer that is applied twice changes nothing.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
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
from ha_app.verdicts import MonitoringAnswer, StateAnswer

WATCHED = (STATE, MONITORING)
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 2
# An answer of these kinds is worth a line in the log: its agent has gone wrong.
COUNTED = frozenset({"newer_state", "newer_monitoring", "out_of_place"})
# How many answers are applied in one transaction: their objects stay locked until its end.
BATCH = 200
# What keeps answers from being applied, whatever they say.
NOT_THE_ANSWERS = (
    EtcdUnavailable,
    EtcdRefused,
    LeadershipLostError,
    OperationalError,
    InterfaceError,
)

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

    With the changes of a batch, in their transaction, goes how far its prefix is applied then, so
    that nothing is applied twice.
    """
    applied = {prefix: revision - 1 for prefix, revision in starts.items()}
    for prefix, events in client.watch(starts, is_over):
        for start in range(0, len(events), BATCH):
            if is_over.is_set():
                return
            batch = events[start : start + BATCH]
            # There may be more at the last one's revision, of other objects.
            following = events[start + BATCH : start + BATCH + 1]
            applied[prefix] = following[0].mod_revision - 1 if following else batch[-1].mod_revision
            note = partial(note_as_leader, leader, revisions=applied)
            apply_batch(client, batch, partial(note_as_leader, leader), note)


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
    rest = chain(events, gone)
    while batch := list(islice(rest, BATCH)):
        if is_over.is_set():
            return
        apply_batch(client, batch, partial(note_as_leader, leader))
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


def apply_batch(
    client: EtcdClient,
    events: Sequence[Event],
    before_commit: Callable[[], None],
    at_end: Callable[[], None] | None = None,
) -> None:
    """Apply agents' answers together, or, where one of them cannot be, each by itself.

    Args:
        client: of etcd.
        events: how keys of /state and /monitoring have changed, in their order.
        before_commit: called at the end of a change's transaction.
        at_end: called in the last transaction, at its end.

    Raises:
        LeadershipLostError: another leads; nothing more was changed.
        OperationalError, InterfaceError: the database is away.
    """
    try:
        with originating(new_origin(via="etcd")):
            later = apply_together(events, before_commit, at_end)
    except NOT_THE_ANSWERS:
        raise
    except Exception:
        # Of what is applied already, a second time changes nothing.
        logger.exception("%d answers are applied one by one", len(events))
        for event in events:
            apply_event(client, event, before_commit)
        if at_end is not None:
            at_end()
    else:
        apply_later_monitoring(client, later, before_commit)


def apply_together(
    events: Sequence[Event],
    before_commit: Callable[[], None],
    at_end: Callable[[], None] | None = None,
) -> dict[str, int]:
    """Apply agents' answers; log and count what is wrong with some when the others are applied.

    Returns:
        The revisions of the states that have made objects ACTIVE, by the keys of the monitoring.
    """
    faults: list[tuple[str, str, str]] = []
    read: list[tuple[Event, Name]] = []
    answers: list[services.ObjectAnswer] = []
    for event in events:
        try:
            name = parse(event.key)
            answer = None if name is None else answer_in(name, event.value)
        except (UnknownNameError, MalformedAnswerError) as error:
            faults.append((label_of(error, event.key), event.key, str(error)))
            continue
        if name is not None and answer is not None:
            read.append((event, name))
            answers.append(answer)
    verdicts = services.apply_answers(answers, before_commit, at_end)
    later: dict[str, int] = {}
    for (event, name), verdict in zip(read, verdicts, strict=True):
        if verdict.ignored in COUNTED:
            faults.append((verdict.ignored, event.key, verdict.message))
        if verdict.status == Status.ACTIVE and name.prefix == STATE:
            later.setdefault(monitoring_key(name.plural, name.object_id), event.mod_revision)
    for fault in faults:
        ignore(*fault)
    return later


def answer_in(name: Name, value: bytes | None) -> services.ObjectAnswer | None:
    """Return what a value of /state or /monitoring says of an object; None if it says nothing.

    Raises:
        MalformedAnswerError: it is not an answer.
    """
    answer: StateAnswer | MonitoringAnswer | None
    if name.prefix == MONITORING:
        answer = None if value is None else read_monitoring(value)
    elif value is None or name.prefix == CONFIG:
        return None
    else:
        answer = read_state(value)
    return services.ObjectAnswer((name.plural, name.object_id), answer)


def label_of(error: Exception, key: str) -> str:
    """Return as what a key or a value that cannot be read is counted."""
    if isinstance(error, UnknownNameError):
        return "malformed_key"
    return "malformed_state" if key.startswith(STATE) else "malformed_monitoring"


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
    try:
        with originating(new_origin(via="etcd")):
            later = apply_together([event], before_commit)
    except NOT_THE_ANSWERS:
        raise
    except Exception:
        # A fault of ours: one object's answer must not keep all others waiting.
        logger.exception("%s could not be applied", event.key)
        count_event("etcd_ignored", "failed")
    else:
        apply_later_monitoring(client, later, before_commit)


def apply_later_monitoring(
    client: EtcdClient, revisions: Mapping[str, int], before_commit: Callable[[], None]
) -> None:
    """Apply the monitoring that was written after the states that have made objects ACTIVE.

    The two are watched side by side, and the later one may have come first. What was written
    before it is applied when the two sides are compared.

    Args:
        client: of etcd.
        revisions: what `apply_together` has returned.
        before_commit: called at the end of a change's transaction.
    """
    events = [
        Event(found.key, found.value, found.mod_revision)
        for found in client.find(revisions)
        if found.mod_revision > revisions[found.key]
    ]
    if events:
        apply_batch(client, events, before_commit)


def ignore(reason: str, key: str, text: str) -> None:
    """Log and count an answer that changes nothing."""
    logger.warning("ignored %s: %s", key, text)
    count_event("etcd_ignored", reason)
