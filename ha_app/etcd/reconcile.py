"""Brings etcd and the database to agree again (contract: ha.md, etcd)."""

import logging
import time
from collections.abc import Callable, Iterable
from functools import partial
from itertools import islice
from threading import Event as Flag

from django.db import transaction
from django.db.models import Max

from gatekeeper_site.core import clock
from gatekeeper_site.work.models import OutboxEntry
from gatekeeper_site.work.outbox import put_in_outbox
from ha_app import services
from ha_app.etcd import comparison
from ha_app.etcd.client import Delete, EtcdClient, Event, Put
from ha_app.etcd.comparison import (
    NEVER,
    Difference,
    compare,
    is_of_config,
    pages,
    stored_config_differences,
)
from ha_app.etcd.heat_templates import heat_templates
from ha_app.etcd.leader import Term, campaign, new_name
from ha_app.etcd.mirror import mirror_batch
from ha_app.etcd.progress import note_as_leader
from ha_app.etcd.watcher import apply_event

MIRROR_TIMEOUT_SECONDS = 30
WAIT_SECONDS = 0.1

logger = logging.getLogger(__name__)


def note_drift(client: EtcdClient, leader: str, is_over: Flag = NEVER) -> None:
    """Apply answers that were not, and write down in how much the two sides differ besides.

    What waits in the outbox is lag, and no drift. Ended by the flag, it writes nothing down.

    Raises:
        LeadershipLostError: another leads.
    """
    count = 0
    for each in compare(client, is_over):
        if not is_of_config(each):
            apply_answers(client, [each], partial(note_as_leader, leader))
        elif not each.is_waiting:
            count += 1
            if count == 1:
                logger.warning("etcd differs from the database: %s, …", each)
    if is_over.is_set():
        return
    if count:
        logger.warning("etcd differs from the database in %d keys", count)
    note_as_leader(leader, drift=count, drift_at=clock.now())


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


def queue_stale_objects(client: EtcdClient, is_over: Flag = NEVER) -> None:
    """Have the mirror put again what is not in etcd as it should be; the flag ends this."""
    count = 0
    for page in pages(is_over):
        found = stored_config_differences(client, page)
        while stale := list(
            islice((each for each in found if each.name is not None), comparison.BATCH)
        ):
            queue_objects(stale)
            count += len(stale)
    if count:
        logger.info("%d objects are not in etcd as they should be", count)


def queue_objects(found: Iterable[Difference]) -> None:
    """Put the objects of differences into the outbox."""
    with transaction.atomic():
        put_in_outbox(each.name[1:] for each in found if each.name is not None)


def put_templates(client: EtcdClient) -> None:
    """Put heat templates that are not in etcd as they should be."""
    templates = heat_templates()
    there = client.get_all(templates)
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
