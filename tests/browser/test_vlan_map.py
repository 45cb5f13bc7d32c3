"""An operator looks up VLANs in the map of an HA interface."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from ha_app.models import Gateway, HaInterface
from tests.browser.conftest import enter
from tests.ha_app.objects import new_gateway, new_interface, new_router

SQUARE = 64


@pytest.fixture
def downlink(transactional_db: None) -> HaInterface:
    """An interface with a gateway that has VLAN 1025."""
    router = new_router(name="frankfurt")
    interface = new_interface(router, name="north", restricted_vlans="0-1024,4094")
    new_gateway(router, name="shop")
    return interface


def place_of(page: Page, vlan_id: int) -> dict[str, Any]:
    """Return the middle of a VLAN's square, from the corner of the squares."""
    box = page.locator("#vlan-cells").bounding_box()
    assert box is not None
    column, row = vlan_id % SQUARE, vlan_id // SQUARE
    return {
        "x": (column + 0.5) * box["width"] / SQUARE,
        "y": (row + 0.5) * box["height"] / SQUARE,
    }


def test_an_operator_looks_up_vlans_and_finds_their_gateway(
    page: Page, superuser: User, downlink: HaInterface
) -> None:
    gateway = Gateway.objects.get()
    enter(page, superuser)
    page.goto("/admin/ha_app/hainterface/")
    page.get_by_role("link", name="north").click()
    page.get_by_role("link", name="VLAN map").click()
    expect(page.get_by_text("1 allocated")).to_be_visible()
    cells, tip, told = (page.locator(f"#vlan-{part}") for part in ("cells", "tip", "told"))

    # By pointer.
    for vlan_id, text in (
        (0, "reserved"),
        (4095, "reserved"),
        (4094, "restricted"),
        (1024, "restricted"),
        (1026, "free"),
        (1025, "allocated to shop"),
    ):
        cells.hover(position=place_of(page, vlan_id))
        expect(tip).to_have_text(f"VLAN {vlan_id}: {text}")
    cells.click(position=place_of(page, 1025))
    expect(page).to_have_url(f"{page.url.split('/admin/')[0]}{gateway_page(gateway)}")
    page.go_back()

    # By number.
    page.get_by_label("VLAN", exact=True).fill("1025")
    expect(told).to_contain_text("VLAN 1025: allocated to shop")
    page.get_by_label("VLAN", exact=True).fill("4096")
    expect(told).to_have_text("A VLAN is a number from 0 to 4095.")
    page.get_by_label("VLAN", exact=True).fill("960")

    # By keyboard.
    page.locator("#vlan-map").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    expect(told).to_contain_text("VLAN 1025: allocated to shop")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{gateway_page(gateway)}")


def test_the_map_fits_a_narrow_screen_and_its_kinds_differ_in_both_themes(
    page: Page, superuser: User, downlink: HaInterface
) -> None:
    enter(page, superuser)
    page.set_viewport_size({"width": 400, "height": 800})
    shown = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.goto(f"/admin/ha_app/hainterface/{downlink.pk}/vlans/")
        assert page.evaluate("document.documentElement.scrollWidth") == 400
        box = page.locator("#vlan-cells").bounding_box()
        assert box is not None and box["width"] > 300
        shown.append(
            page.eval_on_selector_all(
                "#vlan-cells path:not(.vlan-grid)",
                "paths => paths.map(path => getComputedStyle(path).fill)",
            )
        )
    light, dark = shown
    assert len(set(light)) == len(set(dark)) == 4
    assert not set(light) & set(dark)


def gateway_page(gateway: Gateway) -> str:
    return f"/admin/ha_app/gateway/{gateway.pk}/change/"
