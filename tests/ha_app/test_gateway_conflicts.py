"""Every 409 of a gateway has its own code, and leaves everything as it was."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ha_app.models import HaInterface, HaRouter, Status
from tests.fixtures import Api, assert_problem
from tests.ha_app.objects import (
    assert_all_agree,
    new_gateway,
    new_interface,
    new_router,
    path_of,
    vpn_body,
)

PATH = "/v2.0/gateways"


@pytest.fixture
def router(db: None) -> HaRouter:
    return new_router(maximum_gateways=20)


@pytest.fixture
def downlink(router: HaRouter) -> HaInterface:
    return new_interface(router, maximum_ga_bandwidth=100, maximum_be_bandwidth=50)


@pytest.fixture
def uplink(router: HaRouter) -> HaInterface:
    return new_interface(router, "uplink", restricted_vlans="100")


@pytest.fixture
def refuses(
    operator: Api, row_counts: Callable[[], dict[str, int]], downlink: HaInterface
) -> Iterator[Callable[..., str]]:
    """Return a function that posts a gateway, checks that nothing came of it, and why."""

    def capacity() -> list[Any]:
        return [
            *HaRouter.objects.order_by("pk").values(),
            *HaInterface.objects.order_by("pk").values(),
        ]

    def post(code: str, body: dict[str, Any]) -> str:
        counts, before = row_counts(), capacity()
        body = {"service_type": "internet", "downlink_interface_id": str(downlink.pk)} | body
        problem = assert_problem(operator.post(PATH, {"gateway": body}), 409, code)
        assert (row_counts(), capacity()) == (counts, before)
        detail: str = problem["detail"]
        return detail

    yield post
    assert_all_agree()


def test_gateways_exhausted(refuses: Callable[..., str], router: HaRouter, operator: Api) -> None:
    gateways = [new_gateway(router) for _ in range(20)]

    assert "all of its 20 gateways" in refuses("gateways_exhausted", {})

    operator.delete(path_of(gateways[7]))
    assert new_gateway(router).vlan_id == 8


def test_vlan_pool_exhausted(refuses: Callable[..., str], router: HaRouter) -> None:
    small = new_interface(router, restricted_vlans="0-4092")
    new_gateway(router, downlink_interface_id=small.pk)
    new_gateway(router, downlink_interface_id=small.pk)

    refuses("vlan_pool_exhausted", {"downlink_interface_id": str(small.pk)})


def test_with_every_usable_downlink_full_it_is_the_pool_that_is_exhausted(
    refuses: Callable[..., str],
) -> None:
    router = new_router()
    full = new_interface(router, restricted_vlans="0-4095")

    body = {"ha_router_id": str(router.pk), "downlink_interface_id": None}
    assert str(full.pk) in refuses("vlan_pool_exhausted", body)


def test_vlan_taken(refuses: Callable[..., str], router: HaRouter, uplink: HaInterface) -> None:
    downlink = str(new_gateway(router, vlan_id=7).downlink_interface_id)
    new_gateway(
        router, service_type="vpn", uplink_interface_id=uplink.pk, uplink_vlan_id=122, vlan_id=9
    )

    assert "VLAN 7" in refuses("vlan_taken", {"vlan_id": 7})
    vpn = {"service_type": "vpn", "uplink_interface_id": str(uplink.pk), "uplink_vlan_id": 122}
    assert str(uplink.pk) in refuses("vlan_taken", vpn | {"downlink_interface_id": downlink})


@pytest.mark.parametrize("vlan_id", [0, 4095, 500, 600])
def test_vlan_restricted(refuses: Callable[..., str], router: HaRouter, vlan_id: int) -> None:
    interface = new_interface(router, restricted_vlans="500-600")

    body = {"downlink_interface_id": str(interface.pk), "vlan_id": vlan_id}
    assert f"VLAN {vlan_id}" in refuses("vlan_restricted", body)


@pytest.mark.parametrize("vlan_id", [0, 100, 4095])
def test_vlan_restricted_on_the_uplink(
    refuses: Callable[..., str], downlink: HaInterface, uplink: HaInterface, vlan_id: int
) -> None:
    refuses("vlan_restricted", vpn_body(downlink, uplink, uplink_vlan_id=vlan_id))


@pytest.mark.parametrize(("qos_type", "available"), [("guarantee", 40), ("besteffort", 50)])
def test_bandwidth_exhausted(
    refuses: Callable[..., str], router: HaRouter, qos_type: str, available: int
) -> None:
    new_gateway(router, qos_type="guarantee", bandwidth=60)

    body = {"qos_type": qos_type, "bandwidth": available + 1}
    assert f"{available} Mbit/s" in refuses("bandwidth_exhausted", body)

    new_gateway(router, qos_type=qos_type, bandwidth=available)


def test_bandwidth_exhausted_by_a_change(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    new_gateway(router, qos_type="guarantee", bandwidth=60)
    gateway = new_gateway(router, qos_type="guarantee", bandwidth=30)
    before = operator.get(path_of(gateway)).json(), operator.get(path_of(downlink)).json()

    for changes in ({"bandwidth": 41}, {"qos_type": "besteffort", "bandwidth": 51}):
        answer = operator.put(path_of(gateway), changes | {"name": "new"})
        assert_problem(answer, 409, "bandwidth_exhausted")
    assert before == (operator.get(path_of(gateway)).json(), operator.get(path_of(downlink)).json())

    assert operator.put(path_of(gateway), {"bandwidth": 40}).status_code == 200
    assert_all_agree()


def test_an_uplink_gives_no_bandwidth(
    operator: Api, downlink: HaInterface, uplink: HaInterface
) -> None:
    body = vpn_body(downlink, uplink, qos_type="guarantee", bandwidth=100)

    assert operator.post(PATH, body).status_code == 201


def test_no_usable_downlink(refuses: Callable[..., str], operator: Api) -> None:
    router = new_router()
    body = {"ha_router_id": str(router.pk), "downlink_interface_id": None}
    refuses("no_usable_downlink", body)

    new_interface(router, "uplink")
    new_interface(router, admin_state_up=False)
    down = new_interface(router)
    HaInterface.objects.filter(pk=down.pk).update(status=Status.DOWN)
    refuses("no_usable_downlink", body)


def test_interface_disabled(
    refuses: Callable[..., str], operator: Api, downlink: HaInterface, uplink: HaInterface
) -> None:
    for disabled in (uplink, downlink):
        operator.put(path_of(disabled), {"admin_state_up": False})
        assert str(disabled.pk) in refuses("interface_disabled", vpn_body(downlink, uplink))

    operator.put(path_of(uplink), {"admin_state_up": True})
    operator.put(path_of(downlink), {"admin_state_up": True})
    assert operator.post(PATH, vpn_body(downlink, uplink)).status_code == 201


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.ACTIVE, Status.PENDING_UPDATE}))
def test_interface_not_active(
    refuses: Callable[..., str], downlink: HaInterface, uplink: HaInterface, status: str
) -> None:
    for interface in (uplink, downlink):
        HaInterface.objects.filter(pk=interface.pk).update(status=status)
        detail = refuses("interface_not_active", vpn_body(downlink, uplink))
        assert str(interface.pk) in detail
        assert status in detail


def test_an_interface_with_a_pending_update_is_used(
    operator: Api, downlink: HaInterface, uplink: HaInterface
) -> None:
    HaInterface.objects.update(status=Status.PENDING_UPDATE)

    assert operator.post(PATH, vpn_body(downlink, uplink)).status_code == 201


def test_what_is_being_deleted_takes_no_gateway_and_is_not_changed(
    refuses: Callable[..., str], operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    gateway = new_gateway(router)
    type(gateway).objects.update(status=Status.PENDING_DELETE, marked_for_deletion=True)
    for changes in ({}, {"name": "new"}, {"qos_type": None}):
        assert_problem(operator.put(path_of(gateway), changes), 409, "pending_delete")
    assert_problem(operator.delete(path_of(gateway)), 409, "pending_delete")

    HaRouter.objects.update(status=Status.PENDING_DELETE, marked_for_deletion=True)
    refuses("pending_delete", {})


def test_an_allocation_that_the_bitmap_lacks_is_not_handed_out_twice(
    refuses: Callable[..., str], router: HaRouter, downlink: HaInterface, operator: Api
) -> None:
    # Given a bitmap that has lost an allocation
    untouched = downlink.vlan_pool_state
    new_gateway(router)
    HaInterface.objects.filter(pk=downlink.pk).update(vlan_pool_state=untouched)

    # Then the row refuses the VLAN all the same
    assert "check_vlan_pools" in refuses("vlan_taken", {})
    HaInterface.objects.filter(pk=downlink.pk).update(
        vlan_pool_state=untouched[:1].replace("g", "w") + untouched[1:]
    )
