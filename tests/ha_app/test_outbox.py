"""With etcd each change leaves outbox rows in its transaction, and without it none."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.core import clock
from gatekeeper_site.work.models import OutboxEntry
from gatekeeper_site.work.outbox import put_in_outbox
from ha_app.models import Gateway, HaInterface, HaObject, HaRouter
from ha_app.services import check_capacity, sweep_pending
from ha_app.verdicts import MonitoringAnswer, StateAnswer
from tests.fixtures import Api
from tests.ha_app.objects import (
    PLURALS,
    apply_answer,
    interface_body,
    new_gateway,
    new_router,
    path_of,
    router_body,
    vpn_body,
)

PATH = "/v2.0/gateways"
Names = list[tuple[str, UUID]]


@pytest.fixture
def changes(
    mirrored: None, router: HaRouter, downlink: HaInterface, uplink: HaInterface
) -> Callable[[], Names]:
    """Return, and forget, which objects are to be told of; first of all those of the fixtures."""

    def taken() -> Names:
        rows = OutboxEntry.objects.order_by("id")
        names = list(rows.values_list("object_type", "object_id"))
        rows.delete()
        return names

    taken()
    return taken


def name_of(ha_object: HaObject) -> tuple[str, UUID]:
    return PLURALS[type(ha_object)], ha_object.pk


def outbox_inserts(queries: CaptureQueriesContext) -> list[str]:
    return [each["sql"] for each in queries if 'INSERT INTO "core_outboxentry"' in each["sql"]]


def test_routers_and_interfaces_are_told_of_with_each_change(
    changes: Callable[[], Names], operator: Api
) -> None:
    router_id = operator.post("/v2.0/ha_routers", router_body()).json()["ha_router"]["id"]
    router = HaRouter.objects.get(pk=router_id)
    assert changes() == [name_of(router)]
    operator.post("/v2.0/ha_interfaces", interface_body(router))
    interface = HaInterface.objects.get(ha_router=router)
    assert changes() == [name_of(interface)]

    for each in (interface, router):
        operator.put(path_of(each), {"description": "new"})
        assert changes() == [name_of(each)]
        operator.delete(path_of(each))
        assert changes() == [name_of(each)]
        apply_answer(*name_of(each), StateAnswer(3, "", "DELETE_COMPLETED"))
        assert changes() == [name_of(each)]


def test_a_gateway_tells_of_those_whose_counters_it_moves(
    changes: Callable[[], Names],
    operator: Api,
    router: HaRouter,
    downlink: HaInterface,
    uplink: HaInterface,
) -> None:
    # When a gateway is created, they are all put by one INSERT
    with CaptureQueriesContext(connection) as queries:
        body = vpn_body(downlink, uplink, qos_type="guarantee", bandwidth=10)
        answer = operator.post(PATH, body)
    gateway = Gateway.objects.get(pk=answer.json()["gateway"]["id"])
    everything = [name_of(each) for each in (gateway, router, downlink, uplink)]
    assert changes() == everything
    assert len(outbox_inserts(queries)) == 1

    # Then only a change of its bandwidth moves another's counters
    operator.put(path_of(gateway), {"description": "new"})
    assert changes() == [name_of(gateway)]
    operator.put(path_of(gateway), {"bandwidth": 20})
    assert changes() == [name_of(gateway), name_of(downlink)]

    # And its capacity is given back when it goes, not when it is to go
    operator.delete(path_of(gateway))
    assert changes() == [name_of(gateway)]
    with CaptureQueriesContext(connection) as queries:
        apply_answer(*name_of(gateway), StateAnswer(4, "", "DELETE_COMPLETED"))
    assert changes() == everything
    assert len(outbox_inserts(queries)) == 1


def test_the_same_version_is_told_of_again_where_a_counter_has_moved(
    changes: Callable[[], Names], operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    new_gateway(router)

    assert name_of(downlink) in changes()
    assert HaInterface.objects.get(pk=downlink.pk).version == downlink.version
    assert HaRouter.objects.get(pk=router.pk).version == router.version


def test_a_status_that_agents_change_is_told_of(
    changes: Callable[[], Names], router: HaRouter
) -> None:
    name = name_of(router)
    apply_answer(*name, StateAnswer(1, "no port", ""))
    assert changes() == [name]
    apply_answer(*name, StateAnswer(1, "", "READ_COMPLETE"))
    assert changes() == [name]
    apply_answer(*name, MonitoringAnswer(1, (("primary", "DOWN"),)))
    assert changes() == [name]
    apply_answer(*name, None)
    assert changes() == [name]
    # That it is monitored is nothing that agents are told.
    apply_answer(*name, MonitoringAnswer(1, (("primary", "UP"),)))
    assert changes() == [name]
    apply_answer(*name, None)
    changes()
    apply_answer(*name, StateAnswer(1, "", "READ_COMPLETE"))
    apply_answer(*name, StateAnswer(2, "", "READ_COMPLETE"))
    assert changes() == []


def test_what_expires_is_told_of_in_one_insert(
    changes: Callable[[], Names], router: HaRouter
) -> None:
    overdue = [new_router() for _ in range(3)]
    HaRouter.objects.exclude(pk=router.pk).update(status="PENDING_CREATE", confirm_by=clock.now())
    changes()

    with CaptureQueriesContext(connection) as queries:
        assert sweep_pending() == 3

    assert sorted(changes()) == sorted(name_of(each) for each in overdue)
    assert len(outbox_inserts(queries)) == 1


def test_a_repair_is_told_of(changes: Callable[[], Names], router: HaRouter) -> None:
    HaRouter.objects.filter(pk=router.pk).update(available_gateways=3)

    assert len(list(check_capacity())) == 1
    assert changes() == []
    assert len(list(check_capacity(repair=True))) == 1
    assert changes() == [name_of(router)]


def test_a_change_that_is_refused_or_rolled_back_leaves_none(
    changes: Callable[[], Names], operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    body = {"service_type": "internet", "downlink_interface_id": str(downlink.pk)}
    assert operator.post(PATH, body | {"vlan_id": 7}).status_code == 409
    assert operator.delete(path_of(router)).status_code == 409
    with transaction.atomic():
        new_gateway(router)
        assert OutboxEntry.objects.count() == 3
        transaction.set_rollback(True)

    assert changes() == []
    assert not Gateway.objects.exists()


def test_without_etcd_there_are_none(
    operator: Api, router: HaRouter, downlink: HaInterface, settings: Any
) -> None:
    assert settings.ETCD_ENDPOINTS == []
    gateway = new_gateway(router)
    operator.put(path_of(gateway), {"qos_type": "guarantee", "bandwidth": 5})
    sweep_pending()
    for each in (gateway, downlink, router):
        assert operator.delete(path_of(each)).status_code == 204

    assert not HaRouter.objects.exists()
    assert not OutboxEntry.objects.exists()


# --- The outbox itself ------------------------------------------------------------------------


def test_an_object_that_is_named_twice_is_written_once(db: None) -> None:
    first, second = uuid4(), uuid4()

    put_in_outbox([("ha_routers", first), ("gateways", second), ("ha_routers", first)])

    rows = list(OutboxEntry.objects.order_by("id"))
    assert [(row.object_type, row.object_id) for row in rows] == [
        ("ha_routers", first),
        ("gateways", second),
    ]
    assert [(row.not_before, row.error) for row in rows] == [(None, "")] * 2
    assert str(rows[0]) == f"ha_routers {first}"


@pytest.mark.django_db(transaction=True)
def test_a_row_is_written_in_the_transaction_of_its_change_only() -> None:
    with pytest.raises(TransactionManagementError, match="in the transaction of its change"):
        put_in_outbox([("ha_routers", uuid4())])

    assert not OutboxEntry.objects.exists()
