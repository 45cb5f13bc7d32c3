"""Gateways: what they take and give back, to the last counter."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ha_app.models import Gateway, HaInterface, HaRouter, Status, VlanAllocation
from tests.fixtures import OTHER_TENANT, TENANT, Api, assert_faults, assert_problem
from tests.ha_app.objects import (
    UNKNOWN,
    assert_all_agree,
    capacity,
    free_vlans,
    interface_body,
    made_active,
    new_gateway,
    new_interface,
    new_router,
    path_of,
    stored,
    vpn_body,
)

PATH = "/v2.0/gateways"
FIELDS = [
    "id",
    "name",
    "description",
    "status",
    "tenant_id",
    "service_type",
    "ha_router_id",
    "downlink_interface_id",
    "vlan_id",
    "uplink_interface_id",
    "uplink_vlan_id",
    "qos_type",
    "bandwidth",
    "vrf_name",
]


def test_the_worked_example_of_the_contract_step_by_step(operator: Api) -> None:
    # Given 500 gateways, a pool of 3069, 500/500 Mbit/s, and an uplink
    router_body = {"primary_router_id": str(uuid4()), "secondary_router_id": str(uuid4())}
    router = operator.post("/v2.0/ha_routers", router_body).json()["ha_router"]
    assert router["available_gateways"] == 500
    body = interface_body(
        router["id"],
        name="sample-ha-router-downlink",
        restricted_vlans="0-1024,4094",
        maximum_ga_bandwidth=500,
        maximum_be_bandwidth=500,
    )
    downlink = operator.post("/v2.0/ha_interfaces", body).json()["ha_interface"]
    assert downlink["vlan_ids_available"] == 3069
    body = interface_body(router["id"], link_type="uplink")
    uplink = operator.post("/v2.0/ha_interfaces", body).json()["ha_interface"]
    assert uplink["vlan_ids_available"] == 4094
    for interface in HaInterface.objects.all():
        made_active(interface)
    objects = [HaRouter.objects.get(), *HaInterface.objects.order_by("link_type")]
    before = capacity(operator, *objects)

    # When one VPN gateway with guarantee 10 and uplink VLAN 122 is created
    body = {
        "name": "office",
        "service_type": "vpn",
        "ha_router_id": router["id"],
        "uplink_interface_id": uplink["id"],
        "uplink_vlan_id": 122,
        "qos_type": "guarantee",
        "bandwidth": 10,
    }
    answer = operator.post(PATH, {"gateway": body})

    # Then it has VLAN 1025, and of everything exactly that much is less
    assert answer.status_code == 201, answer.content
    gateway = answer.json()["gateway"]
    assert answer["Location"] == f"http://testserver{PATH}/{gateway['id']}"
    assert list(gateway) == FIELDS
    assert gateway == body | {
        "id": gateway["id"],
        "description": "",
        "status": "PENDING_CREATE",
        "tenant_id": TENANT,
        "downlink_interface_id": downlink["id"],
        "vlan_id": 1025,
        "vrf_name": "vrf_gw_sample-ha-router-downlink_1025",
    }
    assert operator.get(f"{PATH}/{gateway['id']}").json() == {"gateway": gateway}
    of_router, of_downlink, of_uplink = capacity(operator, *objects)
    assert of_router == {"available_gateways": 499}
    assert of_downlink == {
        "vlan_ids_available": 3068,
        # A character has six bits, the last of this one is VLAN 1025.
        "vlan_pool_state": before[1]["vlan_pool_state"].replace("+", "/", 1),
        "gateway_instances_count": 1,
        "available_ga_bandwidth": 490,
        "available_be_bandwidth": 500,
    }
    assert of_uplink["vlan_ids_available"] == 4093
    assert of_uplink["gateway_instances_count"] == 1
    assert (of_uplink["available_ga_bandwidth"], of_uplink["available_be_bandwidth"]) == (0, 0)
    vlans = operator.get(f"/v2.0/ha_interfaces/{downlink['id']}/vlans").json()
    assert vlans["free"] == "1026-4093"
    vlans = operator.get(f"/v2.0/ha_interfaces/{uplink['id']}/vlans").json()
    assert vlans["free"] == "1-121,123-4094"
    assert_all_agree()

    # And when it is deleted, all of it is back
    assert operator.delete(f"{PATH}/{gateway['id']}").status_code == 204
    assert operator.get(f"{PATH}/{gateway['id']}").status_code == 404
    assert capacity(operator, *objects) == before
    assert not VlanAllocation.objects.exists()
    assert_all_agree()


def test_defaults_of_a_gateway(operator: Api, downlink: HaInterface) -> None:
    body = {"service_type": "internet", "downlink_interface_id": str(downlink.pk)}

    gateway = operator.post(PATH, body).json()["gateway"]

    assert gateway == body | {
        "id": gateway["id"],
        "name": "",
        "description": "",
        "status": "PENDING_CREATE",
        "tenant_id": TENANT,
        "ha_router_id": str(downlink.ha_router_id),
        "vlan_id": 1025,
        "uplink_interface_id": None,
        "uplink_vlan_id": None,
        "qos_type": None,
        "bandwidth": 0,
        "vrf_name": "vrf_gw_north_1025",
    }
    assert stored(Gateway.objects.get()).version == 1


def test_null_is_as_left_out(operator: Api, router: HaRouter, downlink: HaInterface) -> None:
    nothing = ("downlink_interface_id", "vlan_id", "uplink_interface_id", "uplink_vlan_id")
    body = {"service_type": "internet", "ha_router_id": str(router.pk), "qos_type": None}

    answer = operator.post(PATH, body | dict.fromkeys(nothing))

    assert answer.status_code == 201, answer.content
    assert answer.json()["gateway"]["vlan_id"] == 1025


@pytest.mark.parametrize("service_type", ["vpn", "aws", "azure", "gcp", "interdc"])
def test_these_need_an_uplink(
    operator: Api, downlink: HaInterface, uplink: HaInterface, service_type: str
) -> None:
    body = vpn_body(downlink, uplink, service_type=service_type)
    for missing in ("uplink_interface_id", "uplink_vlan_id"):
        incomplete = {name: value for name, value in body.items() if name != missing}
        assert_faults(operator.post(PATH, incomplete), missing)

    assert operator.post(PATH, body).json()["gateway"]["uplink_vlan_id"] == 122


@pytest.mark.parametrize("service_type", ["internet", "common_function"])
def test_these_take_no_uplink(
    operator: Api, downlink: HaInterface, uplink: HaInterface, service_type: str
) -> None:
    answer = operator.post(PATH, vpn_body(downlink, uplink, service_type=service_type))

    assert_faults(answer, "uplink_interface_id", "uplink_vlan_id")
    body = {"service_type": service_type, "downlink_interface_id": str(downlink.pk)}
    assert operator.post(PATH, body).status_code == 201
    assert free_vlans(uplink) == 4094


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("service_type", "fax"),
        ("service_type", None),
        ("ha_router_id", "x"),
        ("ha_router_id", UNKNOWN),
        ("downlink_interface_id", "x"),
        ("downlink_interface_id", UNKNOWN),
        ("uplink_interface_id", UNKNOWN),
        ("uplink_interface_id", 5),
        ("vlan_id", -1),
        ("vlan_id", 4096),
        ("vlan_id", "5"),
        ("vlan_id", False),
        ("uplink_vlan_id", 4096),
        ("uplink_vlan_id", 12.5),
        ("qos_type", "silver"),
        ("bandwidth", -1),
        ("bandwidth", 2**31),
        ("bandwidth", "10"),
        ("bandwidth", None),
        ("vrf_name", "mine"),
        ("id", UNKNOWN),
        ("status", "ACTIVE"),
        ("colour", "red"),
    ],
)
def test_a_bad_field_is_named_and_nothing_is_taken(
    operator: Api, downlink: HaInterface, uplink: HaInterface, field: str, value: Any
) -> None:
    body = vpn_body(
        downlink,
        uplink,
        ha_router_id=str(downlink.ha_router_id),
        qos_type="guarantee",
        bandwidth=10,
    )

    assert_faults(operator.post(PATH, {"gateway": body | {field: value}}), field)

    assert not Gateway.objects.exists()
    assert stored(downlink.ha_router).available_gateways == 500
    assert_all_agree()


def test_a_gateway_names_a_router_or_an_interface(
    operator: Api, downlink: HaInterface, uplink: HaInterface
) -> None:
    assert_faults(operator.post(PATH, {"service_type": "internet"}), "ha_router_id")

    # The uplink alone tells the router as well.
    body = vpn_body(downlink, uplink)
    del body["downlink_interface_id"]
    gateway = operator.post(PATH, body).json()["gateway"]
    assert gateway["ha_router_id"] == str(downlink.ha_router_id)
    assert gateway["downlink_interface_id"] == str(downlink.pk)


def test_interfaces_of_another_router_or_link_type_are_bad_input(
    operator: Api, downlink: HaInterface, uplink: HaInterface
) -> None:
    other = new_router()
    elsewhere = new_interface(other, "uplink")

    swapped = assert_faults(
        operator.post(PATH, vpn_body(uplink, downlink)),
        "downlink_interface_id",
        "uplink_interface_id",
    )
    assert "no downlink" in swapped["downlink_interface_id"]
    answer = operator.post(PATH, vpn_body(downlink, elsewhere))
    assert (
        "another HA router" in assert_faults(answer, "uplink_interface_id")["uplink_interface_id"]
    )
    body = vpn_body(downlink, uplink, ha_router_id=str(other.pk))
    assert_faults(operator.post(PATH, body), "downlink_interface_id", "uplink_interface_id")

    assert not Gateway.objects.exists()


def test_what_is_not_there_or_does_not_fit_is_told_with_the_other_faults(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    foreign = new_router(OTHER_TENANT)
    order = {
        "service_type": "vpn",
        "ha_router_id": str(router.pk),
        "downlink_interface_id": str(new_interface(new_router()).pk),
        "uplink_interface_id": str(downlink.pk),
        "vlan_id": 4096,
    }

    faults = assert_faults(
        operator.post(PATH, order),
        "downlink_interface_id",
        "uplink_interface_id",
        "vlan_id",
        "uplink_vlan_id",
    )
    assert faults["downlink_interface_id"].endswith(" is another HA router's.")
    assert faults["uplink_interface_id"].endswith(" is no uplink.")

    # What is malformed has that fault alone
    order = {"service_type": "internet", "ha_router_id": "x", "downlink_interface_id": 7}
    assert_faults(operator.post(PATH, order), "ha_router_id", "downlink_interface_id")

    order = {"service_type": "internet", "ha_router_id": str(foreign.pk), "colour": "red"}
    faults = assert_faults(operator.post(PATH, order), "ha_router_id", "colour")
    assert faults["ha_router_id"] == f"There is no HA router {foreign.pk}."
    assert not Gateway.objects.exists()


def test_what_is_foreign_is_as_unknown(operator: Api, downlink: HaInterface) -> None:
    foreign = new_router(OTHER_TENANT)
    interface = new_interface(foreign)

    for field, known, of in (
        ("ha_router_id", foreign.pk, "HA router"),
        ("downlink_interface_id", interface.pk, "HA interface"),
    ):
        for value in (known, uuid4()):
            answer = operator.post(PATH, {"service_type": "internet", field: str(value)})
            assert assert_faults(answer, field) == {field: f"There is no {of} {value}."}


def test_an_admin_gives_a_customer_a_gateway_on_the_providers_router(
    admin: Api, operator: Api, other_operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    body = {
        "service_type": "internet",
        "ha_router_id": str(router.pk),
        "tenant_id": OTHER_TENANT,
    }
    assert_faults(admin.post(PATH, body | {"tenant_id": "x"}), "tenant_id")
    del body["tenant_id"]
    assert_faults(admin.post(PATH, body), "tenant_id")

    answer = admin.post(PATH, body | {"tenant_id": OTHER_TENANT})

    gateway = answer.json()["gateway"]
    assert other_operator.get(f"{PATH}/{gateway['id']}").json() == {"gateway": gateway}
    assert operator.get(PATH).json() == {"gateways": []}
    assert "1 other" in assert_problem(operator.delete(path_of(downlink)), 409, "in_use")["detail"]
    # The customer gives it back, to a router that he does not see.
    assert other_operator.delete(f"{PATH}/{gateway['id']}").status_code == 204
    assert stored(router).available_gateways == 500


# --- Which downlink, which VLAN --------------------------------------------------------------


def test_the_downlink_with_the_most_free_vlans_is_chosen(operator: Api, router: HaRouter) -> None:
    new_interface(router, restricted_vlans="0-4000")
    roomy = new_interface(router, restricted_vlans="0-3000")
    new_interface(router, restricted_vlans="0-3001")
    new_interface(router, "uplink")
    new_interface(router, admin_state_up=False)
    pending = new_interface(router)
    HaInterface.objects.filter(pk=pending.pk).update(status=Status.PENDING_CREATE)

    body = {"service_type": "internet", "ha_router_id": str(router.pk)}
    gateway = operator.post(PATH, body).json()["gateway"]

    assert gateway["downlink_interface_id"] == str(roomy.pk)
    assert gateway["vlan_id"] == 3001


def test_of_downlinks_with_as_many_free_vlans_they_take_turns(router: HaRouter) -> None:
    interfaces = {new_interface(router).pk for _ in range(3)}

    chosen = [new_gateway(router).downlink_interface_id for _ in range(6)]

    assert set(chosen[:3]) == set(chosen[3:]) == interfaces
    assert chosen[:3] == sorted(interfaces)


def test_a_foreign_downlink_of_an_own_router_is_not_chosen(operator: Api, router: HaRouter) -> None:
    new_interface(router, tenant_id=OTHER_TENANT)

    body = {"service_type": "internet", "ha_router_id": str(router.pk)}
    assert_problem(operator.post(PATH, body), 409, "no_usable_downlink")

    own = new_interface(router, restricted_vlans="0-4000")
    gateway = operator.post(PATH, body).json()["gateway"]
    assert gateway["downlink_interface_id"] == str(own.pk)


def test_a_named_vlan_is_taken_and_the_lowest_free_one_otherwise(
    operator: Api, downlink: HaInterface
) -> None:
    body = {"service_type": "internet", "downlink_interface_id": str(downlink.pk)}

    vlans = [
        operator.post(PATH, body | wanted).json()["gateway"]["vlan_id"]
        for wanted in ({}, {"vlan_id": 1027}, {}, {}, {"vlan_id": 4093})
    ]

    assert vlans == [1025, 1027, 1026, 1028, 4093]


def test_a_vlan_is_handed_out_again_after_its_gateway(router: HaRouter, operator: Api) -> None:
    new_interface(router)
    first, second, _ = (new_gateway(router) for _ in range(3))

    operator.delete(path_of(second))
    operator.delete(path_of(first))

    assert [new_gateway(router).vlan_id for _ in range(3)] == [1, 2, 4]


# --- What it costs ---------------------------------------------------------------------------


def test_queries_of_a_gateway(
    operator: Api,
    downlink: HaInterface,
    uplink: HaInterface,
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
) -> None:
    operator.get(PATH)
    body = {"service_type": "internet", "downlink_interface_id": str(downlink.pk)}
    # Token; interfaces; savepoint, all in one; release. In production there is no savepoint.
    # SQLite takes what is written one by one, locks before: router, interfaces; gateway,
    # allocations, event, audit; router, interface; and another interface. With an uplink too:
    # lock router, lock interfaces, write all.
    is_sqlite = connection.vendor == "sqlite"
    with django_assert_num_queries(12 if is_sqlite else 5):
        operator.post(PATH, body)
    with django_assert_num_queries(13 if is_sqlite else 7):
        created = operator.post(PATH, vpn_body(downlink, uplink))
    # Token, object; savepoint, locks of router, interfaces, gateway; interfaces (2), router;
    # allocations, events, gateway; release. The audit comes before the interfaces.
    with django_assert_num_queries(14):
        operator.delete(f"{PATH}/{created.json()['gateway']['id']}")


@pytest.mark.parametrize("path", ["/v2.0/ha_routers", "/v2.0/ha_interfaces", "/v2.0/gateways"])
def test_queries_of_a_list_do_not_grow_with_it(
    operator: Api,
    router: HaRouter,
    downlink: HaInterface,
    django_assert_num_queries: Callable[[int], CaptureQueriesContext],
    path: str,
) -> None:
    for _ in range(5):
        new_gateway(router)
    operator.get(path)

    # Token, count, page.
    with django_assert_num_queries(3):
        operator.get(path)
