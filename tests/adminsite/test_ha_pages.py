"""The pages of HA objects: shown, changed and deleted by the services, each tenant its own."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ha_app import services
from ha_app.models import Gateway, HaInterface, HaRouter, Status
from tests.adminsite.pages import list_of, page_of, text_of
from tests.fixtures import OTHER_TENANT, caller
from tests.ha_app.objects import (
    assert_all_agree,
    made_active,
    new_gateway,
    new_interface,
    new_router,
    statuses,
    stored,
)

LISTS = {HaRouter: "HA routers", HaInterface: "HA interfaces", Gateway: "gateways"}
# Session, user, the user's access, the object, its events (counted and read), related objects.
MAX_QUERIES = 12


@pytest.fixture
def router(db: None) -> HaRouter:
    return new_router(name="frankfurt", maximum_gateways=10)


@pytest.fixture
def downlink(router: HaRouter) -> HaInterface:
    return new_interface(router, name="north", maximum_ga_bandwidth=500, restricted_vlans="0-1024")


@pytest.fixture
def gateway(router: HaRouter, downlink: HaInterface) -> Gateway:
    fields: dict[str, Any] = {"name": "shop", "qos_type": "guarantee", "bandwidth": 10}
    return made_active(new_gateway(router, **fields))


def page(ha_object: Any) -> str:
    return page_of(LISTS[type(ha_object)], ha_object.pk)


def form(ha_object: Any) -> str:
    return page(ha_object).replace("/change/", "/fields/")


def shown_form(browser: Client, ha_object: Any) -> dict[str, str]:
    """Return what a browser sends of a form that nobody has touched."""
    shown = browser.get(form(ha_object)).context["form"]
    values: dict[str, str] = {}
    for field in shown:
        value = "" if field.initial is None else str(field.initial)
        if field.field.show_hidden_initial:
            values[field.html_initial_name] = value
        if value != "False":
            values[field.html_name] = value
    return values


def changed(browser: Client, ha_object: Any, **fields: str) -> Any:
    """Send the form as a browser does, with other values in some fields."""
    values = shown_form(browser, ha_object) | fields
    return browser.post(form(ha_object), values, follow=True)


def deleted(browser: Client, ha_object: Any) -> Any:
    return browser.post(page(ha_object).replace("change/", "delete/"), {"post": "yes"}, follow=True)


def test_pages_show_use_links_and_events(
    router: HaRouter, downlink: HaInterface, gateway: Gateway, viewing_staff: Client
) -> None:
    of_router, of_downlink, of_gateway = (
        viewing_staff.get(page(each)) for each in (router, downlink, gateway)
    )

    assert "Gateways in use 1 of 10" in text_of(of_router)
    assert f"?q={router.pk}" in of_router.content.decode()
    assert "VLANs in use 1 of 3070" in text_of(of_downlink)
    assert "Mbit/s 10 of 500" in text_of(of_downlink)
    assert page(router) in of_downlink.content.decode()
    assert f"VLAN 1025 of north {downlink.pk}" in text_of(of_gateway)
    assert page(downlink) in of_gateway.content.decode()
    assert "PENDING_CREATE customer created" in text_of(of_gateway)


def test_a_page_takes_few_queries(
    router: HaRouter, downlink: HaInterface, gateway: Gateway, operating_staff: Client
) -> None:
    for each in (router, downlink, gateway):
        with CaptureQueriesContext(connection) as queries:
            operating_staff.get(page(each))
        assert len(queries) <= MAX_QUERIES, [query["sql"] for query in queries]


def test_an_operator_changes_a_router_by_the_service(
    router: HaRouter, gateway: Gateway, operating_staff: Client
) -> None:
    response = changed(operating_staff, router, maximum_gateways="20", description="two\r\nlines")

    assert response.redirect_chain == [(page(router), 302)]
    assert "Changed: description, maximum_gateways." in text_of(response)
    row = stored(router)
    assert (row.maximum_gateways, row.available_gateways) == (20, 19)
    assert row.description == "two\nlines"
    assert statuses(router)[-1] == ("ACTIVE", "PENDING_UPDATE")
    assert router.events.last().actor == "oscar"
    assert LogEntry.objects.get().change_message == "Changed: description, maximum_gateways."


def test_an_operator_changes_an_interface_by_the_service(
    downlink: HaInterface, gateway: Gateway, operating_staff: Client
) -> None:
    fields = {"maximum_ga_bandwidth": "10", "maximum_be_bandwidth": "7"}
    changed(operating_staff, downlink, **fields)

    row = stored(downlink)
    assert (row.maximum_ga_bandwidth, row.available_ga_bandwidth) == (10, 0)
    assert (row.maximum_be_bandwidth, row.available_be_bandwidth) == (7, 7)
    assert row.admin_state_up

    values = shown_form(operating_staff, downlink)
    del values["admin_state_up"]
    operating_staff.post(form(downlink), values)
    assert not stored(downlink).admin_state_up
    assert "disabled" in text_of(operating_staff.get(list_of("HA interfaces")))


def test_an_operator_changes_a_gateway_by_the_service(
    downlink: HaInterface, gateway: Gateway, operating_staff: Client
) -> None:
    changed(operating_staff, gateway, name="store", qos_type="guarantee", bandwidth="15")

    row = stored(gateway)
    assert (row.name, row.qos_type, row.bandwidth) == ("store", "guarantee", 15)
    assert stored(downlink).available_ga_bandwidth == 485

    changed(operating_staff, gateway, qos_type="")
    assert (stored(gateway).qos_type, stored(gateway).bandwidth) == (None, 0)
    assert stored(downlink).available_ga_bandwidth == 500
    assert_all_agree()


def test_a_form_that_is_sent_as_it_was_changes_nothing(
    router: HaRouter, operating_staff: Client
) -> None:
    before = statuses(router)

    response = changed(operating_staff, router)

    assert "Nothing is changed" in text_of(response)
    assert statuses(router) == before
    assert stored(router).version == 1


@pytest.mark.parametrize(
    ("maximum", "message"),
    [
        ("0", "maximum_gateways cannot be 0: 1 are in use."),
        ("-1", "greater than or equal to 0"),
        ("2147483648", "less than or equal to 2147483647"),
        ("many", "Enter a whole number."),
        ("", "This field is required."),
    ],
)
def test_what_a_service_or_form_refuses_is_said_in_the_form(
    maximum: str, message: str, router: HaRouter, gateway: Gateway, operating_staff: Client
) -> None:
    response = changed(operating_staff, router, maximum_gateways=maximum)

    assert message in text_of(response)
    assert (stored(router).maximum_gateways, stored(router).status) == (10, Status.ACTIVE)
    assert not LogEntry.objects.exists()


def test_a_bandwidth_that_there_is_not_is_refused_in_the_form(
    downlink: HaInterface, gateway: Gateway, operating_staff: Client
) -> None:
    too_much = changed(operating_staff, gateway, bandwidth="501")
    without_qos = changed(operating_staff, gateway, qos_type="", bandwidth="11")

    assert "less than 501" in text_of(too_much)
    assert "bandwidth: Not taken without a qos_type." in text_of(without_qos)
    assert stored(gateway).bandwidth == 10
    assert stored(downlink).available_ga_bandwidth == 490


def test_what_is_being_deleted_is_not_changed(router: HaRouter, operating_staff: Client) -> None:
    HaRouter.objects.update(status=Status.PENDING_DELETE)

    response = changed(operating_staff, router, description="too late")

    assert f"The HA router {router} is being deleted." in text_of(response)
    assert stored(router).description == ""


def test_deleting_what_is_in_use_says_by_what(
    router: HaRouter, downlink: HaInterface, gateway: Gateway, operating_staff: Client
) -> None:
    of_router = deleted(operating_staff, router)
    of_downlink = deleted(operating_staff, downlink)

    assert of_router.redirect_chain == [(page(router), 302)]
    assert f"in use by HA interfaces: {downlink}" in text_of(of_router)
    assert f"in use by gateways: {gateway}" in text_of(of_downlink)
    assert HaRouter.objects.exists() and HaInterface.objects.exists()
    assert not LogEntry.objects.exists()


def test_all_are_deleted_by_the_services_from_the_gateway_up(
    router: HaRouter, downlink: HaInterface, gateway: Gateway, operating_staff: Client
) -> None:
    response = deleted(operating_staff, gateway)

    assert response.redirect_chain == [(list_of("gateways"), 302)]
    assert f"The gateway {gateway} is deleted." in text_of(response)
    assert stored(router).available_gateways == 10
    assert stored(downlink).available_ga_bandwidth == 500
    assert_all_agree()
    deleted(operating_staff, downlink)
    deleted(operating_staff, router)
    assert not HaRouter.objects.exists()
    assert LogEntry.objects.count() == 3


def test_asking_to_delete_loads_nothing_that_refers_to_the_object(
    router: HaRouter, gateway: Gateway, operating_staff: Client
) -> None:
    with CaptureQueriesContext(connection) as queries:
        operating_staff.get(page(router).replace("change/", "delete/"))

    others = ("ha_app_hainterface", "ha_app_gateway", "ha_app_harouterevent")
    assert not [query for query in queries if any(name in query["sql"] for name in others)]


def test_viewers_neither_change_nor_delete(router: HaRouter, viewing_staff: Client) -> None:
    text = viewing_staff.get(page(router)).content.decode()

    assert form(router) not in text
    assert "Delete HA router" not in text
    assert viewing_staff.get(form(router)).status_code == 403
    assert viewing_staff.post(form(router), {"maximum_gateways": "1"}).status_code == 403
    assert deleted(viewing_staff, router).status_code == 403
    assert stored(router).maximum_gateways == 10


def test_django_s_own_form_stays_read_only(router: HaRouter, operating_staff: Client) -> None:
    response = operating_staff.post(page(router), {"maximum_gateways": "99", "status": "ERROR"})

    assert response.status_code == 403
    assert (stored(router).maximum_gateways, stored(router).status) == (10, Status.ACTIVE)


def test_another_tenant_s_objects_are_neither_changed_nor_deleted(operating_staff: Client) -> None:
    router = new_router(OTHER_TENANT)

    assert operating_staff.get(form(router)).status_code == 404
    assert operating_staff.post(form(router), {"maximum_gateways": "1"}).status_code == 404
    deleted(operating_staff, router)
    assert stored(router).maximum_gateways == 500


def test_what_agents_have_yet_to_let_go_of_is_told_so(
    router: HaRouter, operating_staff: Client, settings: Any
) -> None:
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]

    response = deleted(operating_staff, router)

    assert response.redirect_chain == [(page(router), 302)]
    assert "is being deleted" in text_of(response)
    assert stored(router).status == Status.PENDING_DELETE


def test_how_an_object_is_stays_fresh(
    router: HaRouter, downlink: HaInterface, gateway: Gateway, viewing_staff: Client
) -> None:
    def state(row: Any, **headers: str) -> Any:
        return viewing_staff.get(page(row).replace("/change/", "/state/"), headers=headers)

    for row in (router, downlink, gateway):
        assert page(row).replace("/change/", "/state/") in viewing_staff.get(page(row)).text
    before = {row: state(row) for row in (router, downlink, gateway)}
    assert "Status ACTIVE" in text_of(before[gateway])
    assert "Last event created by customer," in text_of(before[gateway])
    for row, answer in before.items():
        assert state(row, **{"If-None-Match": answer["ETag"]}).status_code == 304

    services.update_gateway(ha_object=gateway, caller=caller(), bandwidth=20)
    assert "Status PENDING_UPDATE" in text_of(state(gateway))
    assert "updated: bandwidth by customer" in text_of(state(gateway))
    assert "Guaranteed bandwidth in use, Mbit/s 20 of 500" in text_of(state(downlink))
    Gateway.objects.update(tenant_id=OTHER_TENANT)
    assert state(gateway).status_code == 404


def test_how_an_object_is_is_told_to_who_has_a_role(
    router: HaRouter, staff_without_role: Client
) -> None:
    assert staff_without_role.get(page(router).replace("change", "state")).status_code == 403
