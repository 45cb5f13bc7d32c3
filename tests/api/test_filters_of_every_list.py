"""A filter without a value selects what has none, and never everything (http.md, Lists)."""

from typing import Any
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from gatekeeper_site.access.api.views import TokenViewSet
from gatekeeper_site.api.filters import AnyOfField
from gatekeeper_site.audit.api.views import AuditViewSet
from ha_app.api.views import GatewayViewSet, HaInterfaceViewSet, HaRouterViewSet
from records_app.api.views import (
    FunctionDescriptorViewSet,
    FunctionRecordViewSet,
    ServiceDescriptorViewSet,
    ServiceRecordViewSet,
)
from requests_app.api.views import RequestViewSet
from tests.contract.objects import Objects
from tests.fixtures import Api, assert_faults, ids_of, many_requests

pytestmark = pytest.mark.django_db

LISTS: dict[str, Any] = {
    "/requests": RequestViewSet,
    "/services": ServiceDescriptorViewSet,
    "/functions": FunctionDescriptorViewSet,
    "/records/services": ServiceRecordViewSet,
    "/records/functions": FunctionRecordViewSet,
    "/v2.0/ha_routers": HaRouterViewSet,
    "/v2.0/ha_interfaces": HaInterfaceViewSet,
    "/v2.0/gateways": GatewayViewSet,
    "/tokens": TokenViewSet,
    "/audit": AuditViewSet,
}
FILTERS = {path: view.filterset_class.base_filters for path, view in LISTS.items()}
FILTERS_OF_LISTS = [(path, name) for path, filters in FILTERS.items() for name in filters]
# Beyond what a column, or a 64-bit integer, or a calendar has.
OUT_OF_RANGE = [
    "0",
    "-1",
    str(2**31),
    str(2**63),
    str(10**20),
    "9" * 5000,
    "1e400",
    "NaN",
    "0000-00-00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59-14:00",
    "%s %(a)s {0} \\ ' \"",
    "\u00e9\U0001f600\ufeff",
    "x" * 3000,
]


def is_of_text(path: str, name: str) -> bool:
    return type(FILTERS[path][name].field) is AnyOfField


def value_of(row: dict[str, Any], name: str) -> Any:
    """Return what a row has under a filter's name, in its descriptor or beside it."""
    if name == "assignee":
        # Of a request's case, which a list does not show: null, which is no text.
        return ...
    return (row | row.get("nsd", row.get("vnfd", {})))[name]


def rows_of(body: Any) -> list[Any]:
    """Return a list's rows, in an envelope or not."""
    rows: list[Any] = next(iter(body.values())) if isinstance(body, dict) else body
    return rows


def test_every_list_is_here(admin: Api) -> None:
    paths = admin.get("/schema").json()["paths"]
    with_filters = {
        path
        for path, operations in paths.items()
        if "{" not in path
        and any(one["name"] == "limit" for one in operations.get("get", {}).get("parameters", []))
    }

    assert with_filters == set(LISTS)


@pytest.mark.parametrize(
    ("path", "name"), [each for each in FILTERS_OF_LISTS if not is_of_text(*each)]
)
def test_an_empty_value_is_a_400(admin: Api, path: str, name: str) -> None:
    faults = assert_faults(admin.get(f"{path}?{name}="), name)

    assert faults[name].startswith("'' is not ")
    assert_faults(admin.get(f"{path}?{name}=&limit=0"), name, "limit")


def test_an_empty_value_of_a_text_is_the_empty_text(admin: Api) -> None:
    Objects()
    for path, name in FILTERS_OF_LISTS:
        if not is_of_text(path, name):
            continue
        everything = rows_of(admin.get(f"{path}?limit=1000").json())
        assert everything != [], path
        response = admin.get(f"{path}?{name}=&limit=1000")
        assert response.status_code == 200, response.content
        found = [row for row in everything if value_of(row, name) in ("", None)]
        assert rows_of(response.json()) == found, (path, name)


def test_which_filters_are_of_text() -> None:
    texts = {
        path: {name for name in filters if is_of_text(path, name)}
        for path, filters in FILTERS.items()
    }

    ha_object = {"name", "description", "tenant_id"}
    descriptor = {"vendor", "name", "version"}
    assert texts == {
        "/requests": {"assignee"},
        "/services": descriptor,
        "/functions": descriptor,
        "/records/services": set(),
        "/records/functions": set(),
        "/v2.0/ha_routers": ha_object,
        "/v2.0/ha_interfaces": ha_object | {"restricted_vlans", "vlan_pool_state"},
        "/v2.0/gateways": ha_object | {"vrf_name"},
        "/tokens": {"user", "tenant_id"},
        "/audit": {"actor", "action", "object_type", "object_id", "tenant_id", "request_id"},
    }


def test_an_unset_variable_of_a_script_selects_nothing_it_does_not_name(operator: Api) -> None:
    rows = many_requests(2)

    assert_faults(operator.get("/requests?service_instance_uuid="), "service_instance_uuid")
    assert_faults(operator.get("/requests?status=&status=READY"), "status")
    assert len(ids_of(operator.get("/requests?status=READY"))) == len(rows)


def test_the_empty_text_is_a_value_as_any_other(operator: Api) -> None:
    for name in ("", "edge"):
        body = {
            "name": name,
            "primary_router_id": "6f5ae0d2-7a0c-4b8e-9c05-1d2a0b0f1c0" + str(len(name)),
            "secondary_router_id": "7f5ae0d2-7a0c-4b8e-9c05-1d2a0b0f1c0" + str(len(name)),
        }
        assert operator.post("/v2.0/ha_routers", body).status_code == 201

    def names(query: str) -> list[str]:
        rows = operator.get(f"/v2.0/ha_routers?{query}").json()["ha_routers"]
        return sorted(row["name"] for row in rows)

    assert names("name=") == [""]
    assert names("name=&name=edge") == ["", "edge"]
    assert names("name=edge&description=") == ["edge"]


@pytest.mark.parametrize("path", LISTS)
def test_no_value_of_a_filter_is_a_fault_of_ours(path: str) -> None:
    view = LISTS[path]
    for name in view.filterset_class.base_filters:
        for value in OUT_OF_RANGE:
            filters = view.filterset_class(
                QueryDict(urlencode({name: value})), view.model._default_manager.all()
            )
            if filters.is_valid():
                assert list(filters.qs[:1]) == [], (name, value)
            else:
                assert set(filters.errors) == {name}
