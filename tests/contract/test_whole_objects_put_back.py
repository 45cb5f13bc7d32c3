"""What GET printed can be changed and PUT back whole (contract: http.md, Errors)."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper_site.api.serializers import is_same
from ha_app import services
from ha_app.api.views import GatewayViewSet, HaInterfaceViewSet, HaRouterViewSet
from ha_app.models import Gateway, HaInterface, HaRouter
from records_app.models import ServiceRecord
from requests_app.models import Request
from tests.contract.objects import Objects
from tests.fixtures import TENANT, Api, assert_faults, assert_problem, caller
from tests.ha_app.objects import new_gateway, new_interface, new_router

pytestmark = pytest.mark.django_db

# Of each resource, the member that is changed.
CHANGES: dict[str, dict[str, Any]] = {
    "ha_router": {"maximum_gateways": 77},
    "ha_interface": {"maximum_ga_bandwidth": 900},
    "gateway": {"name": "renamed"},
}
VIEWS: dict[str, Any] = {
    "ha_router": HaRouterViewSet,
    "ha_interface": HaInterfaceViewSet,
    "gateway": GatewayViewSet,
}
WRITABLE = {
    "ha_router": {"description", "maximum_gateways"},
    "ha_interface": {
        "description",
        "maximum_ga_bandwidth",
        "maximum_be_bandwidth",
        "admin_state_up",
    },
    "gateway": {"name", "description", "qos_type", "bandwidth"},
}
VALUES = [None, "", "another", 7, 1.5, True, [], {}, ["x"], {"x": 1}]


@pytest.fixture
def objects() -> Objects:
    return Objects()


def read(api: Api, path: str, envelope: str) -> tuple[dict[str, Any], str]:
    """Return an object as it is printed, and its ETag."""
    response = api.get(path)
    body = response.json()
    return body[envelope] if envelope else body, response["ETag"]


def path_of(objects: Objects, envelope: str) -> str:
    path = f"/v2.0/{envelope}s/"
    return path + objects.id_in("PUT", path)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("is_wrapped", [True, False])
@pytest.mark.parametrize("envelope", CHANGES)
def test_an_object_is_put_back_whole(
    operator: Api, objects: Objects, envelope: str, is_wrapped: bool, method: str
) -> None:
    path = path_of(objects, envelope)
    printed, etag = read(operator, path, envelope)
    whole = printed | CHANGES[envelope]

    answer = operator.send(
        method, path, {envelope: whole} if is_wrapped else whole, **{"If-Match": etag}
    )

    assert answer.status_code == 200, answer.content
    now, _ = read(operator, path, envelope)
    moved = {name for name in now if now[name] != printed[name]}
    assert CHANGES[envelope].items() <= now.items()
    assert moved >= CHANGES[envelope].keys()
    assert moved <= {*CHANGES[envelope], "status", "available_gateways", "available_ga_bandwidth"}


@pytest.mark.parametrize("envelope", CHANGES)
def test_a_member_that_cannot_be_written_is_a_400_unless_it_is_as_it_is_now(
    operator: Api,
    objects: Objects,
    row_counts: Callable[[], dict[str, int]],
    envelope: str,
) -> None:
    path = path_of(objects, envelope)
    printed, _ = read(operator, path, envelope)
    before = row_counts()
    for name in printed.keys() - WRITABLE[envelope]:
        for value in VALUES:
            if is_same(value, printed[name]):
                continue
            faults = assert_faults(operator.put(path, printed | {name: value}), name)
            assert faults[name].startswith("This cannot be written, and is ")
    # All faults at once, those of what can be written and of what there is not among them.
    wrong = {"id": 1, "description": 2, "colour": 3, "tenant_id": printed["tenant_id"]}
    assert_faults(operator.put(path, wrong), "id", "description", "colour")
    assert row_counts() == before
    assert read(operator, path, envelope)[0] == printed


@pytest.mark.parametrize(
    ("envelope", "moved"),
    [
        ("ha_router", {"available_gateways"}),
        ("ha_interface", {"vlan_ids_available", "vlan_pool_state", "gateway_instances_count"}),
    ],
)
def test_what_a_gateway_has_moved_since_is_not_as_it_is_now(
    operator: Api, objects: Objects, envelope: str, moved: set[str]
) -> None:
    path = path_of(objects, envelope)
    printed, etag = read(operator, path, envelope)
    new_gateway(objects.router, downlink_interface_id=objects.downlink.pk)

    assert_faults(operator.put(path, printed), *moved)
    stale = operator.put(path, printed, **{"If-Match": etag})
    assert_problem(stale, 412, "precondition_failed")
    # What a body lacks is not compared.
    kept = {name: printed[name] for name in printed if name not in moved}
    assert operator.put(path, kept).status_code == 200


@pytest.mark.parametrize("envelope", CHANGES)
def test_it_is_compared_with_the_locked_row(
    operator: Api, objects: Objects, envelope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a change that comes after the body was checked, and before the row is locked
    path = path_of(objects, envelope)
    printed, _ = read(operator, path, envelope)
    model: Any = {"ha_router": HaRouter, "ha_interface": HaInterface, "gateway": Gateway}[envelope]
    view = VIEWS[envelope]
    update = view.update_object

    def overtaken(**order: Any) -> Any:
        model.objects.filter(pk=printed["id"]).update(status="DOWN")
        return update(**order)

    monkeypatch.setattr(view, "update_object", staticmethod(overtaken))

    faults = assert_faults(operator.put(path, printed | CHANGES[envelope]), "status")

    assert faults["status"] == 'This cannot be written, and is "DOWN" now.'.replace('"', "'")
    stored = model.objects.get(pk=printed["id"])
    for name in CHANGES[envelope]:
        assert getattr(stored, name) == printed[name]


# The update of a service, which is a request


def test_a_record_is_put_back_whole_with_what_orders_its_update(
    operator: Api, objects: Objects
) -> None:
    ServiceRecord.objects.filter(pk=objects.record.pk).update(
        body=objects.record.body | {"vendor_says": {"x": [1.0, None, True]}}
    )
    path = f"/records/services/{objects.record.pk}"
    printed, etag = read(operator, path, "")
    order = {"nsd_id": str(objects.service.pk), "latest_nsd_id": str(objects.newer_service.pk)}

    # Given other values, then they are named, and nothing is ordered
    for name in printed:
        faults = assert_faults(operator.put(path, printed | order | {name: "another"}), name)
        assert faults[name].startswith("This cannot be written, and is ")
    assert_faults(operator.put(path, printed | {"colour": 1}), "colour", "nsd_id", "latest_nsd_id")
    assert not Request.objects.filter(request_type="UPDATE").exists()
    assert read(operator, path, "")[0] == printed

    # Given the record as it is, then the update is ordered
    answer = operator.put(path, printed | order, **{"If-Match": etag})
    assert answer.status_code == 201, answer.content
    update = Request.objects.get(request_type="UPDATE")
    assert update.service_uuid == objects.newer_service.pk


def test_a_record_that_has_changed_since_is_named_or_a_412(operator: Api, objects: Objects) -> None:
    path = f"/records/services/{objects.record.pk}"
    printed, etag = read(operator, path, "")
    ServiceRecord.objects.filter(pk=objects.record.pk).update(version=9)
    order = {"nsd_id": str(objects.service.pk), "latest_nsd_id": str(objects.newer_service.pk)}

    assert_faults(operator.put(path, printed | order), "version")
    stale = operator.put(path, printed | order, **{"If-Match": etag})
    assert_problem(stale, 412, "precondition_failed")
    assert not Request.objects.filter(request_type="UPDATE").exists()


def test_of_a_new_object_nothing_is_as_it_is_now(operator: Api) -> None:
    router = new_router()
    printed = operator.get(f"/v2.0/ha_routers/{router.pk}").json()["ha_router"]

    assert_faults(operator.post("/v2.0/ha_routers", printed), "id", "status", "available_gateways")


# What equality is

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda values: st.lists(values, max_size=3) | st.dictionaries(st.text(max_size=3), values),
    max_leaves=8,
)


@given(json_values)
def test_a_value_is_the_same_as_itself(value: Any) -> None:
    assert is_same(value, value)
    assert not is_same([value], value)
    assert not is_same({"x": value}, {"x": value, "y": value})


def test_true_is_not_1_and_order_counts_in_lists_alone() -> None:
    assert not is_same(1, True) and not is_same(False, 0) and not is_same(None, False)
    assert is_same(500, 500.0) and not is_same("500", 500)
    assert is_same({"a": 1, "b": [2]}, {"b": [2], "a": 1})
    assert not is_same([1, 2], [2, 1])
    assert not is_same({"a": True}, {"a": 1})


def test_a_vpn_gateway_is_put_back_whole(operator: Api) -> None:
    router = new_router()
    downlink, uplink = (
        new_interface(router, maximum_ga_bandwidth=50),
        new_interface(router, "uplink"),
    )
    gateway = services.create_gateway(
        order=services.NewGateway(
            service_type="vpn",
            downlink_interface_id=downlink.pk,
            uplink_interface_id=uplink.pk,
            uplink_vlan_id=122,
            qos_type="guarantee",
            bandwidth=10,
        ),
        caller=caller(TENANT),
    )
    path = f"/v2.0/gateways/{gateway.pk}"
    printed, _ = read(operator, path, "gateway")

    assert operator.put(path, {"gateway": printed | {"bandwidth": 20}}).status_code == 200
    assert operator.get(path).json()["gateway"]["bandwidth"] == 20
    downlink.refresh_from_db()
    assert downlink.available_ga_bandwidth == 30
