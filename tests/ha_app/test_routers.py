"""HA routers: each field, who may have an edge router, what may change and what may go."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from gatekeeper_site.access.models import Role
from ha_app.models import EdgeRouterClaim, HaRouter, Status
from ha_app.services import sweep_pending
from tests.fixtures import OTHER_TENANT, TENANT, Api, assert_faults, assert_problem, new_api
from tests.ha_app.objects import (
    UNKNOWN,
    new_gateway,
    new_interface,
    new_router,
    path_of,
    router_body,
    stored,
)

SEED = json.loads((Path(__file__).parents[1] / "seeds" / "ha_router.json").read_text())
PATH = "/v2.0/ha_routers"


def test_the_seeds_router_comes_out_as_in_the_seed_to_the_byte(operator: Api) -> None:
    # When the seed's body is posted as the seed does, by a tool that calls it a form
    posted = operator.post(PATH, SEED["posted"], content_type="application/x-www-form-urlencoded")

    # Then it is answered in PENDING_CREATE, and is ACTIVE once it is confirmed
    assert posted.status_code == 201, posted.content
    router_id = posted.json()["ha_router"]["id"]
    assert posted["Location"] == f"http://testserver{PATH}/{router_id}"
    expected = {"ha_router": SEED["shown"]["ha_router"] | {"id": router_id}}
    pending = {"ha_router": expected["ha_router"] | {"status": "PENDING_CREATE"}}
    assert posted.json() == pending
    assert operator.get(f"{PATH}/{router_id}").json() == pending
    sweep_pending()
    shown = operator.get(f"{PATH}/{router_id}")
    assert shown.content == json.dumps(expected, separators=(",", ":")).encode()


def test_defaults_of_a_router(operator: Api) -> None:
    body = router_body()

    answer = operator.post(PATH, body)

    assert answer.status_code == 201
    assert answer.json()["ha_router"] == {
        "available_gateways": 500,
        "description": "",
        "id": answer.json()["ha_router"]["id"],
        "maximum_gateways": 500,
        "name": "",
        "primary_router_id": body["primary_router_id"],
        "secondary_router_id": body["secondary_router_id"],
        "status": "PENDING_CREATE",
        "tenant_id": TENANT,
    }
    assert stored(HaRouter.objects.get()).version == 1


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("primary_router_id", "not a uuid"),
        ("primary_router_id", None),
        ("secondary_router_id", 5),
        ("name", 5),
        ("name", None),
        ("name", "x" * 256),
        ("description", ["x"]),
        ("maximum_gateways", -1),
        ("maximum_gateways", 2**31),
        ("maximum_gateways", "500"),
        ("maximum_gateways", True),
        ("maximum_gateways", 1.0),
        ("maximum_gateways", None),
        ("tenant_id", "0b57"),
        ("tenant_id", "0b576f6f4cbf414f829cd12f008bf08g"),
        ("tenant_id", None),
        ("id", UNKNOWN),
        ("status", "ACTIVE"),
        ("available_gateways", 5),
        ("colour", "red"),
    ],
)
def test_a_bad_field_is_named(operator: Api, field: str, value: Any) -> None:
    assert_faults(operator.post(PATH, {"ha_router": router_body() | {field: value}}), field)

    assert not HaRouter.objects.exists()


def test_every_fault_is_named_at_once(admin: Api) -> None:
    answer = admin.post(PATH, {"ha_router": {"maximum_gateways": -1, "colour": "red"}})

    assert_faults(
        answer,
        "primary_router_id",
        "secondary_router_id",
        "maximum_gateways",
        "colour",
        "tenant_id",
    )


def test_the_envelope_is_the_object_and_nothing_else(operator: Api) -> None:
    assert_faults(operator.post(PATH, {"ha_router": router_body(), "name": "x"}), "name")
    assert_faults(operator.post(PATH, {"ha_router": [1]}), "ha_router")
    assert_faults(operator.post(PATH, {"router": router_body()}), "router", *router_body())
    assert_problem(operator.post(PATH), 400, "validation_error")
    assert not HaRouter.objects.exists()


def test_largest_and_smallest_maximum(operator: Api) -> None:
    for maximum in (0, 2**31 - 1):
        answer = operator.post(PATH, router_body(maximum_gateways=maximum))
        assert answer.status_code == 201
        assert answer.json()["ha_router"]["available_gateways"] == maximum


@pytest.mark.parametrize("envelope", ['{"ha_router": %s}', "%s"])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_fault_is_at_the_member_however_it_was_found_and_wrapped(
    operator: Api, method: str, envelope: str
) -> None:
    path = PATH if method == "POST" else path_of(new_router())
    found_in_reading = '{"name": "a", "name": "b", "description": {"a": [NaN]}, "x": "\\u0000"}'
    found_in_checking = '{"description": 1, "maximum_gateways": -1, "colour": "red"}'

    read = operator.send(method, path, (envelope % found_in_reading).encode())
    checked = operator.send(method, path, (envelope % found_in_checking).encode())

    assert_faults(read, "name", "description.a[0]", "x")
    required = ("primary_router_id", "secondary_router_id") if method == "POST" else ()
    assert_faults(checked, "description", "maximum_gateways", "colour", *required)


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
@pytest.mark.parametrize("is_wrapped", [True, False])
def test_a_change_changes_the_given_fields_only(
    operator: Api, method: str, is_wrapped: bool
) -> None:
    router = new_router(name="edge", description="old", maximum_gateways=10)
    changes = {"maximum_gateways": 20}

    body = {"ha_router": changes} if is_wrapped else changes
    answer = operator.send(method, path_of(router), body)

    assert answer.status_code == 200
    shown = answer.json()["ha_router"]
    assert (shown["maximum_gateways"], shown["available_gateways"]) == (20, 20)
    assert (shown["name"], shown["description"]) == ("edge", "old")
    assert shown["status"] == "PENDING_UPDATE"
    assert shown == operator.get(path_of(router)).json()["ha_router"]
    assert stored(router).version == 2


@pytest.mark.parametrize(
    "field", ["id", "name", "primary_router_id", "status", "tenant_id", "available_gateways"]
)
def test_what_is_set_at_creation_cannot_be_changed(operator: Api, field: str) -> None:
    router = new_router()
    before = operator.get(path_of(router)).json()["ha_router"]

    assert_faults(operator.put(path_of(router), {"ha_router": {field: [before[field]]}}), field)

    assert operator.get(path_of(router)).json()["ha_router"] == before


def test_a_maximum_below_use_is_a_conflict_and_changes_nothing(operator: Api) -> None:
    router = new_router(maximum_gateways=5)
    new_interface(router)
    new_gateway(router)
    new_gateway(router)

    answer = operator.put(path_of(router), {"maximum_gateways": 1, "description": "new"})

    problem = assert_problem(answer, 409, "below_use")
    assert "2 are in use" in problem["detail"]
    router = stored(router)
    assert (router.maximum_gateways, router.available_gateways) == (5, 3)
    assert (router.description, router.status, router.version) == ("", Status.ACTIVE, 1)

    # And to what is in use it can be lowered
    answer = operator.put(path_of(router), {"maximum_gateways": 2})
    assert answer.json()["ha_router"]["available_gateways"] == 0


def test_an_edge_router_serves_one_ha_router_in_either_role(operator: Api) -> None:
    # Given an HA router of another tenant
    router = new_router(OTHER_TENANT)
    free = str(uuid4())

    # When one of its edge routers is asked for, in either role
    for taken in (router.primary_router_id, router.secondary_router_id):
        for body in (
            router_body(primary_router_id=str(taken), secondary_router_id=free),
            router_body(primary_router_id=free, secondary_router_id=str(taken)),
        ):
            problem = assert_problem(operator.post(PATH, body), 409, "edge_router_taken")
            assert str(taken) in problem["detail"]

    # Then there is still one, and the free one is free
    assert HaRouter.objects.get() == router
    assert operator.post(PATH, router_body(primary_router_id=free)).status_code == 201


def test_an_edge_router_is_never_both_of_an_ha_router(operator: Api) -> None:
    body = router_body(primary_router_id=str(uuid4()))
    body["secondary_router_id"] = body["primary_router_id"].upper()

    assert_problem(operator.post(PATH, body), 409, "edge_router_taken")

    assert not HaRouter.objects.exists()


def test_a_deleted_router_gives_its_edge_routers_back(operator: Api) -> None:
    router = new_router()

    answer = operator.delete(path_of(router))

    assert (answer.status_code, answer.content) == (204, b"")
    assert operator.get(path_of(router)).status_code == 404
    assert operator.get(f"{path_of(router)}/events").status_code == 404
    assert not EdgeRouterClaim.objects.exists()
    body = router_body(primary_router_id=str(router.secondary_router_id))
    assert operator.post(PATH, body).status_code == 201


def test_a_router_with_interfaces_is_not_deleted_and_they_are_named(operator: Api) -> None:
    router = new_router()
    interface = new_interface(router, name="north")
    hidden = new_interface(router, tenant_id=OTHER_TENANT)

    problem = assert_problem(operator.delete(path_of(router)), 409, "in_use")

    assert str(interface.pk) in problem["detail"]
    assert "north" in problem["detail"]
    assert "1 other" in problem["detail"]
    assert str(hidden.pk) not in problem["detail"]
    assert stored(router).status == Status.ACTIVE


def test_what_is_being_deleted_is_neither_changed_nor_deleted(operator: Api) -> None:
    router = new_router()
    HaRouter.objects.update(status=Status.PENDING_DELETE, marked_for_deletion=True)

    assert_problem(operator.put(path_of(router), {}), 409, "pending_delete")
    assert_problem(operator.delete(path_of(router)), 409, "pending_delete")
    body = {"ha_router_id": str(router.pk), "link_type": "uplink"}
    devices = {"primary_interface_id": str(uuid4()), "secondary_interface_id": str(uuid4())}
    assert_problem(operator.post("/v2.0/ha_interfaces", body | devices), 409, "pending_delete")
    assert stored(router).version == 1


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.PENDING_DELETE}))
def test_a_router_is_changed_and_deleted_in_every_other_status(operator: Api, status: str) -> None:
    router = new_router()
    HaRouter.objects.update(status=status)

    assert operator.put(path_of(router), {"description": "new"}).status_code == 200
    assert operator.delete(path_of(router)).status_code == 204


def test_a_path_without_an_object_is_not_found(operator: Api) -> None:
    for path in (f"{PATH}/{uuid4()}", f"{PATH}/1"):
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            body = {"description": "x"} if method in ("PUT", "PATCH") else b""
            assert_problem(operator.send(method, path, body), 404, "not_found")
        assert_problem(operator.get(f"{path}/events"), 404, "not_found")


def test_a_path_takes_no_other_method(operator: Api) -> None:
    answer = operator.send("DELETE", PATH)

    assert_problem(answer, 405, "method_not_allowed")
    assert set(answer["Allow"].split(", ")) >= {"GET", "POST"}


@pytest.mark.django_db
def test_viewers_read_and_do_not_write(viewer: Api) -> None:
    router = new_router()

    assert viewer.get(path_of(router)).status_code == 200
    assert_problem(viewer.post(PATH, router_body()), 403, "permission_denied")
    assert_problem(viewer.put(path_of(router), {}), 403, "permission_denied")
    assert_problem(viewer.delete(path_of(router)), 403, "permission_denied")
    assert HaRouter.objects.get() == router


# --- Tenants ---------------------------------------------------------------------------------


def test_an_object_is_of_the_tokens_tenant_whoever_names_it(operator: Api) -> None:
    for body in (router_body(), router_body(tenant_id=TENANT)):
        assert operator.post(PATH, body).json()["ha_router"]["tenant_id"] == TENANT


def test_naming_a_foreign_tenant_is_forbidden(operator: Api) -> None:
    tenant_admin = new_api(Role.ADMIN, TENANT)

    for api in (operator, tenant_admin):
        answer = api.post(PATH, router_body(tenant_id=OTHER_TENANT))
        assert_problem(answer, 403, "permission_denied")
    assert not HaRouter.objects.exists()


def test_an_admin_of_all_names_the_tenant(admin: Api) -> None:
    assert_faults(admin.post(PATH, router_body()), "tenant_id")

    answer = admin.post(PATH, router_body(tenant_id=OTHER_TENANT))
    assert answer.json()["ha_router"]["tenant_id"] == OTHER_TENANT


@pytest.mark.django_db
def test_an_operator_without_a_tenant_creates_nothing() -> None:
    api = new_api(Role.OPERATOR)

    assert_faults(api.post(PATH, router_body()), "tenant_id")
    assert_problem(api.post(PATH, router_body(tenant_id=TENANT)), 403, "permission_denied")


def test_another_tenants_router_is_as_if_it_did_not_exist(
    operator: Api, other_operator: Api, admin: Api
) -> None:
    router = new_router()

    unseen = assert_problem(other_operator.get(path_of(router)), 404, "not_found")
    assert unseen["detail"] == f"There is no HA router {router.pk}."
    assert_problem(other_operator.put(path_of(router), {}), 404, "not_found")
    assert_problem(other_operator.delete(path_of(router)), 404, "not_found")
    assert_problem(other_operator.get(f"{path_of(router)}/events"), 404, "not_found")
    assert other_operator.get(PATH).json() == {"ha_routers": []}
    assert admin.get(PATH).json() == operator.get(PATH).json()
    assert len(operator.get(PATH).json()["ha_routers"]) == 1


def test_a_tenant_in_upper_case_is_the_same_tenant(operator: Api) -> None:
    answer = operator.post("/v2.0/ha_routers", router_body(tenant_id=TENANT.upper()))
    assert answer.status_code == 201
    assert answer.json()["ha_router"]["tenant_id"] == TENANT
