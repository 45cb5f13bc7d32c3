"""An operator looks after the VLAN pool of an HA interface, in its map."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from gatekeeper_site.access.models import Role, UserAccess
from ha_app import services
from ha_app.models import Gateway, HaInterface
from tests.browser.accessibility import barriers
from tests.browser.conftest import enter
from tests.fixtures import TENANT, caller
from tests.ha_app.objects import assert_all_agree, new_gateway, new_interface, new_router

# More than a page has of what Tab leads to.
MANY_TABS = 80


@pytest.fixture
def oscar(transactional_db: None) -> User:
    """An operator."""
    user = User.objects.create(username="oscar", is_staff=True)
    UserAccess.objects.create(user=user, role=Role.OPERATOR, tenant_id=TENANT)
    return user


@pytest.fixture
def downlink(transactional_db: None) -> HaInterface:
    """An interface with a gateway that has VLAN 1025."""
    router = new_router(name="frankfurt")
    interface = new_interface(router, name="north", restricted_vlans="0-1024,4094")
    new_gateway(router, name="shop")
    return interface


def place(page: Page, vlan_id: int) -> Locator:
    return page.locator(f"#vlan-{vlan_id}")


def tab_to(page: Page, element: Locator) -> None:
    """Press Tab until an element has the focus."""
    # Looked up once: that takes a while amid 4096 places.
    meant = element.element_handle()
    for _ in range(MANY_TABS):
        page.keyboard.press("Tab")
        if meant.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab does not lead to {element}")


def test_an_operator_allocates_and_releases_by_keyboard_alone(
    page: Page, oscar: User, downlink: HaInterface
) -> None:
    enter(page, oscar)
    page.goto(f"/admin/ha_app/hainterface/{downlink.pk}/vlans/")
    grid, told = page.get_by_role("grid"), page.locator("#vlan-told")

    # He looks around
    tab_to(page, page.get_by_label("Search: a VLAN"))
    page.keyboard.type("SHO")
    expect(page.locator("#vlan-found")).to_have_text("1 gateway, on VLAN 1025. Enter goes there.")
    page.keyboard.press("Enter")
    expect(grid).to_be_focused()
    expect(told).to_contain_text("VLAN 1025: allocated to shop")
    for keys, text in (
        ("Home", "VLAN 1024: restricted"),
        ("End", "VLAN 1087: free"),
        ("PageDown", "VLAN 1599: free"),
        ("ArrowUp", "VLAN 1535: free"),
        ("Control+End", "VLAN 4095: reserved"),
        ("ArrowLeft", "VLAN 4094: restricted"),
        ("Control+Home", "VLAN 0: reserved"),
        ("PageUp", "VLAN 0: reserved"),
    ):
        page.keyboard.press(keys)
        expect(told).to_have_text(text)
    meant = grid.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{meant}")).to_have_attribute("aria-label", "VLAN 0: reserved")

    # He allocates a free one, and finds himself where he was
    page.keyboard.press("Shift+Tab")
    tab_to(page, page.get_by_label("Chosen VLANs"))
    page.keyboard.type("1026")
    tab_to(page, grid)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Allocate VLAN 1026 of north")).to_be_visible()
    tab_to(page, page.get_by_label("Name"))
    page.keyboard.type("branch")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The gateway branch is made, with VLAN 1026.")).to_be_visible()
    expect(grid).to_be_focused()
    expect(told).to_contain_text("VLAN 1026: allocated to branch")

    # He releases it, and nothing else
    page.keyboard.press("Delete")
    expect(page.get_by_text("VLAN 1026 of north is free again.")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Delete"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Deleted: 1 of 1")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Back", exact=True))
    page.keyboard.press("Enter")
    expect(told).to_have_text("VLAN 1026: free")
    assert list(Gateway.objects.values_list("name", flat=True)) == ["shop"]

    # By the way, the gateway of a place
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/gateway/{Gateway.objects.get().pk}/change/")


def test_an_operator_allocates_a_range_on_a_telephone_and_sees_what_others_do(
    page: Page, oscar: User, downlink: HaInterface
) -> None:
    enter(page, oscar)
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    page.goto(f"/admin/ha_app/hainterface/{downlink.pk}/vlans/")
    too_wide = "document.documentElement.scrollWidth - window.innerWidth"
    assert page.evaluate(too_wide) <= 0
    looks = "places => new Set(places.map(each => getComputedStyle(each).background)).size"
    assert page.eval_on_selector_all("#vlan-0, #vlan-1, #vlan-1025, #vlan-1026", looks) == 4

    # By pointer
    place(page, 1030).click()
    place(page, 1033).click(modifiers=["Shift"])
    expect(page.get_by_label("Chosen VLANs")).to_have_value("1030-1033")
    expect(page.locator("#vlan-told")).to_contain_text("4 VLANs: 4 free")
    expect(place(page, 1032)).to_have_attribute("aria-selected", "true")

    # Somebody else allocates one of them, and the map tells
    order = services.NewGateway(
        service_type="internet", name="quick", downlink_interface_id=downlink.pk, vlan_id=1032
    )
    theirs = services.create_gateway(order=order, caller=caller())
    expect(place(page, 1032)).to_have_attribute(
        "aria-label", "VLAN 1032: allocated to quick", timeout=30_000
    )
    expect(page.locator("#vlan-told")).to_contain_text("4 VLANs: 3 free, 1 allocated")
    expect(page.get_by_label("Chosen VLANs")).to_have_value("1030-1033")

    # All or none
    page.get_by_role("button", name="Allocate…").click()
    page.get_by_role("button", name="Allocate").click()
    expect(page.get_by_text("VLAN 1032 of north")).to_contain_text("So none is made.")
    expect(page.get_by_role("link", name="quick")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate(too_wide) <= 0
    services.delete_ha_object(ha_object=theirs, caller=caller())
    page.get_by_role("button", name="Allocate").click()
    expect(page.get_by_text("4 gateways are made, with the VLANs 1030-1033.")).to_be_visible()
    expect(place(page, 1030)).to_have_attribute("data-kind", "allocated")
    assert Gateway.objects.count() == 5
    assert_all_agree()
