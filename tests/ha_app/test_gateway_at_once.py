"""A gateway that is stored by one statement is what the ordinary way makes of the same order."""

from typing import Any

import pytest
from django.db import connection

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.work.models import OutboxEntry
from ha_app import vlan_pool
from ha_app.models import Gateway, GatewayEvent, HaInterface, HaRouter, VlanAllocation
from ha_app.services.gateways import create
from tests.fixtures import TENANT, Api
from tests.ha_app.objects import new_interface, new_router

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one way alone"),
]
# What the two gateways do not have in common.
OWN = {"id", "gateway_id", "ha_object_id", "object_id", "ha_router_id", "downlink_interface_id"}
OWN |= {"ha_interface_id", "primary_interface_id", "secondary_interface_id", "at", "created_at"}
OWN |= {"confirm_by", "request_id", "traceparent", "primary_router_id", "secondary_router_id"}


def rows_of(model: Any, **filters: Any) -> list[dict[str, Any]]:
    """Return rows in the order in which they came, without what is each one's own."""
    rows = model.objects.filter(**filters).order_by("pk").values()
    return [{name: row[name] for name in row.keys() - OWN} for row in rows]


def written(api: Api, taken: str, order: dict[str, Any]) -> dict[str, Any]:
    """Order a gateway on an interface of its own; return all that came of it."""
    router = new_router(maximum_gateways=1)
    pool = vlan_pool.parse_ranges(taken)
    interface = new_interface(router, name="xe-0/0/0 ü'%s\\")
    interface.vlan_pool_state = vlan_pool.encode_base64(pool)
    interface.vlan_ids_available = vlan_pool.count_free(pool)
    interface.save()
    before = set(OutboxEntry.objects.values_list("pk", flat=True))
    body = {"downlink_interface_id": str(interface.pk), "tenant_id": TENANT, **order}
    response = api.post("/v2.0/gateways", {"gateway": body})
    outbox = OutboxEntry.objects.exclude(pk__in=before)
    names = {str(router.pk): "router", str(interface.pk): "interface"}
    if response.status_code != 201:
        return {"answer": response.json()["code"], "outbox": outbox.count()}
    answer = response.json()["gateway"]
    [audit] = AuditEntry.objects.filter(object_id=answer["id"])
    return {
        "answer": {name: answer[name] for name in answer.keys() - OWN},
        "gateway": rows_of(Gateway, pk=answer["id"]),
        "router": rows_of(HaRouter, pk=router.pk),
        "interface": rows_of(HaInterface, pk=interface.pk),
        "allocation": rows_of(VlanAllocation, ha_interface=interface),
        "event": rows_of(GatewayEvent, ha_object_id=answer["id"]),
        "audit": rows_of(AuditEntry, pk=audit.pk)[0]
        | {"changes": {name: audit.changes[name] for name in audit.changes.keys() - OWN}},
        "outbox": sorted(
            (each.object_type, names.get(str(each.object_id), "gateway")) for each in outbox
        ),
    }


@pytest.mark.parametrize("is_mirrored", [False, True])
@pytest.mark.parametrize(
    ("taken", "vlan_id"),
    [("", 0), ("0,4095", 1), ("0-6", 7), ("0-7", 8), ("0-1023,1025", 1024), ("0-4094", 4095)],
)
def test_both_ways_write_the_same(
    operator: Api,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    taken: str,
    vlan_id: int,
    is_mirrored: bool,
) -> None:
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"] if is_mirrored else []
    order = {"service_type": "internet", "name": "n'%", "description": 'd\\\n"é'}

    at_once = written(operator, taken, order)
    monkeypatch.setattr(create, "is_simple", lambda order: False)
    ordinary = written(operator, taken, order)

    assert at_once == ordinary
    assert at_once["answer"]["vlan_id"] == vlan_id
    assert at_once["gateway"][0]["vrf_name"] == f"vrf_gw_xe-0/0/0 ü'%s\\_{vlan_id}"
    assert len(at_once["outbox"]) == (3 if is_mirrored else 0)


def test_what_cannot_be_is_told_by_the_ordinary_way(operator: Api) -> None:
    order = {"service_type": "internet"}

    assert written(operator, "0-4095", order) == {"answer": "vlan_pool_exhausted", "outbox": 0}

    interface = HaInterface.objects.get()
    router = interface.ha_router
    assert (router.available_gateways, interface.vlan_ids_available) == (1, 0)
    # A pool that has as free what is allocated.
    interface.vlan_pool_state = vlan_pool.encode_base64(vlan_pool.parse_ranges("0-4090"))
    interface.vlan_ids_available = 5
    interface.save()
    first = {"downlink_interface_id": str(interface.pk), "tenant_id": TENANT, **order}
    assert operator.post("/v2.0/gateways", {"gateway": first}).status_code == 201
    interface.save()
    HaRouter.objects.update(available_gateways=1)
    response = operator.post("/v2.0/gateways", {"gateway": first})
    assert (response.status_code, response.json()["code"]) == (409, "vlan_taken")
    assert Gateway.objects.count() == 1
