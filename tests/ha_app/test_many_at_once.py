"""Several objects by one POST: all of them or none, and what is wrong names its place."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.work.models import OutboxEntry
from ha_app import vlan_pool
from ha_app.models import Gateway, HaInterface, HaRouter, VlanAllocation
from tests.fixtures import OTHER_TENANT, TENANT, Api, assert_faults, assert_problem
from tests.ha_app.objects import (
    UNKNOWN,
    assert_all_agree,
    capacity,
    interface_body,
    new_gateway,
    new_interface,
    new_router,
    path_of,
    router_body,
    statuses,
    stored,
    vpn_body,
)

GATEWAYS = "/v2.0/gateways"
ROUTERS = "/v2.0/ha_routers"
INTERFACES = "/v2.0/ha_interfaces"


def internet(**fields: Any) -> dict[str, Any]:
    return {"service_type": "internet"} | fields


def test_gateways_are_stored_in_their_order_each_from_what_those_before_left(
    operator: Api, router: HaRouter, downlink: HaInterface, uplink: HaInterface
) -> None:
    # Given orders of every kind on a pool that begins with VLAN 1025
    on = {"ha_router_id": str(router.pk)}
    orders = [
        internet(name="first", **on),
        internet(name="second", vlan_id=1026, qos_type="guarantee", bandwidth=300, **on),
        vpn_body(downlink, uplink, name="third"),
        internet(name="fourth", downlink_interface_id=str(downlink.pk)),
    ]

    answer = operator.post(GATEWAYS, {"gateways": orders})

    # Then all are there, in that order, as each one's own GET shows them
    assert answer.status_code == 201
    assert list(answer.json()) == ["gateways"]
    gateways = answer.json()["gateways"]
    assert [each["name"] for each in gateways] == ["first", "second", "third", "fourth"]
    assert [each["vlan_id"] for each in gateways] == [1025, 1026, 1027, 1028]
    assert [each["uplink_vlan_id"] for each in gateways] == [None, None, 122, None]
    assert {each["status"] for each in gateways} == {"PENDING_CREATE"}
    assert {each["tenant_id"] for each in gateways} == {TENANT}
    for each in gateways:
        assert operator.get(f"{GATEWAYS}/{each['id']}").json() == {"gateway": each}
    assert "Location" not in answer
    # And of everything exactly that much is less
    shown = capacity(operator, router, downlink, uplink)
    assert shown[0] == {"available_gateways": 496}
    assert shown[1]["vlan_ids_available"] == 3065
    assert shown[1]["gateway_instances_count"] == 4
    assert (shown[1]["available_ga_bandwidth"], shown[1]["available_be_bandwidth"]) == (200, 500)
    assert (shown[2]["vlan_ids_available"], shown[2]["gateway_instances_count"]) == (4093, 1)
    assert_all_agree()


@pytest.mark.usefixtures("mirrored")
def test_each_has_its_event_its_audit_entry_and_its_outbox_row(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    OutboxEntry.objects.all().delete()
    AuditEntry.objects.all().delete()
    order = internet(ha_router_id=str(router.pk))

    answer = operator.post(GATEWAYS, {"gateways": [order, order, order]})

    ids = [each["id"] for each in answer.json()["gateways"]]
    for gateway in Gateway.objects.all():
        assert statuses(gateway) == [("", "PENDING_CREATE")]
        assert [each.message for each in gateway.events.all()] == ["created"]
    entries = AuditEntry.objects.order_by("id")
    assert [(each.action, each.object_type, each.object_id) for each in entries] == [
        ("create", "gateway", each) for each in ids
    ]
    assert entries[2].changes["vlan_id"] == [None, 1027]
    # What they all move is told of once.
    rows = OutboxEntry.objects.order_by("id").values_list("object_type", "object_id")
    assert [(name, str(object_id)) for name, object_id in rows] == [
        *(("gateways", each) for each in ids),
        ("ha_routers", str(router.pk)),
        ("ha_interfaces", str(downlink.pk)),
    ]


def test_a_hundred_take_no_more_statements_than_two(
    operator: Api, router: HaRouter, downlink: HaInterface, uplink: HaInterface
) -> None:
    def statements(count: int) -> int:
        first = Gateway.objects.count()
        orders = [
            vpn_body(downlink, uplink, uplink_vlan_id=first + number + 1) for number in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert operator.post(GATEWAYS, {"gateways": orders}).status_code == 201
        return len(queries)

    operator.get(GATEWAYS)
    # SQLite takes a thousand parameters by one statement.
    more = 2 if connection.vendor == "sqlite" else 0
    assert statements(100) == statements(2) + more
    assert Gateway.objects.count() == 102
    assert_all_agree()


def test_routers_and_interfaces_at_once(operator: Api) -> None:
    bodies = [router_body(name="a"), router_body(name="b", maximum_gateways=7)]
    answer = operator.post(ROUTERS, {"ha_routers": bodies})

    assert answer.status_code == 201
    routers = answer.json()["ha_routers"]
    assert [each["name"] for each in routers] == ["a", "b"]
    assert [each["available_gateways"] for each in routers] == [500, 7]
    assert operator.get(f"{ROUTERS}/{routers[1]['id']}").json() == {"ha_router": routers[1]}

    bodies = [
        interface_body(routers[1]["id"], name="c", restricted_vlans="0-1024,4094"),
        interface_body(routers[0]["id"], name="d", link_type="uplink"),
        interface_body(routers[1]["id"], name="e"),
    ]
    answer = operator.post(INTERFACES, {"ha_interfaces": bodies})

    assert answer.status_code == 201
    interfaces = answer.json()["ha_interfaces"]
    assert [each["name"] for each in interfaces] == ["c", "d", "e"]
    assert [each["vlan_ids_available"] for each in interfaces] == [3069, 4094, 4094]
    assert [each["ha_router_id"] for each in interfaces] == [
        routers[number]["id"] for number in (1, 0, 1)
    ]
    assert operator.get(f"{INTERFACES}/{interfaces[0]['id']}").json() == {
        "ha_interface": interfaces[0]
    }
    for kind, names in ((HaRouter, ["a", "b"]), (HaInterface, ["c", "d", "e"])):
        for each in kind._default_manager.all():
            assert statuses(each) == [("", "PENDING_CREATE")]
        created = AuditEntry.objects.filter(
            object_type=kind._meta.verbose_name.lower().replace(" ", "_")
        )
        assert [each.changes["name"][1] for each in created.order_by("id")] == names


def test_what_one_conflicts_with_leaves_all_of_them_out(
    operator: Api,
    router: HaRouter,
    downlink: HaInterface,
    row_counts: Callable[[], dict[str, int]],
) -> None:
    on = {"downlink_interface_id": str(downlink.pk)}
    orders = [
        internet(**on),
        internet(qos_type="guarantee", bandwidth=400, **on),
        internet(qos_type="guarantee", bandwidth=101, **on),
        internet(vlan_id=0, **on),
    ]
    before = row_counts(), capacity(operator, router, downlink)

    problem = assert_problem(
        operator.post(GATEWAYS, {"gateways": orders}), 409, "bandwidth_exhausted"
    )

    assert problem["detail"].startswith("gateways[2]: The HA interface north (")
    assert "100 Mbit/s" in problem["detail"]
    assert (row_counts(), capacity(operator, router, downlink)) == before

    # And a VLAN that one before in the list has is taken
    orders = [internet(vlan_id=2000, **on), internet(vlan_id=2000, **on)]
    problem = assert_problem(operator.post(GATEWAYS, {"gateways": orders}), 409, "vlan_taken")
    assert problem["detail"].startswith("gateways[1]: VLAN 2000 of ")
    assert (row_counts(), capacity(operator, router, downlink)) == before


def test_no_more_gateways_are_made_than_the_router_has_left(operator: Api) -> None:
    router = new_router(maximum_gateways=2)
    new_interface(router)
    order = internet(ha_router_id=str(router.pk))

    answer = operator.post(GATEWAYS, {"gateways": [order] * 3})

    problem = assert_problem(answer, 409, "gateways_exhausted")
    assert problem["detail"].startswith("gateways[2]: ")
    assert stored(router).available_gateways == 2
    assert operator.post(GATEWAYS, {"gateways": [order] * 2}).status_code == 201
    assert stored(router).available_gateways == 0


def test_a_pool_that_was_tampered_with_is_told_of_at_its_place(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    # Given a pool that has an allocated VLAN as free
    taken = new_gateway(router, vlan_id=2000)
    pool = vlan_pool.decode_base64(stored(downlink).vlan_pool_state)
    state = vlan_pool.encode_base64(vlan_pool.release(pool, 2000))
    HaInterface.objects.filter(pk=downlink.pk).update(vlan_pool_state=state)

    orders = [internet(ha_router_id=str(router.pk), vlan_id=each) for each in (1999, 2000)]
    answer = operator.post(GATEWAYS, {"gateways": orders})

    problem = assert_problem(answer, 409, "vlan_taken")
    assert problem["detail"].startswith("gateways[1]: VLAN 2000 is allocated, though the pool")
    assert Gateway.objects.get() == taken


def test_a_device_is_had_by_one_of_a_list_alone(
    operator: Api, router: HaRouter, row_counts: Callable[[], dict[str, int]]
) -> None:
    shared, own = str(uuid4()), str(uuid4())
    before = row_counts()

    # One that two of the list name
    bodies = [
        router_body(primary_router_id=shared),
        router_body(),
        router_body(secondary_router_id=shared),
    ]
    answer = operator.post(ROUTERS, {"ha_routers": bodies})
    problem = assert_problem(answer, 409, "edge_router_taken")
    assert problem["detail"] == f"ha_routers[2]: The edge router {shared} is that of ha_routers[0]."

    # One that one of them names twice
    bodies = [router_body(), router_body(primary_router_id=own, secondary_router_id=own)]
    answer = operator.post(ROUTERS, {"ha_routers": bodies})
    problem = assert_problem(answer, 409, "edge_router_taken")
    assert problem["detail"].startswith(f"ha_routers[1]: The edge router {own} cannot be both")

    # One that an object has
    bodies = [router_body(), router_body(primary_router_id=str(router.secondary_router_id))]
    answer = operator.post(ROUTERS, {"ha_routers": bodies})
    problem = assert_problem(answer, 409, "edge_router_taken")
    taken = f"The edge router {router.secondary_router_id} is taken already."
    assert problem["detail"] == f"ha_routers[1]: {taken}"

    bodies = [
        interface_body(router, primary_interface_id=shared),
        interface_body(router, secondary_interface_id=shared),
    ]
    answer = operator.post(INTERFACES, {"ha_interfaces": bodies})
    problem = assert_problem(answer, 409, "physical_interface_taken")
    assert problem["detail"].startswith(f"ha_interfaces[1]: The physical interface {shared} is")

    assert row_counts() == before


def test_every_fault_of_every_order_is_named_with_its_place(
    operator: Api,
    router: HaRouter,
    downlink: HaInterface,
    uplink: HaInterface,
    row_counts: Callable[[], dict[str, int]],
) -> None:
    on = {"ha_router_id": str(router.pk)}
    before = row_counts()

    orders: list[Any] = [
        internet(**on),
        on | {"service_type": "pub", "vlan_id": 4096},
        "a gateway",
        internet(status="ACTIVE", colour="red", **on),
        internet(),
        internet(ha_router_id=UNKNOWN),
        internet(vlan_id=-1, ha_router_id=UNKNOWN),
    ]
    faults = assert_faults(
        operator.post(GATEWAYS, {"gateways": orders}),
        "gateways[1].service_type",
        "gateways[1].vlan_id",
        "gateways[2]",
        "gateways[3].colour",
        "gateways[3].status",
        "gateways[4].ha_router_id",
        "gateways[5].ha_router_id",
        "gateways[6].vlan_id",
        "gateways[6].ha_router_id",
    )
    assert faults["gateways[2]"] == "This must be an object."
    assert faults["gateways[3].colour"] == "There is no such field."

    # What is not there, or does not fit, also where all are well formed
    orders = [
        internet(ha_router_id=UNKNOWN),
        internet(downlink_interface_id=str(uplink.pk)),
        internet(**on),
        internet(downlink_interface_id=UNKNOWN),
        internet(ha_router_id=str(new_router().pk), downlink_interface_id=str(downlink.pk)),
        internet(ha_router_id=str(new_router(OTHER_TENANT).pk)),
    ]
    before = row_counts()
    faults = assert_faults(
        operator.post(GATEWAYS, {"gateways": orders}),
        "gateways[0].ha_router_id",
        "gateways[1].downlink_interface_id",
        "gateways[3].downlink_interface_id",
        "gateways[4].downlink_interface_id",
        "gateways[5].ha_router_id",
    )
    assert faults["gateways[1].downlink_interface_id"].endswith(" is no downlink.")

    bodies = [interface_body(router), interface_body(UNKNOWN), interface_body(UNKNOWN)]
    assert_faults(
        operator.post(INTERFACES, {"ha_interfaces": bodies}),
        "ha_interfaces[1].ha_router_id",
        "ha_interfaces[2].ha_router_id",
    )
    assert row_counts() == before


@pytest.mark.parametrize("plural", ["gateways", "ha_interfaces", "ha_routers"])
def test_a_list_has_one_to_a_hundred_objects_and_nothing_beside_it(
    operator: Api, router: HaRouter, plural: str, row_counts: Callable[[], dict[str, int]]
) -> None:
    path, singular = f"/v2.0/{plural}", plural.removesuffix("s")
    before = row_counts()

    for given in ({}, None, "x", 3):
        faults = assert_faults(operator.post(path, {plural: given}), plural)
        assert faults[plural] == "This must be a list."
    for count in (0, 101):
        faults = assert_faults(operator.post(path, {plural: [{}] * count}), plural)
        assert faults[plural] == f"This must have 1 to 100 members, and has {count}."
    assert_faults(operator.post(path, {plural: [[], None]}), f"{plural}[0]", f"{plural}[1]")
    faults = assert_faults(operator.post(path, {singular: {}, plural: [{}]}), plural)
    assert faults[plural] == f"Not taken beside {singular}."
    assert_faults(operator.post(path, {plural: [{}], "name": "x"}), "name")
    # Without its envelope a list is none
    answer = operator.generic("POST", path, json.dumps([{}]), "application/json")
    assert_problem(answer, 400, "validation_error")
    # And of what there is, one is changed at a time
    answer = operator.put(path_of(router), {"ha_routers": [{"description": "x"}]})
    assert_faults(answer, "ha_routers")

    assert row_counts() == before


def test_a_fault_of_the_text_is_named_with_its_place(operator: Api) -> None:
    text = '{"gateways": [{"name": "a"}, {"name": "b", "name": "c"}]}'
    answer = operator.generic("POST", GATEWAYS, text, "application/json")
    assert_faults(answer, "gateways[1].name")


def test_the_tenant_that_is_not_the_callers_is_named_with_its_place(operator: Api) -> None:
    bodies = [router_body(), router_body(tenant_id=OTHER_TENANT)]
    problem = assert_problem(
        operator.post(ROUTERS, {"ha_routers": bodies}), 403, "permission_denied"
    )
    assert problem["detail"] == f"ha_routers[1]: The tenant {OTHER_TENANT} is not yours."
    assert not HaRouter.objects.exists()


def test_a_viewer_creates_none(viewer: Api) -> None:
    answer = viewer.post(ROUTERS, {"ha_routers": [router_body()]})
    assert_problem(answer, 403, "permission_denied")
    assert not HaRouter.objects.exists()


def test_a_list_sent_again_with_its_key_is_stored_once(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    body = {"gateways": [internet(ha_router_id=str(router.pk))] * 3}
    key = {"Idempotency-Key": "many"}

    first = operator.post(GATEWAYS, body, **key)
    second = operator.post(GATEWAYS, body, **key)

    assert first.status_code == second.status_code == 201
    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"
    assert Gateway.objects.count() == VlanAllocation.objects.count() == 3
    assert_problem(
        operator.post(GATEWAYS, {"gateways": body["gateways"][:2]}, **key),
        422,
        "idempotency_key_reused",
    )


@pytest.mark.parametrize("plural", ["gateways", "ha_interfaces", "ha_routers"])
def test_the_schema_describes_both_bodies(anonymous: Api, plural: str) -> None:
    schema = anonymous.get("/schema", {"format": "json"}).json()
    components = schema["components"]["schemas"]
    post = schema["paths"][f"/v2.0/{plural}"]["post"]

    def members(content: dict[str, Any]) -> list[list[str]]:
        proxy = components[content["application/json"]["schema"]["$ref"].split("/")[-1]]
        shapes = [components[each["$ref"].split("/")[-1]] for each in proxy["oneOf"]]
        return [list(shape["properties"]) for shape in shapes]

    both = [[plural.removesuffix("s")], [plural]]
    assert members(post["requestBody"]["content"]) == both
    assert members(post["responses"]["201"]["content"]) == both
    proxy = post["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
    of_list = components[proxy]["oneOf"][1]["$ref"].split("/")[-1]
    orders = components[of_list]["properties"][plural]
    assert (orders["minItems"], orders["maxItems"]) == (1, 100)
