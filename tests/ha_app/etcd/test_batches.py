"""Answers that have come together are applied together, and one that fails keeps none waiting."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core.counters import EventCount
from gatekeeper_site.work.models import OutboxEntry
from ha_app.etcd.client import EtcdClient, Event
from ha_app.etcd.keys import monitoring_key, state_key
from ha_app.etcd.watcher import apply_batch
from ha_app.models import HaRouter
from ha_app.services import answers, nothing_more
from ha_app.verdicts import Current, Verdict
from tests.ha_app.objects import new_router, stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("etcd")]


def pending(number: int) -> list[HaRouter]:
    """Return new routers that wait for their agents."""
    routers = [new_router() for _ in range(number)]
    HaRouter.objects.update(status="PENDING_CREATE")
    OutboxEntry.objects.all().delete()
    AuditEntry.objects.all().delete()
    return routers


def said(router: HaRouter, worker_state: str = "CREATE_COMPLETED", error: str = "") -> Event:
    """Return what an agent says of its work, at a revision that etcd has long passed."""
    value = {"version": 1, "error": error, "state": {"worker_state": worker_state}}
    return Event(state_key("ha_routers", router.pk), json.dumps(value).encode(), 10**9)


def parts(router: HaRouter, value: str) -> Event:
    """Return how an agent says that a part is."""
    value_of_part = {"version": 1, "primary": value}
    return Event(monitoring_key("ha_routers", router.pk), json.dumps(value_of_part).encode(), 10**9)


def statuses(router: HaRouter) -> list[str]:
    """Return the statuses that a router has entered since its creation."""
    return list(router.events.values_list("to_status", flat=True))[1:]


def ignored() -> dict[str, int]:
    return dict(EventCount.objects.filter(name="etcd_ignored").values_list("label", "count"))


def test_several_answers_to_one_object_keep_their_order(etcd_client: EtcdClient) -> None:
    first, second = pending(2)
    events = [
        said(first),
        said(second, error="no port"),
        parts(first, "DOWN"),
        said(second, error="no port"),
        parts(first, "UP"),
        said(second),
        parts(second, "DOWN"),
    ]
    ends: list[str] = []

    apply_batch(etcd_client, events, nothing_more, lambda: ends.append("end"))

    assert statuses(first) == ["ACTIVE", "DOWN", "ACTIVE"]
    assert statuses(second) == ["ERROR", "ACTIVE", "DOWN"]
    assert (stored(first).status, stored(second).status) == ("ACTIVE", "DOWN")
    assert stored(first).is_monitored
    assert stored(first).confirm_by is None
    changes = AuditEntry.objects.filter(object_id=str(first.pk)).order_by("id")
    assert [entry.changes for entry in changes] == [
        {"status": ["PENDING_CREATE", "ACTIVE"]},
        {"status": ["ACTIVE", "DOWN"]},
        {"status": ["DOWN", "ACTIVE"]},
    ]
    assert ends == ["end"]
    assert set(OutboxEntry.objects.values_list("object_id", flat=True)) == {first.pk, second.pk}


def test_the_same_batch_again_changes_nothing(etcd_client: EtcdClient) -> None:
    routers = pending(3)
    events = [said(each) for each in routers]
    apply_batch(etcd_client, events, nothing_more)

    refused: list[str] = []
    apply_batch(etcd_client, events, lambda: refused.append("a change"))

    assert [statuses(each) for each in routers] == [["ACTIVE"]] * 3
    assert refused == []


def test_an_answer_that_fails_keeps_no_other_waiting(
    etcd_client: EtcdClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    routers = pending(3)
    poisonous = routers[1].pk
    judge = answers.judge

    def failing(current: Current, each: answers.ObjectAnswer) -> Verdict:
        if each.name[1] == poisonous:
            raise ArithmeticError
        return judge(current, each)

    monkeypatch.setattr(answers, "judge", failing)
    ends: list[str] = []
    events = [said(each) for each in routers] + [parts(routers[2], "DOWN")]

    apply_batch(etcd_client, events, nothing_more, lambda: ends.append("end"))

    assert [statuses(each) for each in routers] == [["ACTIVE"], [], ["ACTIVE", "DOWN"]]
    assert ignored() == {"failed": 1}
    assert ends == ["end"]


def test_what_cannot_be_read_is_counted_once(etcd_client: EtcdClient) -> None:
    (router,) = pending(1)
    events = [
        Event(state_key("ha_routers", router.pk), b"no JSON", 1),
        Event("/state/v2.0/ha_routers/no-id", b"{}", 1),
        said(router, "DELETE_COMPLETED"),
        said(router),
    ]

    apply_batch(etcd_client, events, nothing_more)

    assert ignored() == {"malformed_state": 1, "malformed_key": 1, "out_of_place": 1}
    assert statuses(router) == ["ACTIVE"]


def test_a_batch_whose_process_is_killed_is_applied_again_whole(etcd_client: EtcdClient) -> None:
    # Given a process that ends when all is written and nothing committed
    routers = pending(3)
    events = [said(each) for each in routers]

    def killed() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply_batch(etcd_client, events, nothing_more, killed)

    assert [statuses(each) for each in routers] == [[]] * 3
    assert not OutboxEntry.objects.exists()

    # When another goes on from the same revision
    apply_batch(etcd_client, events, nothing_more)

    # Then each is applied once
    assert [statuses(each) for each in routers] == [["ACTIVE"]] * 3
    assert AuditEntry.objects.count() == 3


def test_an_object_goes_amid_a_batch(etcd_client: EtcdClient) -> None:
    leaving, staying = pending(2)
    HaRouter.objects.filter(pk=leaving.pk).update(status="PENDING_DELETE", marked_for_deletion=True)
    events = [
        said(leaving, error="busy"),
        said(staying),
        said(leaving, "DELETE_COMPLETED"),
        parts(leaving, "DOWN"),
    ]

    apply_batch(etcd_client, events, nothing_more)

    assert set(HaRouter.objects.values_list("pk", flat=True)) == {staying.pk}
    assert statuses(staying) == ["ACTIVE"]
    gone = AuditEntry.objects.filter(object_id=str(leaving.pk)).order_by("id")
    assert [entry.action for entry in gone] == ["change_status", "delete"]


def test_a_batch_takes_as_many_statements_as_a_single_answer(etcd_client: EtcdClient) -> None:
    def statements(routers: list[HaRouter]) -> int:
        with CaptureQueriesContext(connection) as queries:
            apply_batch(etcd_client, [said(each) for each in routers], nothing_more)
        return len(queries)

    assert statements(pending(20)) == statements(pending(1))
