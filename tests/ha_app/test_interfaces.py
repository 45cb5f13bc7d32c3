"""HA interfaces: each field, their VLANs, who may have a physical interface."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.checks import run_checks

from ha_app.models import HaInterface, HaRouter, Status
from ha_app.services import sweep_pending
from tests.fixtures import OTHER_TENANT, TENANT, Api, assert_faults, assert_problem
from tests.ha_app.objects import (
    UNKNOWN,
    interface_body,
    new_gateway,
    new_interface,
    new_router,
    path_of,
    stored,
)

SEED = json.loads((Path(__file__).parents[1] / "seeds" / "ha_interface.json").read_text())
PATH = "/v2.0/ha_interfaces"


def test_the_seeds_interface_comes_out_as_in_the_seed_to_the_byte(operator: Api) -> None:
    # Given the seed's router
    HaRouter.objects.create(
        id=UUID(SEED["posted"]["ha_interface"]["ha_router_id"]),
        tenant_id=TENANT,
        primary_router_id=uuid4(),
        secondary_router_id=uuid4(),
    )

    # When the seed's body is posted
    posted = operator.post(PATH, SEED["posted"])

    # Then it comes out as in the seed, once it is confirmed
    assert posted.status_code == 201, posted.content
    interface_id = posted.json()["ha_interface"]["id"]
    assert posted["Location"] == f"http://testserver{PATH}/{interface_id}"
    expected = {"ha_interface": SEED["shown"]["ha_interface"] | {"id": interface_id}}
    assert posted.json()["ha_interface"] == expected["ha_interface"] | {"status": "PENDING_CREATE"}
    sweep_pending()
    shown = operator.get(f"{PATH}/{interface_id}")
    assert shown.content == json.dumps(expected, separators=(",", ":")).encode()


def test_defaults_of_an_interface(operator: Api, router: HaRouter) -> None:
    body = interface_body(router)

    shown = operator.post(PATH, body).json()["ha_interface"]

    pool = "g" + "A" * 681 + "E="
    assert {name: shown[name] for name in shown if name not in body} == {
        "admin_state_up": True,
        "available_be_bandwidth": 0,
        "available_ga_bandwidth": 0,
        "description": "",
        "gateway_instances_count": 0,
        "id": shown["id"],
        "maximum_be_bandwidth": 0,
        "maximum_ga_bandwidth": 0,
        "name": "",
        "restricted_vlans": "",
        "status": "PENDING_CREATE",
        "tenant_id": TENANT,
        "vlan_ids_available": 4094,
        "vlan_pool_state": pool,
    }
    assert {name: shown[name] for name in body} == body


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ha_router_id", "x"),
        ("ha_router_id", None),
        ("ha_router_id", UNKNOWN),
        ("primary_interface_id", 1),
        ("secondary_interface_id", None),
        ("link_type", "sidelink"),
        ("link_type", None),
        ("link_type", ["uplink"]),
        ("restricted_vlans", "0-4096"),
        ("restricted_vlans", "5-4"),
        ("restricted_vlans", " 5"),
        ("restricted_vlans", "5,"),
        ("restricted_vlans", "five"),
        ("restricted_vlans", 5),
        ("restricted_vlans", None),
        ("maximum_ga_bandwidth", -1),
        ("maximum_be_bandwidth", 2**31),
        ("maximum_be_bandwidth", "5"),
        ("admin_state_up", "true"),
        ("admin_state_up", 1),
        ("admin_state_up", None),
        ("vlan_ids_available", 5),
        ("vlan_pool_state", "AAAA"),
        ("gateway_instances_count", 0),
        ("available_ga_bandwidth", 0),
        ("available_be_bandwidth", 0),
        ("status", "ACTIVE"),
        ("reserved_vlans", "0"),
    ],
)
def test_a_bad_field_is_named(operator: Api, router: HaRouter, field: str, value: Any) -> None:
    answer = operator.post(PATH, {"ha_interface": interface_body(router) | {field: value}})

    assert_faults(answer, field)
    assert not HaInterface.objects.exists()


@pytest.mark.parametrize(
    ("restricted", "available"),
    [("0-1024,4094", 3069), ("4095,0,7-7,7", 4093), ("0-4095", 0), ("0007", 4093)],
)
def test_restricted_vlans_are_returned_as_given_and_are_not_available(
    operator: Api, router: HaRouter, restricted: str, available: int
) -> None:
    shown = operator.post(PATH, interface_body(router, restricted_vlans=restricted)).json()

    assert shown["ha_interface"]["restricted_vlans"] == restricted
    assert shown["ha_interface"]["vlan_ids_available"] == available


def test_reserved_vlans_are_those_of_the_moment_of_creation(
    operator: Api, router: HaRouter, settings: Any
) -> None:
    older = new_interface(router)
    settings.HA_RESERVED_VLANS = "0-9,4095"

    newer = operator.post(PATH, interface_body(router)).json()["ha_interface"]

    assert newer["vlan_ids_available"] == 4085
    assert operator.get(f"{PATH}/{newer['id']}/vlans").json()["reserved"] == "0-9,4095"
    assert operator.get(f"{path_of(older)}/vlans").json()["reserved"] == "0,4095"
    assert new_gateway(router, downlink_interface_id=older.pk).vlan_id == 1


def test_reserved_vlans_that_are_none_are_refused_at_the_start(settings: Any) -> None:
    settings.HA_RESERVED_VLANS = "0,5000"

    assert [error.id for error in run_checks()] == ["ha_app.E001"]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_change_changes_the_given_fields_only(
    operator: Api, router: HaRouter, method: str
) -> None:
    interface = new_interface(router, name="north", maximum_ga_bandwidth=10)
    before = operator.get(path_of(interface)).json()["ha_interface"]
    changes = {
        "description": " new ",
        "maximum_ga_bandwidth": 30,
        "maximum_be_bandwidth": 7,
        "admin_state_up": False,
    }

    answer = operator.send(method, path_of(interface), {"ha_interface": changes})

    expected = before | changes
    expected |= {"available_ga_bandwidth": 30, "available_be_bandwidth": 7}
    assert answer.json() == {"ha_interface": expected | {"status": "PENDING_UPDATE"}}
    assert stored(interface).version == 2


@pytest.mark.parametrize(
    "field",
    ["name", "ha_router_id", "primary_interface_id", "link_type", "restricted_vlans", "tenant_id"],
)
def test_what_is_set_at_creation_cannot_be_changed(
    operator: Api, router: HaRouter, field: str
) -> None:
    interface = new_interface(router)
    before = operator.get(path_of(interface)).json()["ha_interface"]

    assert_faults(operator.put(path_of(interface), {field: [before[field]]}), field)

    assert stored(interface).version == 1


@pytest.mark.parametrize(
    ("qos_type", "field"),
    [("guarantee", "maximum_ga_bandwidth"), ("besteffort", "maximum_be_bandwidth")],
)
def test_a_maximum_below_use_is_a_conflict_and_changes_nothing(
    operator: Api, router: HaRouter, qos_type: str, field: str
) -> None:
    interface = new_interface(router, maximum_ga_bandwidth=100, maximum_be_bandwidth=100)
    new_gateway(router, qos_type=qos_type, bandwidth=30)
    before = operator.get(path_of(interface)).json()

    answer = operator.put(path_of(interface), {field: 29, "description": "new"})

    assert "30 are in use" in assert_problem(answer, 409, "below_use")["detail"]
    assert operator.get(path_of(interface)).json() == before
    lowered = operator.put(path_of(interface), {field: 30}).json()["ha_interface"]
    assert lowered[field.replace("maximum", "available")] == 0


def test_a_physical_interface_serves_one_ha_interface_in_either_role(
    operator: Api, router: HaRouter
) -> None:
    interface = new_interface(new_router(OTHER_TENANT))
    free = str(uuid4())

    for taken in (interface.primary_interface_id, interface.secondary_interface_id):
        for devices in (
            {"primary_interface_id": str(taken), "secondary_interface_id": free},
            {"primary_interface_id": free, "secondary_interface_id": str(taken)},
        ):
            answer = operator.post(PATH, interface_body(router) | devices)
            problem = assert_problem(answer, 409, "physical_interface_taken")
            assert str(taken) in problem["detail"]
    both = {"primary_interface_id": free, "secondary_interface_id": free}
    answer = operator.post(PATH, interface_body(router) | both)
    assert_problem(answer, 409, "physical_interface_taken")

    assert HaInterface.objects.get() == interface


def test_a_deleted_interface_gives_its_physical_interfaces_back(
    operator: Api, router: HaRouter
) -> None:
    interface = new_interface(router)

    assert operator.delete(path_of(interface)).status_code == 204

    assert operator.get(path_of(interface)).status_code == 404
    body = interface_body(router, primary_interface_id=str(interface.secondary_interface_id))
    assert operator.post(PATH, body).status_code == 201
    assert operator.delete(path_of(router)).status_code == 409


def test_an_interface_with_gateways_is_not_deleted_and_they_are_named(
    operator: Api, router: HaRouter
) -> None:
    downlink, uplink = new_interface(router), new_interface(router, "uplink")
    gateway = new_gateway(
        router, service_type="vpn", uplink_interface_id=uplink.pk, uplink_vlan_id=5, name="office"
    )

    for interface in (downlink, uplink):
        problem = assert_problem(operator.delete(path_of(interface)), 409, "in_use")
        assert f"office ({gateway.pk})" in problem["detail"]
        assert stored(interface).version == 1


def test_many_users_are_counted_rather_than_named(operator: Api, router: HaRouter) -> None:
    interface = new_interface(router)
    for _ in range(102):
        new_gateway(router)

    problem = assert_problem(operator.delete(path_of(interface)), 409, "in_use")

    assert problem["detail"].endswith("2 others.")


def test_a_foreign_router_is_as_unknown(operator: Api, router: HaRouter) -> None:
    foreign, unknown = new_router(OTHER_TENANT), uuid4()

    for router_id in (foreign.pk, unknown):
        faults = assert_faults(operator.post(PATH, interface_body(str(router_id))), "ha_router_id")
        assert faults == {"ha_router_id": f"There is no HA router {router_id}."}


def test_an_unknown_router_is_told_with_the_other_faults(operator: Api, router: HaRouter) -> None:
    body = interface_body(str(UNKNOWN), link_type="sideways", restricted_vlans="4096")
    assert_faults(operator.post(PATH, body), "ha_router_id", "link_type", "restricted_vlans")

    body = interface_body(router, link_type="sideways")
    assert_faults(operator.post(PATH, body), "link_type")


# --- The pool --------------------------------------------------------------------------------


def test_the_pool_tells_what_is_free_and_who_has_what(operator: Api, router: HaRouter) -> None:
    interface = new_interface(router, restricted_vlans="0-1024,4094")
    gateway = new_gateway(router, name="office")
    far = new_gateway(router, vlan_id=2000)

    answer = operator.get(f"{path_of(interface)}/vlans")

    assert answer.json() == {
        "total": 4096,
        "available": 3067,
        "reserved": "0,4095",
        "restricted": "0-1024,4094",
        "allocated": [
            {"vlan_id": 1025, "gateway_id": str(gateway.pk), "name": "office"},
            {"vlan_id": 2000, "gateway_id": str(far.pk), "name": ""},
        ],
        "free": "1026-1999,2001-4093",
    }


def test_the_pool_does_not_tell_of_other_tenants_gateways(
    operator: Api, admin: Api, router: HaRouter
) -> None:
    interface = new_interface(router)
    body = {
        "service_type": "internet",
        "ha_router_id": str(router.pk),
        "tenant_id": OTHER_TENANT,
        "name": "secret",
    }
    gateway_id = admin.post("/v2.0/gateways", body).json()["gateway"]["id"]

    own = operator.get(f"{path_of(interface)}/vlans").json()
    assert own["allocated"] == [{"vlan_id": 1, "gateway_id": None, "name": None}]
    assert (own["available"], own["free"]) == (4093, "2-4094")
    of_all = admin.get(f"{path_of(interface)}/vlans").json()
    assert of_all["allocated"] == [{"vlan_id": 1, "gateway_id": gateway_id, "name": "secret"}]


def test_the_pool_of_what_is_not_visible_is_not_found(
    other_operator: Api, router: HaRouter
) -> None:
    interface = new_interface(router)

    assert_problem(other_operator.get(f"{path_of(interface)}/vlans"), 404, "not_found")
    assert stored(interface).status == Status.ACTIVE
