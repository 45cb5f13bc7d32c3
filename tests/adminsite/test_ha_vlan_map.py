"""The map of an HA interface's VLAN pool: what each VLAN is, and whose."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from ha_app import vlan_pool
from ha_app.admin.vlan_map import path_of
from ha_app.models import Gateway, HaInterface, HaRouter, VlanAllocation
from tests.adminsite.pages import page_of, text_of
from tests.fixtures import OTHER_TENANT, TENANT
from tests.ha_app.objects import new_gateway, new_interface, new_router


@pytest.fixture
def router(db: None) -> HaRouter:
    return new_router()


@pytest.fixture
def downlink(router: HaRouter) -> HaInterface:
    return new_interface(router, name="north", restricted_vlans="0-1024,4094")


def map_of(interface: HaInterface) -> str:
    return page_of("HA interfaces", interface.pk).replace("/change/", "/vlans/")


def kinds(response: Any) -> list[tuple[str, int, str]]:
    return [(kind.name, kind.count, kind.vlans) for kind in response.context["kinds"]]


def squares(path: str) -> set[int]:
    """Return the VLANs that a path covers."""
    covered: set[int] = set()
    for x, y, width, back in re.findall(r"M(\d+) (\d+)h(\d+)v1h-(\d+)z", path):
        assert width == back and int(x) + int(width) <= 64
        first = 64 * int(y) + int(x)
        covered.update(range(first, first + int(width)))
    return covered


def filled(interface: HaInterface, number: int) -> None:
    """Store as many gateways, with the VLANs from 1025 on."""
    gateways = Gateway.objects.bulk_create(
        Gateway(
            tenant_id=TENANT,
            name=f"gateway-{vlan_id}",
            service_type="internet",
            ha_router_id=interface.ha_router_id,
            downlink_interface=interface,
            vlan_id=vlan_id,
            vrf_name=f"vrf_gw_north_{vlan_id}",
        )
        for vlan_id in range(1025, 1025 + number)
    )
    VlanAllocation.objects.bulk_create(
        VlanAllocation(ha_interface=interface, vlan_id=gateway.vlan_id, gateway=gateway)
        for gateway in gateways
    )


def test_every_vlan_is_of_one_kind_and_told_in_ranges(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    new_gateway(router)
    new_gateway(router, vlan_id=2000)

    response = viewing_staff.get(map_of(downlink))

    # Reserved VLANs are counted as such, though the interface restricts one of them as well.
    assert kinds(response) == [
        ("free", 3067, "1026-1999, 2001-4093"),
        ("allocated", 2, "1025, 2000"),
        ("restricted", 1025, "1-1024, 4094"),
        ("reserved", 2, "0, 4095"),
    ]
    text = text_of(response)
    assert "3067 free can be handed out 1026-1999, 2001-4093" in text
    assert "2 of 3069 VLANs in use" in text
    label = "4096 VLANs in 64 rows of 64: 3067 free, 2 allocated, 1025 restricted, 2 reserved"
    assert label in response.content.decode()


def test_the_page_tells_the_script_whose_vlans_are(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    gateway = new_gateway(router, name="</script><b>")

    response = viewing_staff.get(map_of(downlink))

    assert response.context["vlans"]["gateways"] == [
        {"vlan_id": 1025, "gateway_id": str(gateway.pk), "name": "</script><b>"}
    ]
    assert b"</script><b>" not in response.content


def test_another_tenant_s_gateway_is_allocated_without_its_name(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    gateway = new_gateway(router, name="secret")
    Gateway.objects.update(tenant_id=OTHER_TENANT)

    response = viewing_staff.get(map_of(downlink))

    assert kinds(response)[1] == ("allocated", 1, "1025")
    assert "secret" not in response.content.decode()
    assert str(gateway.pk) not in response.content.decode()


def test_a_map_is_its_tenants(
    downlink: HaInterface, viewing_staff: Client, admin_of_all: Client, staff_without_role: Client
) -> None:
    HaInterface.objects.update(tenant_id=OTHER_TENANT)

    assert viewing_staff.get(map_of(downlink)).status_code == 404
    assert admin_of_all.get(map_of(downlink)).status_code == 200
    assert staff_without_role.get(map_of(downlink)).status_code == 403


def test_a_full_pool_takes_as_few_queries_and_elements_as_an_empty_one(
    downlink: HaInterface, viewing_staff: Client
) -> None:
    pages = []
    counts = []
    for number in (0, 3069):
        filled(downlink, number)
        with CaptureQueriesContext(connection) as queries:
            pages.append(viewing_staff.get(map_of(downlink)))
        counts.append(len(queries))

    # Session, user, the user's access, the interface, its allocations, whether the MANO is paused.
    assert counts == [6, 6]
    empty, full = (page.content.decode().count("<") for page in pages)
    assert empty == full
    assert kinds(pages[1])[1] == ("allocated", 3069, "1025-4093")


def test_a_page_of_an_interface_leads_to_its_map(
    downlink: HaInterface, viewing_staff: Client
) -> None:
    page = viewing_staff.get(page_of("HA interfaces", downlink.pk))

    assert map_of(downlink) in page.content.decode()


@given(st.sets(st.integers(0, 4095)))
def test_a_path_covers_exactly_its_vlans_row_by_row(numbers: set[int]) -> None:
    assert squares(path_of(vlan_pool.from_numbers(numbers))) == numbers


def test_the_paths_of_all_and_of_none() -> None:
    assert path_of(vlan_pool.NO_VLANS) == ""
    assert squares(path_of(vlan_pool.ALL_VLANS)) == set(range(4096))
    assert path_of(vlan_pool.ALL_VLANS).count("M") == 64
