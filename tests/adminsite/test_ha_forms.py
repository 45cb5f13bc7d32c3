"""HA objects made, changed while others change them too, and deleted, all by forms."""

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.access.models import Role
from ha_app import services
from ha_app.models import Gateway, HaInterface, HaRouter, Status
from tests.adminsite.conftest import staff
from tests.adminsite.pages import list_of, page_of, text_of
from tests.adminsite.test_ha_pages import changed, form, shown_form
from tests.fixtures import OTHER_TENANT, TENANT, caller
from tests.ha_app.objects import (
    assert_all_agree,
    made_active,
    new_gateway,
    new_interface,
    new_router,
    stored,
)

# Session, user, the user's access; what it offers; whether the MANO is paused.
MAX_QUERIES = 8
ADD = {
    model: list_of(models) + "add/"
    for model, models in (
        (HaRouter, "HA routers"),
        (HaInterface, "HA interfaces"),
        (Gateway, "gateways"),
    )
}


@pytest.fixture
def router(db: None) -> HaRouter:
    return new_router(name="frankfurt", maximum_gateways=10)


@pytest.fixture
def downlink(router: HaRouter) -> HaInterface:
    return new_interface(router, name="north", maximum_ga_bandwidth=500, restricted_vlans="0-1024")


@pytest.fixture
def uplink(router: HaRouter) -> HaInterface:
    return new_interface(router, "uplink", name="core")


def made(browser: Client, model: type[Any], **fields: Any) -> Any:
    """Send the form of a new object as a browser does."""
    shown = browser.get(ADD[model]).context["form"]
    values = {field.html_name: "" if (value := field.value()) is None else value for field in shown}
    return browser.post(ADD[model], values | fields, follow=True)


def test_an_operator_makes_a_router_an_interface_and_gateways(operating_staff: Client) -> None:
    devices = [str(uuid4()) for _ in range(4)]
    made(
        operating_staff,
        HaRouter,
        name="frankfurt",
        description="two\r\nlines",
        primary_router_id=devices[0],
        secondary_router_id=devices[1],
    )
    router = HaRouter.objects.get()
    assert (router.name, router.description, router.tenant_id) == (
        "frankfurt",
        "two\nlines",
        TENANT,
    )
    assert (router.maximum_gateways, router.available_gateways) == (500, 500)
    assert [str(each.device_id) for each in router.claims.all()] == sorted(devices[:2])
    assert router.events.get().actor == "oscar"

    response = made(
        operating_staff,
        HaInterface,
        name="north",
        ha_router_id=str(router.pk),
        link_type="downlink",
        primary_interface_id=devices[2],
        secondary_interface_id=devices[3],
        restricted_vlans="0-1024,4094",
        maximum_ga_bandwidth="500",
    )
    downlink = HaInterface.objects.get()
    assert response.redirect_chain == [(page_of("HA interfaces", downlink.pk), 302)]
    assert f"The HA interface {downlink} is made." in text_of(response)
    assert (downlink.vlan_ids_available, downlink.available_ga_bandwidth) == (3069, 500)
    assert downlink.admin_state_up
    made_active(downlink)

    made(
        operating_staff,
        Gateway,
        name="shop",
        service_type="internet",
        downlink_interface_id=str(downlink.pk),
        vlans="1026-1027,2000",
        qos_type="guarantee",
        bandwidth="10",
    )
    rows = Gateway.objects.order_by("vlan_id").values_list("name", "vlan_id", "bandwidth")
    assert list(rows) == [
        ("shop-1026", 1026, 10),
        ("shop-1027", 1027, 10),
        ("shop-2000", 2000, 10),
    ]
    assert stored(downlink).available_ga_bandwidth == 470
    assert LogEntry.objects.count() == 5
    assert_all_agree()


def test_a_gateway_with_an_uplink_gets_a_vlan_of_each(
    router: HaRouter, downlink: HaInterface, uplink: HaInterface, operating_staff: Client
) -> None:
    response = made(
        operating_staff,
        Gateway,
        name="branch",
        service_type="vpn",
        ha_router_id=str(router.pk),
        uplink_interface_id=str(uplink.pk),
        uplink_vlans="122-123",
    )

    assert "2 gateways are made, with the VLANs 1025-1026." in text_of(response)
    rows = Gateway.objects.order_by("vlan_id").values_list("name", "vlan_id", "uplink_vlan_id")
    assert list(rows) == [("branch-122", 1025, 122), ("branch-123", 1026, 123)]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"vlans": "1024"}, "VLAN 1024 of north ({north}) is restricted or reserved."),
        ({"vlans": "1025-1030"}, "VLAN 1027 of north ({north}) is allocated to another gateway. "),
        ({"vlans": "1030-1026"}, "'1030-1026' is a range whose low end is above its high end."),
        ({"vlans": "1 2"}, "'1 2' is neither a number from 0 to 4095 nor a range"),
        ({"vlans": "2000-2100"}, "No more than 100 gateways are made at once."),
        ({"vlans": "2000-2001", "uplink_vlans": "1"}, "Not taken with internet."),
        ({"service_type": "vpn"}, "Required with vpn."),
        ({"service_type": "dns"}, "dns is not one of the available choices."),
        ({"downlink_interface_id": ""}, "Required, as no interface is named."),
        ({"downlink_interface_id": "north"}, "north is not one of the available choices."),
        ({"downlink_interface_id": str(uuid4())}, "There is no HA interface"),
        ({"qos_type": "guarantee"}, "Required with qos_type."),
        ({"bandwidth": "10"}, "Not taken without a qos_type."),
        ({"qos_type": "guarantee", "bandwidth": "501"}, "less than 501."),
        ({"name": "x" * 256}, "Ensure this value has at most 255 characters"),
    ],
)
def test_a_gateway_that_cannot_be_is_not_made(
    fields: dict[str, str], message: str, downlink: HaInterface, operating_staff: Client
) -> None:
    order = services.NewGateway(
        service_type="internet", downlink_interface_id=downlink.pk, vlan_id=1027
    )
    services.create_gateway(order=order, caller=caller())
    before = stored(downlink).vlan_pool_state
    asked = {"service_type": "internet", "downlink_interface_id": str(downlink.pk)} | fields

    response = made(operating_staff, Gateway, **asked)

    assert message.format(north=downlink.pk) in text_of(response)
    assert Gateway.objects.count() == 1
    assert stored(downlink).vlan_pool_state == before
    assert not LogEntry.objects.exists()


def test_devices_that_serve_already_are_refused(router: HaRouter, operating_staff: Client) -> None:
    fields = {
        "primary_router_id": str(router.primary_router_id),
        "secondary_router_id": str(uuid4()),
    }

    taken = made(operating_staff, HaRouter, **fields)
    nonsense = made(operating_staff, HaRouter, **(fields | {"primary_router_id": "er-1"}))

    assert "edge router" in text_of(taken)
    assert "This is not a UUID." in text_of(nonsense)
    assert HaRouter.objects.count() == 1


def test_who_is_of_no_tenant_says_whose_it_is_and_nobody_else(
    admin_of_all: Client, operating_staff: Client
) -> None:
    devices = {"primary_router_id": str(uuid4()), "secondary_router_id": str(uuid4())}

    unsaid = made(admin_of_all, HaRouter, **devices)
    assert "This field is required." in text_of(unsaid)
    made(admin_of_all, HaRouter, tenant_id=OTHER_TENANT, **devices)
    assert HaRouter.objects.get().tenant_id == OTHER_TENANT

    devices = {"primary_router_id": str(uuid4()), "secondary_router_id": str(uuid4())}
    assert "tenant_id" not in operating_staff.get(ADD[HaRouter]).context["form"].fields
    made(operating_staff, HaRouter, tenant_id=OTHER_TENANT, **devices)
    assert HaRouter.objects.filter(tenant_id=TENANT).count() == 1


def test_objects_are_offered_by_name_and_none_of_another_tenant(
    router: HaRouter, downlink: HaInterface, uplink: HaInterface, operating_staff: Client
) -> None:
    new_interface(new_router(OTHER_TENANT, name="secret"), name="hidden")

    with CaptureQueriesContext(connection) as queries:
        page = operating_staff.get(ADD[Gateway])

    offered = {
        name: [text for _, text in page.context["form"].fields[name].choices]
        for name in ("ha_router_id", "downlink_interface_id", "uplink_interface_id")
    }
    core, north, frankfurt = (
        f"{each.name} ({str(each.pk)[:8]})" for each in (uplink, downlink, router)
    )
    assert offered == {
        "ha_router_id": ["none", frankfurt],
        "downlink_interface_id": [
            "none",
            f"frankfurt – {north}, 3070 VLANs free",
        ],
        "uplink_interface_id": [
            "none",
            f"frankfurt – {core}, 4094 VLANs free",
        ],
    }
    assert len(queries) <= MAX_QUERIES, [query["sql"] for query in queries]


def test_a_router_s_page_leads_to_forms_that_know_it(
    router: HaRouter, admin_of_all: Client
) -> None:
    page = page_of("HA routers", router.pk)
    for word, model in (("new-interface", HaInterface), ("new-gateway", Gateway)):
        assert page.replace("change", word) in admin_of_all.get(page).content.decode()

        response = admin_of_all.get(page.replace("change", word), follow=True)

        assert response.request["PATH_INFO"] == ADD[model]
        form = response.context["form"]
        assert form["ha_router_id"].value() == str(router.pk)
        assert form["tenant_id"].value() == TENANT


def test_viewers_make_nothing(router: HaRouter, viewing_staff: Client) -> None:
    for model, address in ADD.items():
        assert viewing_staff.get(address).status_code == 403
        assert viewing_staff.post(address, {"name": "mine"}).status_code == 403
        assert address not in viewing_staff.get(address.replace("add/", "")).content.decode()
        assert model._default_manager.count() == (model is HaRouter)
    page = viewing_staff.get(page_of("HA routers", router.pk)).content.decode()
    assert "new-gateway" not in page and "new-interface" not in page


# Two at once


def test_a_stale_save_is_refused_and_shows_what_the_other_has_changed(
    router: HaRouter, operating_staff: Client
) -> None:
    mine = shown_form(operating_staff, router)
    other = staff("maya", Role.OPERATOR)
    changed(other, router, maximum_gateways="20")

    refused = operating_staff.post(form(router), mine | {"description": "mine"})

    text = text_of(refused)
    assert "It was changed while you had this form open, so nothing is saved yet." in text
    assert "updated: maximum_gateways" in text and "maya" in text
    assert "Maximum of gateways 10 20" in text
    assert (stored(router).description, stored(router).maximum_gateways) == ("", 20)

    # What was typed is still there, and what was not is as the other has made it
    again = {element.html_name: str(element.value()) for element in refused.context["form"]} | {
        element.html_initial_name: str(element.initial) for element in refused.context["form"]
    }
    assert (again["description"], again["maximum_gateways"]) == ("mine", "20")
    operating_staff.post(form(router), again)
    assert (stored(router).description, stored(router).maximum_gateways) == ("mine", 20)


def test_what_no_form_of_ours_carried_changes_nothing(
    router: HaRouter, operating_staff: Client
) -> None:
    for lies in (
        {"revision": ""},
        {"revision": "9" * 5000},
        {"revision": "1\0"},
        {"revision": "2", "initial-maximum_gateways": "many"},
    ):
        values = shown_form(operating_staff, router) | {"description": "lies"} | lies
        assert operating_staff.post(form(router), values).status_code == 200
    assert (stored(router).description, stored(router).version) == ("", 1)


def test_what_is_deleted_meanwhile_is_said_so(router: HaRouter, operating_staff: Client) -> None:
    values = shown_form(operating_staff, router) | {"description": "late"}
    page = page_of("HA routers", router.pk)
    shown = operating_staff.get(page.replace("change", "delete"))
    router.delete()

    assert operating_staff.post(form(router), values).status_code == 404
    gone = operating_staff.post(page.replace("change", "delete"), {"post": "yes"}, follow=True)
    assert "Delete the HA router" in text_of(shown)
    assert gone.redirect_chain


def test_what_has_changed_since_is_not_deleted(router: HaRouter, operating_staff: Client) -> None:
    address = page_of("HA routers", router.pk).replace("change", "delete")
    shown = operating_staff.get(address)
    changed(staff("maya", Role.OPERATOR), router, maximum_gateways="20")
    sent = {"post": "yes", "revision": str(shown.context["row"].version)}

    response = operating_staff.post(address, sent, follow=True)

    assert response.redirect_chain == [(address, 302)]
    assert "It has changed since this page was shown" in text_of(response)
    assert stored(router).status == Status.PENDING_UPDATE


def test_a_switch_and_an_empty_text_are_told_in_words(
    downlink: HaInterface, operating_staff: Client
) -> None:
    mine = shown_form(operating_staff, downlink)
    fields: Any = {"admin_state_up": False, "description": "theirs"}
    services.update_ha_interface(ha_object=downlink, caller=caller(), **fields)

    refused = operating_staff.post(form(downlink), mine | {"maximum_be_bandwidth": "7"})

    assert "Description – theirs" in text_of(refused)
    assert "Admin state up on off" in text_of(refused)


# Deletions


def test_a_deletion_says_what_will_happen(
    router: HaRouter,
    downlink: HaInterface,
    uplink: HaInterface,
    operating_staff: Client,
    settings: Any,
) -> None:
    gateway = new_gateway(
        router,
        service_type="vpn",
        uplink_interface_id=uplink.pk,
        uplink_vlan_id=122,
        qos_type="guarantee",
        bandwidth=10,
    )

    def said(models: str, row: Any) -> str:
        return text_of(operating_staff.get(page_of(models, row.pk).replace("change", "delete")))

    of_gateway = said("gateways", gateway)
    assert "VLAN 1025 of north is free again." in of_gateway
    assert "VLAN 122 of core is free again." in of_gateway
    assert "10 Mbit/s of guaranteed bandwidth are free again." in of_gateway
    assert "It goes at once, with its events" in of_gateway
    assert "in use by 1 gateway, and refused as long as it is" in said("HA interfaces", downlink)
    assert "It has 1 gateway, and is refused" in said("HA routers", router)

    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]
    assert "It goes once its agents have let go of it" in said("gateways", gateway)


def test_ticked_objects_are_deleted_each_with_its_result(
    router: HaRouter, downlink: HaInterface, operating_staff: Client
) -> None:
    gone, changing, kept = (new_gateway(router, name=name) for name in ("gone", "late", "kept"))
    others = new_gateway(new_router_of_another(), name="secret")
    chosen = [str(each.pk) for each in (gone, changing, others)]
    ticked = {"action": "delete_ticked", "_selected_action": chosen}
    page = operating_staff.post(list_of("gateways"), ticked, follow=True)
    address = page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"]
    assert "Delete 2 gateways?" in text_of(page)
    assert "VLAN 1025 of north is free again." in text_of(page)
    services.update_gateway(ha_object=changing, caller=caller(), name="later")

    shown = [*page.context["shown"], f"{others.pk}:1"]
    response = operating_staff.post(address, {"shown": shown}, follow=True)

    text = text_of(response)
    assert "Deleted: 1 of 3" in text
    assert f"gone ({gone.pk}) done deleted" in text
    assert f"later ({changing.pk}) refused It has changed since it was shown." in text
    assert f"{others.pk} refused It is gone" in text and "secret" not in text
    assert set(Gateway.objects.values_list("name", flat=True)) == {"later", "kept", "secret"}
    assert LogEntry.objects.get().object_id == str(gone.pk)
    # Shown again, nothing is done again
    assert "Deleted: 1 of 3" in text_of(operating_staff.get(response.request["PATH_INFO"]))
    assert stored(kept).status == Status.PENDING_CREATE


def test_asking_for_many_takes_as_few_queries_as_for_one(
    router: HaRouter, downlink: HaInterface, operating_staff: Client
) -> None:
    gateways = [new_gateway(router) for _ in range(5)]

    for number in (1, 5):
        ids = "&".join(f"ids={each.pk}" for each in gateways[:number])
        with CaptureQueriesContext(connection) as queries:
            response = operating_staff.get(f"{list_of('gateways')}delete/?{ids}")
        assert len(response.context["shown"]) == number
        assert len(queries) <= MAX_QUERIES, [query["sql"] for query in queries]


def test_viewers_delete_none_of_several(
    router: HaRouter, downlink: HaInterface, viewing_staff: Client
) -> None:
    gateway = new_gateway(router)
    address = f"{list_of('gateways')}delete/?ids={gateway.pk}"

    assert viewing_staff.get(address).status_code == 403
    assert viewing_staff.post(address, {"shown": f"{gateway.pk}:1"}).status_code == 403
    assert viewing_staff.get(f"{list_of('gateways')}deleted/").status_code == 403
    assert "delete_ticked" not in viewing_staff.get(list_of("gateways")).content.decode()
    assert Gateway.objects.exists()


def new_router_of_another() -> HaRouter:
    """Return an HA router of another tenant, with a downlink."""
    router = new_router(OTHER_TENANT)
    new_interface(router)
    return router
