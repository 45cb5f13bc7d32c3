"""Lists in gohan's envelopes: every field filters, pages follow on, gohan's sorting is taken."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gatekeeper_site.access.models import Role
from gatekeeper_site.core import clock
from ha_app.models import HaRouter
from tests.fixtures import OTHER_TENANT, TENANT, Api, assert_faults, assert_problem, new_api
from tests.ha_app.objects import UNKNOWN, new_gateway, new_interface, new_router, path_of

PATH = "/v2.0/ha_routers"
PLURALS = ["ha_routers", "ha_interfaces", "gateways"]
# Values that some other object has, or none.
OTHERS: dict[str, str] = {
    "status": "DOWN",
    "link_type": "uplink",
    "service_type": "aws",
    "qos_type": "besteffort",
    "admin_state_up": "false",
}


@pytest.fixture
def shown(operator: Api) -> dict[str, dict[str, Any]]:
    """An object of each kind as it is printed, with something in every field."""
    router = new_router(name="r", description="some text")
    interface = new_interface(
        router,
        name="i",
        description="some text",
        restricted_vlans="0-9",
        maximum_ga_bandwidth=20,
        maximum_be_bandwidth=30,
    )
    uplink = new_interface(router, "uplink", name="u", restricted_vlans="5", admin_state_up=False)
    type(uplink).objects.filter(pk=uplink.pk).update(admin_state_up=True)
    gateway = new_gateway(
        router,
        name="g",
        description="some text",
        service_type="vpn",
        uplink_interface_id=uplink.pk,
        uplink_vlan_id=77,
        qos_type="guarantee",
        bandwidth=4,
    )
    return {
        plural: next(iter(operator.get(path_of(each)).json().values()))
        for plural, each in zip(PLURALS, (router, interface, gateway), strict=True)
    }


@pytest.mark.parametrize("plural", PLURALS)
def test_a_list_is_filtered_by_any_field(
    operator: Api, shown: dict[str, dict[str, Any]], plural: str
) -> None:
    wanted = shown[plural]
    for field, value in wanted.items():
        text = json.dumps(value) if isinstance(value, bool) else str(value)
        answer = operator.get(f"/v2.0/{plural}", {field: text})
        assert answer.status_code == 200, (field, answer.content)
        assert wanted in answer.json()[plural], field
        assert all(row[field] == value for row in answer.json()[plural])

        other = OTHERS.get(field) or (UNKNOWN if field.endswith("_id") else "987654")
        if field.endswith("vlan_id"):
            other = "987"
        answer = operator.get(f"/v2.0/{plural}", {field: other})
        assert answer.status_code == (400 if field == "id" else 200), (field, answer.content)
        if field != "id":
            assert wanted not in answer.json()[plural]
        both = operator.get(f"/v2.0/{plural}", {field: [text, other if field != "id" else UNKNOWN]})
        assert wanted in both.json()[plural]


@pytest.mark.parametrize("plural", PLURALS)
def test_what_is_no_value_of_a_field_or_no_field_is_named(
    operator: Api, shown: dict[str, dict[str, Any]], plural: str
) -> None:
    for field in ("colour", "limit", "sort_key", "sort_order", "ordering", "fields", "status"):
        assert_faults(operator.get(f"/v2.0/{plural}", {field: "x"}), field)


@pytest.mark.parametrize("plural", PLURALS)
def test_an_empty_list_is_in_its_envelope(operator: Api, plural: str) -> None:
    answer = operator.get(f"/v2.0/{plural}")

    assert answer.json() == {plural: []}
    assert (answer["Record-Count"], answer["X-Total-Count"]) == ("0", "0")


def test_gohans_sorting(operator: Api) -> None:
    now = clock.now()
    for seconds, name in enumerate(("b", "c", "a")):
        router = new_router(name=name)
        moment = now + timedelta(seconds=seconds)
        HaRouter.objects.filter(pk=router.pk).update(created_at=moment)

    def names(**parameters: str) -> list[str]:
        rows = operator.get(PATH, parameters).json()["ha_routers"]
        return [row["name"] for row in rows]

    assert names() == ["a", "c", "b"]
    assert names(ordering="created_at") == ["b", "c", "a"]
    assert names(sort_key="name") == ["a", "b", "c"]
    assert names(sort_key="name", sort_order="desc") == ["c", "b", "a"]
    assert names(sort_key="name", sort_order="asc", limit="1", offset="1") == ["b"]


@pytest.mark.parametrize("plural", PLURALS)
def test_pages_by_cursor_neither_skip_nor_repeat_whatever_they_are_sorted_by(
    operator: Api, plural: str
) -> None:
    router = new_router(name="same")
    for _ in range(4):
        new_router(name="same")
        new_interface(router, name="same")
        new_gateway(router, name="same")
    rows = operator.get(f"/v2.0/{plural}").json()[plural]
    schema = operator.get("/schema").json()["paths"][f"/v2.0/{plural}"]["get"]
    keys = next(each for each in schema["parameters"] if each["name"] == "sort_key")
    assert {"id", "name", "status", "tenant_id"} <= set(keys["schema"]["enum"])
    for key in keys["schema"]["enum"]:
        for order in ("asc", "desc"):
            seen = []
            url = f"/v2.0/{plural}?sort_key={key}&sort_order={order}&cursor=&limit=2"
            while url:
                page = operator.get(url)
                assert page.status_code == 200, (key, page.content)
                seen += [row["id"] for row in page.json()[plural]]
                following = re.search(r'<([^>]*)>; rel="next"', page["Link"])
                url = following[1] if following else ""
            assert len(seen) == len(rows), key
            assert sorted(seen) == sorted(row["id"] for row in rows)


def test_fields_cut_each_row(operator: Api) -> None:
    new_router(name="edge")

    assert operator.get(f"{PATH}?fields=name,status").json() == {
        "ha_routers": [{"name": "edge", "status": "ACTIVE"}]
    }


def test_gohans_fields_cut_each_row_and_an_object(operator: Api) -> None:
    router = new_router(name="edge")
    shown = {"name": "edge", "status": "ACTIVE"}
    every = "available_gateways, description, id, maximum_gateways, name, primary_router_id, "
    every += "secondary_router_id, status, tenant_id"

    for query in (
        "_fields=name&_fields=status",
        "_fields=ha_router.status&_fields=name&_fields=ha_router.name",
    ):
        assert operator.get(f"{PATH}?{query}").json() == {"ha_routers": [shown]}
        assert operator.get(f"{path_of(router)}?{query}").json() == {"ha_router": shown}
    for query, fault in (
        ("_fields=colour&_fields=name", f"'colour' is not one of: {every}."),
        ("_fields=name,status", f"'name,status' is not one of: {every}."),
        ("_fields=ha_interface.name", f"'ha_interface.name' is not one of: {every}."),
        ("_fields=ha_router.", f"Name one of: {every}; without the parameter, all are given."),
        ("_fields=name&_fields=", f"'' is not one of: {every}."),
        ("_fields=", f"Name one of: {every}; without the parameter, all are given."),
        ("_fields=name&fields=name", "Give either fields or _fields."),
    ):
        for path in (PATH, path_of(router)):
            faults = assert_faults(operator.get(f"{path}?{query}"), "_fields")
            assert faults == {"_fields": fault}, query
    for path in ("/requests", "/services", f"/requests/{UNKNOWN}", "/gohan/v0.1/schemas"):
        assert_faults(operator.get(f"{path}?_fields=id"), "_fields")


def test_the_headers_count_all_and_name_the_neighbours(operator: Api) -> None:
    for _ in range(3):
        new_router()
    new_router(OTHER_TENANT)

    answer = operator.get(f"{PATH}?limit=1&offset=1")

    assert len(answer.json()["ha_routers"]) == 1
    assert (answer["Record-Count"], answer["X-Total-Count"]) == ("3", "3")
    for name in ("first", "prev", "next", "last"):
        assert f'rel="{name}"' in answer["Link"]


@pytest.mark.django_db
def test_every_path_needs_a_token(anonymous: Api) -> None:
    for path in (
        *(f"/v2.0/{plural}" for plural in PLURALS),
        f"{PATH}/{UNKNOWN}",
        f"{PATH}/{UNKNOWN}/events",
        f"/v2.0/ha_interfaces/{UNKNOWN}/vlans",
        "/gohan/v0.1/schemas",
        "/gohan/v0.1/schemas/ha_router",
        "/gohan/v0.1/version",
    ):
        answer = anonymous.get(path)
        assert_problem(answer, 401, "not_authenticated")
        assert answer["WWW-Authenticate"] == "Bearer"


# --- In a browser ----------------------------------------------------------------------------


def test_a_browser_gets_pages_with_filters_and_forms(person: Client) -> None:
    router = new_router(name="edge")
    interface = new_interface(router)
    gateway = new_gateway(router)
    for path in (f"/v2.0/{plural}" for plural in PLURALS):
        page = person.get(path, headers={"accept": "text/html"}).content.decode()
        assert "Filters" in page, path
        assert 'name="name"' in page
        assert 'enctype="multipart/form-data"' in page
    for each in (router, interface, gateway):
        page = person.get(path_of(each), headers={"accept": "text/html"}).content.decode()
        assert str(each.pk) in page
        assert "PUT" in page
        events = person.get(f"{path_of(each)}/events", headers={"accept": "text/html"})
        assert events.status_code == 200
    vlans = person.get(f"{path_of(interface)}/vlans", headers={"accept": "text/html"})
    assert vlans.status_code == 200
    for path in ("/gohan/v0.1/schemas", "/gohan/v0.1/schemas/gateway", "/gohan/v0.1/version"):
        assert person.get(path, headers={"accept": "text/html"}).status_code == 200


def test_a_browsers_form_creates_and_changes(person: Client) -> None:
    page = person.get(PATH, headers={"accept": "text/html"}).content.decode()
    csrf = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert csrf is not None
    form = {
        "csrfmiddlewaretoken": csrf[1],
        "name": "edge",
        "description": "",
        "tenant_id": "",
        "primary_router_id": "9b82b55a-551e-4069-ae77-c972e30ab0cc",
        "secondary_router_id": "198b93f2-006e-45b6-96d3-e7ef6f759501",
        "maximum_gateways": "7",
    }

    answer = person.post(PATH, form, headers={"accept": "text/html"})

    assert answer.status_code == 201, answer.content.decode()[:3000]
    router = HaRouter.objects.get()
    assert (router.name, router.maximum_gateways, router.tenant_id) == ("edge", 7, TENANT)
    interface = {
        "csrfmiddlewaretoken": csrf[1],
        "ha_router_id": str(router.pk),
        "primary_interface_id": "a752c6c0-2075-4e7f-9040-5fcefcad0252",
        "secondary_interface_id": "96c3629b-9bfb-4d54-adc1-750d024c2858",
        "link_type": "downlink",
        "restricted_vlans": "",
        "maximum_ga_bandwidth": "",
        "maximum_be_bandwidth": "8",
        "admin_state_up": "true",
    }
    answer = person.post("/v2.0/ha_interfaces", interface)
    assert answer.status_code == 201, answer.content
    shown = answer.json()["ha_interface"]
    assert (shown["maximum_be_bandwidth"], shown["admin_state_up"]) == (8, True)


def test_the_form_for_a_change_shows_what_there_is(person: Client) -> None:
    router = new_router(description="as it was", maximum_gateways=123)

    page = person.get(path_of(router), headers={"accept": "text/html"}).content.decode()

    assert 'value="123"' in page
    assert "as it was" in page


@pytest.mark.django_db
def test_a_tenant_admin_sees_every_tenants_objects() -> None:
    new_router()
    new_router(OTHER_TENANT)

    rows = new_api(Role.ADMIN, TENANT).get(PATH).json()["ha_routers"]
    assert {row["tenant_id"] for row in rows} == {TENANT, OTHER_TENANT}


@pytest.mark.parametrize("plural", PLURALS)
def test_options_and_head_are_answered(
    operator: Api, shown: dict[str, dict[str, Any]], plural: str
) -> None:
    for path in (f"/v2.0/{plural}", f"/v2.0/{plural}/{shown[plural]['id']}"):
        options = operator.options(path)
        assert options.status_code == 200, options.content
        assert options["Allow"]
        head = operator.head(path)
        assert (head.status_code, head.content) == (200, b"")
