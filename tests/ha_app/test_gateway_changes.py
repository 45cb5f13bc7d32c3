"""What a gateway may change, and what becomes of its bandwidth."""

from typing import Any

import pytest

from ha_app.models import HaInterface, HaRouter
from tests.fixtures import Api, assert_faults, assert_problem
from tests.ha_app.objects import (
    assert_all_agree,
    capacity,
    new_gateway,
    path_of,
    stored,
)

PATH = "/v2.0/gateways"
FIXED = [
    "id",
    "status",
    "tenant_id",
    "service_type",
    "ha_router_id",
    "downlink_interface_id",
    "vlan_id",
    "uplink_interface_id",
    "uplink_vlan_id",
    "vrf_name",
]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_name_and_description_change_and_capacity_stays(
    operator: Api, router: HaRouter, downlink: HaInterface, method: str
) -> None:
    gateway = new_gateway(router, qos_type="guarantee", bandwidth=10)
    before = capacity(operator, router, downlink)
    shown = operator.get(path_of(gateway)).json()["gateway"]

    answer = operator.send(
        method, path_of(gateway), {"gateway": {"name": "new", "description": "newer"}}
    )

    assert answer.status_code == 200
    assert answer.json()["gateway"] == shown | {"name": "new", "description": "newer"}
    assert capacity(operator, router, downlink) == before
    assert stored(gateway).version == 2


@pytest.mark.parametrize(
    ("changes", "qos_type", "bandwidth", "available"),
    [
        ({"bandwidth": 500}, "guarantee", 500, (0, 500)),
        ({"bandwidth": 0}, "guarantee", 0, (500, 500)),
        ({"qos_type": "besteffort"}, "besteffort", 100, (500, 400)),
        ({"qos_type": "besteffort", "bandwidth": 7}, "besteffort", 7, (500, 493)),
        ({"qos_type": None}, None, 0, (500, 500)),
        ({"qos_type": None, "bandwidth": 0}, None, 0, (500, 500)),
        ({}, "guarantee", 100, (400, 500)),
    ],
)
def test_a_change_of_bandwidth_moves_it_between_the_counters(
    operator: Api,
    router: HaRouter,
    downlink: HaInterface,
    changes: dict[str, Any],
    qos_type: str | None,
    bandwidth: int,
    available: tuple[int, int],
) -> None:
    gateway = new_gateway(router, qos_type="guarantee", bandwidth=100)

    shown = operator.put(path_of(gateway), changes).json()["gateway"]

    assert (shown["qos_type"], shown["bandwidth"]) == (qos_type, bandwidth)
    interface = stored(downlink)
    assert (interface.available_ga_bandwidth, interface.available_be_bandwidth) == available
    assert_all_agree()


def test_a_gateway_without_a_qos_type_gets_one_with_its_bandwidth(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    gateway = new_gateway(router)

    assert_faults(operator.put(path_of(gateway), {"qos_type": "guarantee"}), "bandwidth")
    assert_faults(operator.put(path_of(gateway), {"bandwidth": 5}), "bandwidth")
    body = {"service_type": "internet", "ha_router_id": str(router.pk)}
    assert_faults(operator.post(PATH, body | {"qos_type": "guarantee"}), "bandwidth")
    assert_faults(operator.post(PATH, body | {"bandwidth": 5}), "bandwidth")
    assert stored(gateway).version == 1

    answer = operator.put(path_of(gateway), {"qos_type": "besteffort", "bandwidth": 5})
    assert answer.json()["gateway"]["qos_type"] == "besteffort"
    assert stored(downlink).available_be_bandwidth == 495


@pytest.mark.parametrize("field", FIXED)
def test_what_is_set_at_creation_cannot_be_changed(
    operator: Api, router: HaRouter, downlink: HaInterface, field: str
) -> None:
    gateway = new_gateway(router)
    before = operator.get(path_of(gateway)).json()["gateway"]

    assert_faults(operator.put(path_of(gateway), {field: [before[field]]}), field)

    assert operator.get(path_of(gateway)).json()["gateway"] == before


def test_a_gateway_is_changed_and_deleted_though_its_interface_is_disabled(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    gateway = new_gateway(router, qos_type="guarantee", bandwidth=10)
    operator.put(path_of(downlink), {"admin_state_up": False})

    assert operator.put(path_of(gateway), {"bandwidth": 20}).status_code == 200
    assert operator.delete(path_of(gateway)).status_code == 204
    assert stored(downlink).available_ga_bandwidth == 500


def test_of_two_deletions_the_second_finds_nothing(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    gateway = new_gateway(router)

    assert operator.delete(path_of(gateway)).status_code == 204
    assert_problem(operator.delete(path_of(gateway)), 404, "not_found")

    assert stored(router).available_gateways == 500
    assert_all_agree()
