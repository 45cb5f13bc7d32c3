"""Pending changes reach ACTIVE in batches, every change of status is told, none is told twice."""

import re
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from gatekeeper_site.core import clock, registry
from ha_app.models import Gateway, HaInterface, HaObject, HaRouter, Status
from ha_app.services import pending, sweep_pending
from ha_app.verdicts import PENDING_STATUSES
from tests.fixtures import Api, assert_problem
from tests.ha_app.objects import (
    assert_all_agree,
    new_gateway,
    new_interface,
    new_router,
    path_of,
    router_body,
    statuses,
    stored,
)
from tests.processes import WAIT_SECONDS


@pytest.fixture
def objects(db: None) -> list[HaObject]:
    """An HA router, an HA interface of it, and a gateway on that."""
    router = new_router()
    return [router, new_interface(router), new_gateway(router)]


def set_pending(status: str, **columns: Any) -> None:
    for model in (HaRouter, HaInterface, Gateway):
        model._default_manager.update(status=status, **columns)


@pytest.mark.parametrize("status", [Status.PENDING_CREATE, Status.PENDING_UPDATE])
def test_the_sweep_confirms_what_is_pending(objects: list[HaObject], status: str) -> None:
    set_pending(status)
    versions = [each.version for each in objects]

    assert sweep_pending() == 3

    for each in objects:
        assert stored(each).status == Status.ACTIVE
        assert stored(each).confirm_by is None
        event = each.events.last()
        assert (event.from_status, event.to_status) == (status, "ACTIVE")
        assert (event.actor, event.message) == ("gatekeeper", "confirmed")
    assert [stored(each).version for each in objects] == versions
    assert_all_agree()
    # And a second time there is nothing left to do.
    assert sweep_pending() == 0


@pytest.mark.parametrize("status", sorted(set(Status) - set(PENDING_STATUSES)))
def test_the_sweep_leaves_everything_else_alone(objects: list[HaObject], status: str) -> None:
    set_pending(status)
    told = [statuses(each) for each in objects]

    assert sweep_pending() == 0

    assert [stored(each).status for each in objects] == [status] * 3
    assert [statuses(each) for each in objects] == told


def test_more_than_a_batch_is_confirmed_in_several(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pending, "BATCH", 3)
    for _ in range(5):
        new_router()
    HaRouter.objects.update(status=Status.PENDING_CREATE)

    assert [sweep_pending(), sweep_pending(), sweep_pending()] == [3, 2, 0]


def test_the_sweep_costs_little_when_there_is_nothing_to_do(
    objects: list[HaObject], django_assert_num_queries: Any
) -> None:
    sweep_pending()

    with django_assert_num_queries(3):
        sweep_pending()


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_the_sweep_does_not_wait_for_an_object_that_is_being_changed() -> None:
    # Given two pending routers, one of which a caller has locked
    busy, free = new_router(), new_router()
    HaRouter.objects.update(status=Status.PENDING_CREATE)
    counts: list[int] = []

    def sweep() -> None:
        counts.append(sweep_pending())
        connection.close()

    with transaction.atomic():
        HaRouter.objects.select_for_update().get(pk=busy.pk)
        thread = threading.Thread(target=sweep)
        thread.start()
        thread.join(WAIT_SECONDS)

        # Then the other one is confirmed meanwhile
        assert counts == [1]
    assert (stored(busy).status, stored(free).status) == ("PENDING_CREATE", "ACTIVE")
    assert sweep_pending() == 1


def test_the_worker_sweeps() -> None:
    assert registry.sweeps[sweep_pending] == 0.5


def test_events_tell_an_objects_life_oldest_first(operator: Api) -> None:
    router_id = operator.post("/v2.0/ha_routers", router_body()).json()["ha_router"]["id"]
    path = f"/v2.0/ha_routers/{router_id}"
    operator.put(path, {"description": "first"})
    sweep_pending()
    operator.put(path, {"description": "second", "maximum_gateways": 5})
    operator.put(path, {})

    answer = operator.get(f"{path}/events")

    events = answer.json()
    assert answer["X-Total-Count"] == "5"
    times = [event.pop("at") for event in events]
    assert times == sorted(times)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", time) for time in times)
    assert [tuple(event.values()) for event in events] == [
        (None, "PENDING_CREATE", "operator", "created"),
        ("PENDING_CREATE", "PENDING_CREATE", "operator", "updated: description"),
        ("PENDING_CREATE", "ACTIVE", "gatekeeper", "confirmed"),
        ("ACTIVE", "PENDING_UPDATE", "operator", "updated: description, maximum_gateways"),
        ("PENDING_UPDATE", "PENDING_UPDATE", "operator", "updated: nothing"),
    ]
    assert list(events[0]) == ["from_status", "to_status", "actor", "message"]
    assert HaRouter.objects.get().version == 4


def test_events_are_a_list_with_pages(operator: Api, objects: list[HaObject]) -> None:
    for each in objects:
        path = f"{path_of(each)}/events"
        for description in ("a", "b", "c"):
            operator.put(path_of(each), {"description": description})

        page = operator.get(f"{path}?limit=2&offset=1&fields=message")
        assert page.json() == [{"message": "updated: description"}] * 2
        assert 'rel="next"' in page["Link"]
        newest = operator.get(f"{path}?ordering=-at&limit=1").json()
        assert newest[0]["message"] == "updated: description"
        assert_problem(operator.get(f"{path}?status=ACTIVE"), 400, "validation_error")


def test_an_update_does_not_make_an_unconfirmed_interface_usable(operator: Api) -> None:
    router = new_router()
    interface = new_interface(router)
    HaInterface.objects.update(status=Status.PENDING_CREATE)

    shown = operator.put(path_of(interface), {"description": "new"}).json()["ha_interface"]

    assert shown["status"] == "PENDING_CREATE"
    body = {"service_type": "internet", "downlink_interface_id": str(interface.pk)}
    assert_problem(operator.post("/v2.0/gateways", body), 409, "interface_not_active")
    sweep_pending()
    assert operator.post("/v2.0/gateways", body).status_code == 201


# --- With agents that confirm -----------------------------------------------------------------


@pytest.mark.parametrize("status", PENDING_STATUSES)
def test_what_agents_do_not_confirm_in_time_is_an_error(
    mirrored: None, objects: list[HaObject], status: str, settings: Any
) -> None:
    settings.HA_CONFIRM_SECONDS = 90
    set_pending(status, confirm_by=clock.now() + timedelta(seconds=30))
    assert sweep_pending() == 0
    set_pending(status, confirm_by=clock.now())

    assert sweep_pending() == 3

    for each in objects:
        assert stored(each).status == Status.ERROR
        event = each.events.last()
        assert (event.from_status, event.to_status) == (status, "ERROR")
        assert event.message == "The change was not confirmed within 90 s."
    assert_all_agree()


def test_a_change_is_to_be_confirmed_within_the_setting(
    mirrored: None, operator: Api, settings: Any
) -> None:
    settings.HA_CONFIRM_SECONDS = 90
    before = clock.now()

    operator.post("/v2.0/ha_routers", router_body())

    deadline = HaRouter.objects.get().confirm_by
    assert deadline is not None
    assert timedelta(seconds=90) <= deadline - before < timedelta(seconds=120)


def test_with_agents_a_deletion_is_pending_and_keeps_its_capacity(
    mirrored: None, operator: Api, objects: list[HaObject]
) -> None:
    router, interface, gateway = objects

    assert operator.delete(path_of(gateway)).status_code == 204

    gateway = stored(gateway)
    assert (gateway.status, gateway.version) == (Status.PENDING_DELETE, 2)
    assert gateway.confirm_by is not None
    assert statuses(gateway)[-1] == ("PENDING_CREATE", "PENDING_DELETE")
    assert stored(router).available_gateways == 499
    assert stored(interface).vlan_ids_available == 4093
    assert_problem(operator.delete(path_of(interface)), 409, "in_use")
    assert operator.get(path_of(gateway)).json()["gateway"]["status"] == "PENDING_DELETE"
