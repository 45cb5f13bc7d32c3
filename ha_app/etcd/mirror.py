"""Puts into etcd what the outbox names (contract: ha.md, etcd).

An outbox row is written in the transaction of a change and names the object that changed. What is
put is the object as it is when the mirror comes to it, so that several rows become one put, and a
put that is repeated after a failure does no harm. A row is removed only when its object is in etcd.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db.models import Q

from gatekeeper_site.core import clock
from gatekeeper_site.core.counters import count_event
from gatekeeper_site.work.models import OutboxEntry
from ha_app.etcd.client import Delete, EtcdClient, Put, TooLarge
from ha_app.etcd.codec import columns_of, object_value
from ha_app.etcd.keys import config_key, monitoring_key, state_key
from ha_app.etcd.leader import LeadershipLostError, Term
from ha_app.models import MODELS_BY_PLURAL

# How many rows are read at once.
BATCH = 500
# etcd takes up to 128 operations and 1.5 MB in a transaction.
MAX_OPERATIONS = 100
MAX_BYTES = 500_000
# When an object that etcd does not take is tried again.
REFUSED_PAUSE = timedelta(seconds=60)

logger = logging.getLogger(__name__)

ObjectName = tuple[str, UUID]


@dataclass(frozen=True)
class Change:
    """What is to be done in etcd for one object, and the outbox rows that are done with it."""

    name: ObjectName
    operations: list[Put | Delete]
    entry_ids: list[int]

    @property
    def size(self) -> int:
        """About how many bytes it adds to a transaction."""
        return sum(len(each.value) for each in self.operations if isinstance(each, Put))


def mirror_batch(client: EtcdClient, term: Term) -> int:
    """Put the objects that have waited longest; return how many outbox rows are done.

    Raises:
        EtcdUnavailable: the rows that are left wait for the next time.
        LeadershipLostError: likewise.
    """
    changes = waiting_changes()
    return sum(commit_changes(client, term, chunk) for chunk in chunks(changes))


def waiting_changes() -> list[Change]:
    """Return what the outbox's oldest rows ask for."""
    # First the rows, then the objects: a row that is seen here was committed with its change, so
    # that the object is seen as it is after it, or later.
    columns = ("id", "object_type", "object_id")
    may_go = Q(not_before=None) | Q(not_before__lte=clock.now())
    rows = list(OutboxEntry.objects.filter(may_go).order_by("id").values_list(*columns)[:BATCH])
    if not rows:
        return []
    # An object that etcd did not take, and that has changed since, is done with that, too.
    put_off = OutboxEntry.objects.filter(not_before__gt=clock.now()).values_list(*columns)
    entry_ids: dict[ObjectName, list[int]] = defaultdict(list)
    for entry_id, plural, object_id in rows:
        entry_ids[plural, object_id].append(entry_id)
    for entry_id, plural, object_id in put_off:
        if (plural, object_id) in entry_ids:
            entry_ids[plural, object_id].append(entry_id)
    values = object_values(entry_ids)
    return [
        Change(name, operations_for(name, values.get(name)), ids) for name, ids in entry_ids.items()
    ]


def object_values(names: Iterable[ObjectName]) -> dict[ObjectName, bytes]:
    """Return the values of those objects that there are."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for plural, object_id in names:
        ids[plural].append(object_id)
    values = {}
    for plural, object_ids in ids.items():
        objects = MODELS_BY_PLURAL[plural]._default_manager.filter(pk__in=object_ids)
        for row in objects.values(*columns_of(plural)):
            values[plural, row["id"]] = object_value(plural, row)
    return values


def operations_for(name: ObjectName, value: bytes | None) -> list[Put | Delete]:
    """Return what makes etcd have an object as it is, or nothing of one that is gone."""
    if value is not None:
        return [Put(config_key(*name), value)]
    # In this order (contract): while /config is there, an agent knows what its answers are of.
    return [Delete(state_key(*name)), Delete(monitoring_key(*name)), Delete(config_key(*name))]


def chunks(changes: list[Change]) -> Iterator[list[Change]]:
    """Return the changes in lists that etcd takes in one transaction."""
    chunk: list[Change] = []
    operations = size = 0
    for change in changes:
        operations += len(change.operations)
        size += change.size
        if chunk and (operations > MAX_OPERATIONS or size > MAX_BYTES):
            yield chunk
            chunk, operations, size = [], len(change.operations), change.size
        chunk.append(change)
    if chunk:
        yield chunk


def commit_changes(client: EtcdClient, term: Term, changes: list[Change]) -> int:
    """Do the changes in one etcd transaction, and remove their rows; return how many.

    Raises:
        EtcdUnavailable: it is not known whether they are done; the rows are still there.
        LeadershipLostError: they are not done.
    """
    operations = [operation for change in changes for operation in change.operations]
    try:
        revision = client.commit(operations, only_if=term.fence)
    except TooLarge as error:
        if len(changes) > 1:
            return sum(commit_changes(client, term, [change]) for change in changes)
        put_off(changes[0], str(error))
        return 0
    if revision is None:
        raise LeadershipLostError(f"{term.name} leads no longer")
    entry_ids = [entry_id for change in changes for entry_id in change.entry_ids]
    OutboxEntry.objects.filter(pk__in=entry_ids).delete()
    return len(entry_ids)


def put_off(change: Change, reason: str) -> None:
    """Have an object that etcd does not take wait, so that the others do not wait for it."""
    plural, object_id = change.name
    logger.error("etcd does not take %s %s: %s", plural, object_id, reason)
    count_event("etcd_refused")
    OutboxEntry.objects.filter(pk__in=change.entry_ids).update(
        not_before=clock.now() + REFUSED_PAUSE, error=reason
    )
