"""What `manage.py sync_etcd` does: lead if nobody does, and then mirror, watch and compare.

Several may run. When etcd or the database is away, or a term of leading ends, everything that the
term began is ended and it is tried again, after a pause that grows.
"""

import logging
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from threading import Event as Flag

from django.db import InterfaceError, OperationalError, connections

from gatekeeper_site.core import clock
from gatekeeper_site.core.postgresql import bound_waits
from gatekeeper_site.work.pauses import Pause
from gatekeeper_site.work.stopping import rest, stop_signals
from ha_app.etcd.client import EtcdClient, EtcdRefused, EtcdUnavailable
from ha_app.etcd.leader import LEASE_SECONDS, LeadershipLostError, Term, campaign, leads, new_name
from ha_app.etcd.mirror import mirror_batch
from ha_app.etcd.progress import note_progress
from ha_app.etcd.reconcile import note_drift, put_templates, queue_stale_objects
from ha_app.etcd.watcher import watch_answers

# How often the outbox is looked at, the lease renewed, another's leadership looked at.
MIRROR_SECONDS = 0.05
RENEW_SECONDS = 1
CAMPAIGN_SECONDS = 1
# The two sides are compared once in this time, and never for more than a tenth of it.
COMPARE_SECONDS = 60
COMPARE_SHARE = 10
FIRST_PAUSE_SECONDS = 0.25
LONGEST_PAUSE_SECONDS = 5

logger = logging.getLogger(__name__)

AWAY = (EtcdUnavailable, EtcdRefused, OperationalError, InterfaceError)


def run() -> None:
    """Lead whenever nobody else does, until SIGTERM or SIGINT."""
    stopped = stop_signals()
    bound_waits(stopped)
    name = new_name()
    client = EtcdClient()
    logger.info("sync_etcd %s started", name)
    pause = Pause(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    while not stopped:
        try:
            term = campaign(client, name)
            if pause.end():
                logger.info("etcd answers again")
            if term is not None:
                lead(client, term, stopped)
        except LeadershipLostError as error:
            logger.warning("%s", error)
        except AWAY as error:
            if not pause.seconds:
                logger.error("no mirror for now: %s", error)
            note_error(str(error))
            pause.grow()
        rest(pause.seconds or CAMPAIGN_SECONDS, stopped)
    client.close()
    logger.info("sync_etcd %s stopped", name)


def note_error(text: str) -> None:
    """Show operators why there is no mirror, if the database takes it."""
    try:
        note_progress(error=text)
    except (OperationalError, InterfaceError) as error:
        logger.debug("the error is in the log alone: %s", error)
    finally:
        connections.close_all()


def lead(client: EtcdClient, term: Term, stop_signals: list[int]) -> None:
    """Mirror, watch and compare until told to stop, or until the term ends.

    Raises:
        LeadershipLostError, EtcdUnavailable, EtcdRefused, OperationalError, InterfaceError: why
            the term ended.
    """
    logger.info("%s leads", term.name)
    is_over = Flag()

    def job(function: Callable[[EtcdClient, Term, Flag], None]) -> None:
        try:
            function(client, term, is_over)
        finally:
            connections.close_all()

    try:
        announce(client, term)
        renewed = time.monotonic()
        with ThreadPoolExecutor() as pool:
            futures = [pool.submit(job, function) for function in (mirror, watch, compare)]
            try:
                while not stop_signals and not wait(futures, RENEW_SECONDS, FIRST_COMPLETED).done:
                    renewed = renew(client, term, renewed)
                    # Another process may have written an error of its own.
                    note_progress(seen_at=clock.now(), error="")
            finally:
                is_over.set()
    finally:
        resign(client, term)
    for future in futures:
        future.result()


def announce(client: EtcdClient, term: Term) -> None:
    """Write down who leads, for operators, and so that a predecessor applies no more answers.

    Raises:
        LeadershipLostError: another leads.
        EtcdUnavailable: nothing is known.
    """
    note_progress(leader=term.name, leader_since=clock.now(), error="")
    # This term goes on after that is written: so a successor writes its name later than this.
    if not leads(client, term):
        raise lost(term)


def lost(term: Term) -> LeadershipLostError:
    """Return what there is to say when the leader's key is gone."""
    return LeadershipLostError(f"{term.name} was silent for too long, and leads no longer")


def renew(client: EtcdClient, term: Term, renewed: float) -> float:
    """Renew the lease; return when it was last renewed, in monotonic seconds.

    Raises:
        LeadershipLostError: another leads, or none.
        EtcdUnavailable: it could not be renewed for as long as it lasts.
    """
    now = time.monotonic()
    try:
        if leads(client, term):
            return now
    except EtcdUnavailable:
        if now - renewed > LEASE_SECONDS:
            raise
        return renewed
    raise lost(term)


def resign(client: EtcdClient, term: Term) -> None:
    """Let another lead at once; if etcd does not answer, when the lease has run out."""
    try:
        client.revoke_lease(term.lease)
    except (EtcdUnavailable, EtcdRefused) as error:
        logger.debug("the lease of %s runs out by itself: %s", term.name, error)


def mirror(client: EtcdClient, term: Term, is_over: Flag) -> None:
    """Put what changes, as it changes."""
    put_templates(client)
    queue_stale_objects(client, is_over)
    while not is_over.is_set():
        if not mirror_batch(client, term):
            is_over.wait(MIRROR_SECONDS)


def watch(client: EtcdClient, term: Term, is_over: Flag) -> None:
    """Apply the agents' answers."""
    watch_answers(client, term.name, is_over)


def compare(client: EtcdClient, term: Term, is_over: Flag) -> None:
    """Count in how much the two sides differ, from time to time."""
    while not is_over.is_set():
        began = time.monotonic()
        note_drift(client, term.name, is_over)
        took = time.monotonic() - began
        is_over.wait(max(COMPARE_SECONDS, COMPARE_SHARE * took))
