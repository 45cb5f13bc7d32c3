"""The agents' answers become the objects' status, wherever the watch begins."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connections

from gatekeeper_site.core.counters import EventCount
from ha_app.etcd.client import Delete, EtcdClient
from ha_app.etcd.keys import monitoring_key, state_key
from ha_app.etcd.leader import LeadershipLostError
from ha_app.etcd.watcher import next_revisions, read_again, watch_answers
from ha_app.models import EtcdMirror, HaRouter
from tests.etcd_server import EtcdServer
from tests.ha_app.etcd.objects import answer, monitor, put
from tests.ha_app.objects import UNKNOWN, new_router, stored
from tests.processes import WAIT_SECONDS, wait_until

# The watch has a thread, and with it a database connection, of its own.
pytestmark = pytest.mark.django_db(transaction=True)

NEVER = threading.Event()
ONLY_STATE = {"version": 1, "error": "", "state": {"worker_state": "CREATE_COMPLETED"}}


@pytest.fixture
def router(etcd: EtcdServer) -> HaRouter:
    router = new_router()
    HaRouter.objects.filter(pk=router.pk).update(status="PENDING_CREATE")
    # As a leader has announced itself, here one without a name.
    EtcdMirror.objects.create(pk=1)
    return router


@contextmanager
def watching(etcd_client: EtcdClient) -> Iterator[None]:
    """Apply answers in a thread, as `sync_etcd` does."""
    is_over = threading.Event()
    faults: list[BaseException] = []

    def watch() -> None:
        try:
            watch_answers(etcd_client, "", is_over)
        except BaseException as error:
            faults.append(error)
            raise
        finally:
            connections.close_all()

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join(WAIT_SECONDS)
    assert not thread.is_alive()
    assert not faults


def wait_for_status(router: HaRouter, status: str) -> None:
    wait_until(lambda: stored(router).status == status, what=status)


def messages_of(router: HaRouter) -> list[tuple[str, str, str]]:
    return list(router.events.values_list("from_status", "to_status", "message"))


def ignored() -> dict[str, int]:
    return dict(EventCount.objects.filter(name="etcd_ignored").values_list("label", "count"))


def revisions() -> dict[str, int]:
    found: dict[str, int] = EtcdMirror.objects.get().revisions
    return found


def test_answers_are_applied_as_they_come(router: HaRouter, etcd_client: EtcdClient) -> None:
    with watching(etcd_client):
        answer(etcd_client, router, "CREATE_COMPLETED")
        wait_for_status(router, "ACTIVE")
        monitor(etcd_client, router, primary="UP", secondary="DOWN")
        wait_for_status(router, "DOWN")
        monitor(etcd_client, router, primary="UP", secondary="UP")
        wait_for_status(router, "ACTIVE")
        etcd_client.commit([Delete(monitoring_key("ha_routers", router.pk))])
        wait_for_status(router, "MONITORING_UNAVAILABLE")
        monitor(etcd_client, router, primary="UP", secondary="UP")
        wait_for_status(router, "ACTIVE")

    assert [to_status for _, to_status, _ in messages_of(router)[1:]] == [
        "ACTIVE",
        "DOWN",
        "ACTIVE",
        "MONITORING_UNAVAILABLE",
        "ACTIVE",
    ]


def test_the_watch_goes_on_where_it_ended(router: HaRouter, etcd_client: EtcdClient) -> None:
    with watching(etcd_client):
        answer(etcd_client, router, "CREATE_COMPLETED")
        wait_for_status(router, "ACTIVE")
        wait_until(lambda: max(revisions().values(), default=0) > 1, what="a noted revision")
    applied = revisions()

    monitor(etcd_client, router, primary="DOWN")
    assert next_revisions(etcd_client) == {prefix: rev + 1 for prefix, rev in applied.items()}
    with watching(etcd_client):
        wait_for_status(router, "DOWN")

    assert max(revisions().values()) > max(applied.values())


def test_after_a_compaction_everything_is_read_again(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    other, unmonitored = new_router(), new_router()
    HaRouter.objects.filter(pk=other.pk).update(is_monitored=True)
    with watching(etcd_client):
        answer(etcd_client, router, "CREATE_COMPLETED")
        wait_for_status(router, "ACTIVE")
    monitor(etcd_client, router, primary="DOWN")
    last = etcd_client.read_prefixes("/state/v2.0/").revision
    etcd_client.compact(last)

    with watching(etcd_client):
        wait_for_status(router, "DOWN")
        # Its monitoring went while nobody looked.
        wait_for_status(other, "MONITORING_UNAVAILABLE")
    # This one never had any.
    assert stored(unmonitored).status == "ACTIVE"


def test_another_etcd_is_read_from_its_beginning(router: HaRouter, etcd_client: EtcdClient) -> None:
    EtcdMirror.objects.update(
        cluster_id="1", revisions={"/state/v2.0/": 10**9, "/monitoring/v2.0/": 10**9}
    )
    answer(etcd_client, router, "CREATE_COMPLETED")

    with watching(etcd_client):
        wait_for_status(router, "ACTIVE")

    assert max(revisions().values()) < 10**9
    assert EtcdMirror.objects.get().cluster_id != "1"


def test_an_etcd_that_was_set_back_is_read_again(router: HaRouter, etcd_client: EtcdClient) -> None:
    read_again(etcd_client, "", NEVER)
    cluster_id = EtcdMirror.objects.get().cluster_id
    EtcdMirror.objects.update(revisions={"/state/v2.0/": 10**9, "/monitoring/v2.0/": 10**9})

    assert next_revisions(etcd_client) is None

    answer(etcd_client, router, "CREATE_COMPLETED")
    with watching(etcd_client):
        wait_for_status(router, "ACTIVE")
    assert EtcdMirror.objects.get().cluster_id == cluster_id


def test_reading_again_changes_nothing_that_was_applied(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    answer(etcd_client, router, "", error="no route to the device")
    read_again(etcd_client, "", NEVER)
    assert stored(router).status == "ERROR"
    before = messages_of(router)

    read_again(etcd_client, "", NEVER)

    assert messages_of(router) == before


def test_many_answers_are_applied_each_to_its_object(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    routers = [router] + [new_router() for _ in range(30)]
    for each in routers:
        HaRouter.objects.filter(pk=each.pk).update(status="PENDING_CREATE")
    with watching(etcd_client):
        for number, each in enumerate(routers):
            error = f"fault {number}" if number % 3 == 0 else ""
            answer(etcd_client, each, "CREATE_COMPLETED", error=error)
        for number, each in enumerate(routers):
            wait_for_status(each, "ERROR" if number % 3 == 0 else "ACTIVE")

    assert messages_of(routers[3])[-1] == ("PENDING_CREATE", "ERROR", "fault 3")


@pytest.mark.parametrize(
    ("tree", "value", "label"),
    [
        ("state", b"no JSON", "malformed_state"),
        ("state", {"version": "1", "state": {}}, "malformed_state"),
        ("state", ONLY_STATE | {"version": 2}, "newer_state"),
        ("state", ONLY_STATE | {"state": {"worker_state": "DELETE_COMPLETED"}}, "out_of_place"),
        ("monitoring", b"[1]", "malformed_monitoring"),
    ],
)
def test_a_wrong_answer_is_counted_and_keeps_no_other_waiting(
    router: HaRouter, etcd_client: EtcdClient, tree: str, value: Any, label: str
) -> None:
    other = new_router()
    HaRouter.objects.filter(pk=other.pk).update(status="PENDING_CREATE")
    with watching(etcd_client):
        put(etcd_client, f"/{tree}/v2.0/ha_routers/{router.pk}", value)
        answer(etcd_client, other, "CREATE_COMPLETED")
        wait_for_status(other, "ACTIVE")
        wait_until(lambda: label in ignored(), what=label)

    assert ignored() == {label: 1}
    assert stored(router).status == "PENDING_CREATE"


def test_answers_about_the_unknown_are_ignored(router: HaRouter, etcd_client: EtcdClient) -> None:
    with watching(etcd_client):
        put(etcd_client, state_key("ha_routers", UNKNOWN), ONLY_STATE)
        put(etcd_client, f"/state/v2.0/networks/{UNKNOWN}", b"theirs")
        put(etcd_client, "/state/v2.0/ha_routers/no-id", ONLY_STATE)
        answer(etcd_client, router, "CREATE_COMPLETED")
        wait_for_status(router, "ACTIVE")

    assert ignored() == {"malformed_key": 1}
    assert HaRouter.objects.count() == 1


def test_monitoring_counts_though_it_is_watched_beside_its_state(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    """Of two prefixes, the later key may arrive first."""
    routers = [new_router() for _ in range(20)]
    HaRouter.objects.update(status="PENDING_CREATE")
    with watching(etcd_client):
        for each in routers:
            answer(etcd_client, each, "CREATE_COMPLETED")
            monitor(etcd_client, each, primary="DOWN")
        for each in routers:
            wait_for_status(each, "DOWN")

    assert stored(router).status == "PENDING_CREATE"


def test_a_leader_that_was_succeeded_applies_nothing(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    # Given an answer, and another leader than the one that has yet to apply it
    answer(etcd_client, router, "CREATE_COMPLETED")
    EtcdMirror.objects.update(leader="second")

    # When the first one comes to it
    with pytest.raises(LeadershipLostError, match="first leads no longer"):
        read_again(etcd_client, "first", NEVER)

    # Then nothing has changed, and nothing is noted as applied
    assert stored(router).status == "PENDING_CREATE"
    assert EtcdMirror.objects.get().revisions == {}
    # And the second one applies it
    read_again(etcd_client, "second", NEVER)
    assert stored(router).status == "ACTIVE"
