"""Compares etcd with the database, and repairs what differs (contract: ha.md, etcd).

Only what is ours can differ: /config, and answers in /state and /monitoring that an object's
status does not reflect. What agents leave behind, of objects that are gone or in no form that can
be understood, is theirs.
"""

import json
import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from gatekeeper_site.core import clock
from gatekeeper_site.core.outbox import OutboxEntry, put_in_outbox
from ha_app import services
from ha_app.etcd.client import Delete, EtcdClient, Event, Put
from ha_app.etcd.codec import (
    MalformedAnswerError,
    columns_of,
    object_value,
    read_monitoring,
    read_state,
    storable,
)
from ha_app.etcd.heat_templates import heat_templates
from ha_app.etcd.keys import (
    CONFIG,
    MONITORING,
    STATE,
    Name,
    UnknownNameError,
    config_key,
    parse,
    prefixes_of,
)
from ha_app.etcd.leader import Term, campaign, new_name
from ha_app.etcd.mirror import mirror_batch
from ha_app.etcd.progress import note_as_leader
from ha_app.etcd.watcher import apply_event
from ha_app.feedback import Current, Verdict, judge_monitoring, judge_state
from ha_app.models import MODELS_BY_PLURAL
from ha_app.selectors import current_objects

# What was on its way when the two sides were read has arrived after this time.
SETTLE_SECONDS = 1
MIRROR_TIMEOUT_SECONDS = 30
WAIT_SECONDS = 0.1

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Difference:
    """Something that etcd and the database do not agree about.

    Attributes:
        key: in etcd.
        text: in what they differ.
        name: the object; None where the key names none.
    """

    key: str
    text: str
    name: Name | None = None

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


def compare(client: EtcdClient) -> list[Difference]:
    """Return in what etcd and the database differ, beyond what is just on its way.

    Raises:
        EtcdUnavailable: they could not be compared.
    """
    first = differences(client)
    if not first:
        return []
    time.sleep(SETTLE_SECONDS)
    seen = set(first)
    return [difference for difference in differences(client) if difference in seen]


def differences(client: EtcdClient) -> list[Difference]:
    """Return in what they differ now; a change that is on its way is among it."""
    prefixes = [prefix for tree in (CONFIG, STATE, MONITORING) for prefix in prefixes_of(tree)]
    reading = client.read_prefixes(*prefixes, *heat_templates())
    values = {item.key: item.value for item in reading.items}
    return [*config_differences(values), *answer_differences(values)]


def config_differences(values: dict[str, bytes]) -> Iterator[Difference]:
    """Return where /config is not what the database says.

    Args:
        values: of every key of HA objects in etcd.
    """
    expected = heat_templates()
    names: dict[str, Name] = {}
    for plural, model in MODELS_BY_PLURAL.items():
        for row in model._default_manager.values(*columns_of(plural)).iterator():
            key = config_key(plural, row["id"])
            names[key] = Name(CONFIG, plural, row["id"])
            expected[key] = object_value(plural, row)
    for key, value in expected.items():
        if values.get(key) != value:
            yield Difference(key, how_it_differs(values.get(key), value), names.get(key))
    for key in values.keys() - expected.keys():
        if key.startswith(CONFIG):
            yield Difference(key, "of an object that does not exist", named(key))


def how_it_differs(found: bytes | None, expected: bytes) -> str:
    """Return in what a value of /config is not as expected."""
    if found is None:
        return "missing"
    try:
        ours, theirs = json.loads(expected), json.loads(found)
        ours |= json.loads(ours.pop("body"))
        theirs |= json.loads(theirs.pop("body"))
        faults = [
            f"{member} is {theirs.get(member)!r} in etcd, {ours.get(member)!r} in the database"
            for member in {**ours, **theirs}
            if ours.get(member) != theirs.get(member)
        ]
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return "not an object in the form that it should have"
    # Whatever is in etcd can be printed, and is not printed at any length.
    return storable("; ".join(faults)) or "written in another way"


def answer_differences(values: dict[str, bytes]) -> Iterator[Difference]:
    """Return which answers of agents the objects' statuses do not reflect."""
    for (plural, object_id), current in current_objects().items():
        for tree, judge in (STATE, judge_state_value), (MONITORING, judge_monitoring_value):
            key = f"{tree}{plural}/{object_id}"
            try:
                verdict = judge(current, values.get(key))
            except MalformedAnswerError:
                # The agent's to mend; it was logged and counted when it came.
                continue
            if verdict.status is not None or verdict.is_gone:
                becomes = "gone" if verdict.is_gone else verdict.status
                text = f"the object is {current.status} and should be {becomes}: {verdict.message}"
                yield Difference(key, text, Name(tree, plural, object_id))


def judge_state_value(current: Current, value: bytes | None) -> Verdict:
    """Return what is to become of an object by its /state.

    Raises:
        MalformedAnswerError: it is not an answer.
    """
    return Verdict() if value is None else judge_state(current, read_state(value))


def judge_monitoring_value(current: Current, value: bytes | None) -> Verdict:
    """Return what is to become of an object by its /monitoring.

    Raises:
        MalformedAnswerError: it is not an answer.
    """
    if value is None:
        # Without a key, an object was never monitored, or is no longer.
        return judge_monitoring(current, None) if current.is_monitored else Verdict()
    return judge_monitoring(current, read_monitoring(value))


def named(key: str) -> Name | None:
    """Return what a key names; None if it names nothing."""
    try:
        return parse(key)
    except UnknownNameError:
        return None


def note_drift(client: EtcdClient, leader: str) -> None:
    """Apply answers that were not, and write down in how much the two sides differ besides.

    What waits in the outbox is lag, and no drift.

    Raises:
        LeadershipLostError: another leads.
    """
    waiting = set(OutboxEntry.objects.values_list("object_type", "object_id"))
    found = compare(client)
    waiting.update(OutboxEntry.objects.values_list("object_type", "object_id"))
    apply_answers(client, found, partial(note_as_leader, leader))
    drift = [each for each in found if is_of_config(each) and not is_of(each, waiting)]
    if drift:
        logger.warning("etcd differs from the database in %d keys: %s, …", len(drift), drift[0])
    note_as_leader(leader, drift=len(drift), drift_at=clock.now())


def is_of_config(difference: Difference) -> bool:
    """Tell whether it is of what Gatekeeper writes, and not of an answer to be applied."""
    return difference.name is None or difference.name.prefix == CONFIG


def is_of(difference: Difference, objects: set[tuple[str, UUID]]) -> bool:
    """Tell whether it is of one of some objects."""
    return difference.name is not None and difference.name[1:] in objects


def apply_answers(
    client: EtcdClient,
    found: list[Difference],
    before_commit: Callable[[], None] = services.nothing_more,
) -> None:
    """Apply the answers that objects do not reflect, as they are in etcd now."""
    for each in found:
        if is_of_config(each):
            continue
        there = client.get(each.key)
        value = None if there is None else there.value
        apply_event(client, Event(each.key, value, 0), before_commit)


def queue_stale_objects(client: EtcdClient) -> None:
    """Have the mirror put again what is not in etcd as it should be."""
    prefixes = prefixes_of(CONFIG)
    values = {item.key: item.value for item in client.read_prefixes(*prefixes).items}
    stale = [each for each in config_differences(values) if each.name is not None]
    if stale:
        logger.info("%d objects are not in etcd as they should be", len(stale))
        queue_objects(stale)


def queue_objects(found: Iterable[Difference]) -> None:
    """Put the objects of differences into the outbox."""
    with transaction.atomic():
        put_in_outbox(each.name[1:] for each in found if each.name is not None)


def put_templates(client: EtcdClient) -> None:
    """Put heat templates that are not in etcd as they should be."""
    templates = heat_templates()
    there = {item.key: item.value for item in client.read_prefixes(*templates).items}
    puts = [Put(key, value) for key, value in templates.items() if there.get(key) != value]
    if puts:
        client.commit(puts)


def repair(client: EtcdClient, found: list[Difference]) -> None:
    """Make etcd and the database agree again.

    Objects go through the outbox, as every change does: the `sync_etcd` that leads puts them or,
    where there is none, this process leads for the moment.

    Args:
        client: of etcd.
        found: what is to be repaired.

    Raises:
        EtcdUnavailable, LeadershipLostError: not all is repaired.
    """
    apply_answers(client, found)
    put_templates(client)
    # No object can ever have these keys, so that nobody else writes them.
    templates = heat_templates()
    for each in found:
        if each.name is None and each.key not in templates:
            client.commit([Delete(each.key)])
    queue_objects(each for each in found if is_of_config(each))
    empty_outbox(client)


def empty_outbox(client: EtcdClient) -> None:
    """Wait until what is in the outbox now is in etcd; put it there if nobody leads.

    Raises:
        EtcdUnavailable, LeadershipLostError: it is not.
    """
    last = OutboxEntry.objects.aggregate(last=Max("pk"))["last"] or 0
    waiting = OutboxEntry.objects.filter(pk__lte=last, not_before=None)
    until = time.monotonic() + MIRROR_TIMEOUT_SECONDS
    name = new_name()
    term: Term | None = None
    try:
        while waiting.exists() and time.monotonic() < until:
            term = term or campaign(client, name)
            if term is None:
                time.sleep(WAIT_SECONDS)
            else:
                client.keep_lease_alive(term.lease)
                mirror_batch(client, term)
    finally:
        if term is not None:
            client.revoke_lease(term.lease)
