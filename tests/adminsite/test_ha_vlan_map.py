"""The map of an HA interface's VLAN pool: what each VLAN is, and whose."""

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ha_app import services
from ha_app.models import Gateway, HaInterface, HaRouter, VlanAllocation
from tests.adminsite.pages import list_of, page_of, text_of
from tests.fixtures import OTHER_TENANT, TENANT, caller
from tests.ha_app.objects import assert_all_agree, new_gateway, new_interface, new_router


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


def part_of(interface: HaInterface) -> str:
    return map_of(interface) + "now/"


def data_of(response: Any) -> dict[str, Any]:
    """Return what a page or its part tells the script."""
    found = re.search(r'<script id="vlan-data"[^>]*>(.*?)</script>', response.content.decode())
    assert found is not None
    data: dict[str, Any] = json.loads(found[1])
    return data


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
        ("free", 3067, "1026-1999,2001-4093"),
        ("allocated", 2, "1025,2000"),
        ("restricted", 1025, "1-1024,4094"),
        ("reserved", 2, "0,4095"),
    ]
    text = text_of(response)
    # A line may end after each comma
    assert "3067 free can be handed out 1026-1999, 2001-4093" in text
    assert "1026-1999,<wbr>2001-4093" in response.content.decode()
    assert data_of(response)["kinds"] == {
        "free": "1026-1999,2001-4093",
        "allocated": "1025,2000",
        "restricted": "1-1024,4094",
        "reserved": "0,4095",
    }


def test_the_page_tells_the_script_whose_vlans_are(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    gateway = new_gateway(router, name="</script><b>")

    response = viewing_staff.get(map_of(downlink))

    gateways = response.context["vlans"]["gateways"]
    assert gateways == [[1025, str(gateway.pk), "</script><b>"]]
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

    # Session, user, the user's access, the interface, its router, its allocations, and whether the
    # MANO is paused.
    assert counts == [7, 7]
    empty, full = (page.content.decode().count("<") for page in pages)
    assert empty == full
    assert kinds(pages[1])[1] == ("allocated", 3069, "1025-4093")


def test_a_page_of_an_interface_leads_to_its_map(
    downlink: HaInterface, viewing_staff: Client
) -> None:
    page = viewing_staff.get(page_of("HA interfaces", downlink.pk))

    assert map_of(downlink) in page.content.decode()
    crumbs = f"HA interfaces chevron_right north ({downlink.pk}) chevron_right VLAN map"
    assert crumbs in text_of(viewing_staff.get(map_of(downlink)))
    assert "chevron_right VLAN map" not in text_of(page)


# Live


def test_what_the_map_tells_is_fresh_and_costs_little_while_nothing_changes(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    first = viewing_staff.get(part_of(downlink))
    same = viewing_staff.get(part_of(downlink), headers={"If-None-Match": first["ETag"]})
    assert (first.status_code, same.status_code, same.content) == (200, 304, b"")

    assert "The HA interface is ACTIVE" in text_of(first)
    gateway = new_gateway(router, name="shop")
    services.update_ha_interface(ha_object=downlink, caller=caller(), admin_state_up=False)
    fresh = viewing_staff.get(part_of(downlink), headers={"If-None-Match": first["ETag"]})

    assert fresh.status_code == 200
    assert data_of(fresh)["gateways"] == [[1025, str(gateway.pk), "shop"]]
    assert "The HA interface is PENDING_UPDATE disabled" in text_of(fresh)
    assert "<html" not in fresh.content.decode()


def test_the_part_is_its_tenants(
    downlink: HaInterface, viewing_staff: Client, staff_without_role: Client, client: Client
) -> None:
    assert staff_without_role.get(part_of(downlink)).status_code == 403
    assert client.get(part_of(downlink)).status_code == 302
    HaInterface.objects.update(tenant_id=OTHER_TENANT)
    assert viewing_staff.get(part_of(downlink)).status_code == 404


# Allocate and release


def allocating(interface: HaInterface, vlans: str, side: str = "downlink") -> str:
    name = "vlans" if side == "downlink" else "uplink_vlans"
    query = f"{side}_interface_id={interface.pk}&{name}={vlans}&back=map"
    return f"{list_of('gateways')}add/?{query}"


def releasing(interface: HaInterface, vlans: str) -> str:
    return f"{map_of(interface)}release/?vlans={vlans}"


def test_the_map_sends_who_may_to_the_pages_that_ask(
    downlink: HaInterface, operating_staff: Client, viewing_staff: Client
) -> None:
    theirs = operating_staff.get(map_of(downlink)).content.decode()
    ours = viewing_staff.get(map_of(downlink)).content.decode()

    for address in (f"{list_of('gateways')}add/", f"{map_of(downlink)}release/"):
        assert f'formaction="{address}"' in theirs
        assert address not in ours
    assert f'name="downlink_interface_id" value="{downlink.pk}"' in theirs
    assert "Delete asks before" not in ours
    assert viewing_staff.get(releasing(downlink, "1025")).status_code == 403
    assert viewing_staff.post(releasing(downlink, "1025"), {"shown": "x:1"}).status_code == 403


def test_a_range_is_allocated_and_released_from_the_map(
    router: HaRouter, downlink: HaInterface, operating_staff: Client
) -> None:
    asked = operating_staff.get(allocating(downlink, "1026-1028"))
    text = text_of(asked)
    assert "Allocate VLANs 1026-1028 of north" in text
    assert "3 gateways are made, each with a VLAN of its own: all of them, or none" in text
    assert "VLAN Now 1026 free 1027 free 1028 free" in text

    sent = {
        "service_type": "internet",
        "name": "shop",
        "downlink_interface_id": str(downlink.pk),
        "vlans": "1026-1028",
    }
    made = operating_staff.post(allocating(downlink, "1026-1028"), sent)
    assert made["Location"] == f"{map_of(downlink)}#vlans=1026-1028"
    names = list(Gateway.objects.order_by("vlan_id").values_list("name", flat=True))
    assert names == ["shop-1026", "shop-1027", "shop-1028"]

    kept = new_gateway(router, name="kept", vlan_id=2000)
    page = operating_staff.get(releasing(downlink, "1026-1030"))
    text = text_of(page)
    assert "Delete 3 gateways with VLANs 1026-1030 of north?" in text
    assert "Not allocated: 2 of 5 chosen VLANs." in text
    shown = page.context["shown"]
    # Somebody is quicker with one of them
    first = Gateway.objects.get(vlan_id=1026)
    services.delete_ha_object(ha_object=first, caller=caller())
    response = operating_staff.post(releasing(downlink, "1026-1030"), {"shown": shown}, follow=True)
    assert "Deleted: 2 of 3" in text_of(response)
    assert f"{first.pk} refused It is gone" in text_of(response)
    assert f'href="{map_of(downlink)}#vlans=1026-1030"' in response.content.decode()
    assert list(Gateway.objects.all()) == [kept]
    assert_all_agree()


def test_where_one_is_in_the_way_none_is_made_and_each_says_what_it_is(
    router: HaRouter, downlink: HaInterface, operating_staff: Client
) -> None:
    new_gateway(router, name="mine", vlan_id=1026)
    secret = new_gateway(router, name="secret", vlan_id=1027)
    Gateway.objects.filter(pk=secret.pk).update(tenant_id=OTHER_TENANT)
    sent = {
        "service_type": "internet",
        "downlink_interface_id": str(downlink.pk),
        "vlans": "1024-1028",
    }

    response = operating_staff.post(allocating(downlink, "1024-1028"), sent)

    text = text_of(response)
    assert f"VLAN 1024 of {downlink} is restricted or reserved. So none is made." in text
    now = "1024 restricted 1025 free 1026 allocated to mine 1027 allocated 1028 free"
    assert now in text
    assert "secret" not in text
    assert Gateway.objects.count() == 2
    assert_all_agree()


def test_a_vlan_of_an_uplink_is_allocated_from_its_map(
    router: HaRouter, downlink: HaInterface, operating_staff: Client
) -> None:
    uplink = new_interface(router, "uplink", name="core")
    page = operating_staff.get(map_of(uplink)).content.decode()
    assert 'name="uplink_vlans"' in page and 'name="service_type" value="vpn"' in page
    assert "Allocate VLAN 122 of core" in text_of(
        operating_staff.get(allocating(uplink, "122", "uplink"))
    )

    sent = {
        "service_type": "vpn",
        "ha_router_id": str(router.pk),
        "uplink_interface_id": str(uplink.pk),
        "uplink_vlans": "122",
    }
    response = operating_staff.post(allocating(uplink, "122", "uplink"), sent)

    assert response["Location"] == f"{map_of(uplink)}#vlans=122"
    assert Gateway.objects.get().uplink_vlan_id == 122
    # Both pools say so
    assert data_of(operating_staff.get(map_of(downlink)))["kinds"]["allocated"] == "1025"
    assert data_of(operating_staff.get(map_of(uplink)))["kinds"]["allocated"] == "122"


@pytest.mark.parametrize(
    ("vlans", "message"),
    [
        ("1 2", "'1 2' is neither a number"),
        ("4096", "'4096' is not within 0 to 4095."),
        ("", "There is nothing to delete."),
        ("1030-1040", "There is nothing to delete. Not allocated: 11 of 11 chosen VLANs."),
        ("1025", "There is nothing to delete. Allocated to gateways of other tenants: 1."),
    ],
)
def test_what_there_is_nothing_to_release_of_leads_back_to_the_map(
    vlans: str, message: str, router: HaRouter, downlink: HaInterface, operating_staff: Client
) -> None:
    new_gateway(router, name="secret")
    Gateway.objects.update(tenant_id=OTHER_TENANT)

    response = operating_staff.get(releasing(downlink, vlans), follow=True)

    assert response.redirect_chain[0][0].partition("#")[0] == map_of(downlink)
    assert message in text_of(response)
    assert Gateway.objects.count() == 1
