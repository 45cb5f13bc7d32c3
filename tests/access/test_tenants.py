"""Roles, and tenants to whom the others' objects do not exist (contract: http.md)."""

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest

from gatekeeper_site.access.models import Role
from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord
from requests_app.models import Request
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    assert_faults,
    assert_problem,
    every_endpoint,
    instantiated,
    new_api,
    nsd,
    onboarded_service,
    submitted,
    vnfd,
)

pytestmark = pytest.mark.django_db


class Foreign:
    """One of everything, of OTHER_TENANT."""

    def __init__(self) -> None:
        self.service: ServiceDescriptor = onboarded_service(OTHER_TENANT)
        self.function = self.service.functions.get()
        self.record: ServiceRecord = instantiated(self.service, OTHER_TENANT)
        self.function_record: FunctionRecord = self.record.functions.get()
        self.request: Request = submitted(self.service, OTHER_TENANT)


@pytest.fixture
def foreign() -> Foreign:
    """One of everything, of OTHER_TENANT."""
    return Foreign()


# Those that the server would make up differ from call to call.
SAME_IDS = {
    "X-Request-ID": "same",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}


def without_id(response: Any, object_id: UUID | str) -> Any:
    """Return status and body of an answer, with the id that was asked for taken out."""
    return response.status_code, json.loads(response.content.decode().replace(str(object_id), "ID"))


def headers_of(response: Any) -> dict[str, str]:
    """Return the headers of an answer, but those that differ from call to call."""
    return {
        name: value
        for name, value in response.headers.items()
        if name not in ("X-Request-ID", "traceparent")
    }


# Roles


def test_a_viewer_reads_and_may_do_nothing_else(
    viewer: Api, demo: ServiceDescriptor, row_counts: Callable[[], dict[str, int]]
) -> None:
    request = submitted(demo)
    before = row_counts()
    for method, path in every_endpoint(str(request.pk)):
        response = viewer.send(method, path, {"service_uuid": str(demo.pk)})
        if method == "GET":
            is_there = str(request.pk) not in path or path.startswith(f"/requests/{request.pk}")
            # A case is of a request in ERROR.
            is_there = is_there and not path.endswith("/case")
            assert response.status_code == (200 if is_there else 404), path
        else:
            problem = assert_problem(response, 403, "permission_denied")
            assert problem["detail"] == "Your role does not allow this."
    assert row_counts() == before


def test_an_operator_creates_changes_and_deletes_in_his_tenant(operator: Api) -> None:
    assert operator.post("/functions", vnfd()).status_code == 201
    service = operator.post("/services", nsd()).json()
    request = operator.post("/requests", {"service_uuid": service["uuid"]}).json()
    assert operator.post(f"/requests/{request['id']}/cancel").status_code == 200
    assert operator.delete(f"/services/{service['uuid']}").status_code == 204

    assert Request.objects.get().tenant_id == TENANT


def test_an_admin_sees_and_changes_what_is_of_every_tenant(
    admin: Api, demo: ServiceDescriptor, foreign: Foreign
) -> None:
    own = submitted(demo, "")

    listed = {row["id"] for row in admin.get("/requests").json()}

    assert {str(own.pk), str(foreign.request.pk)} <= listed
    assert admin.get(f"/records/services/{foreign.record.pk}").status_code == 200
    assert admin.post(f"/requests/{foreign.request.pk}/cancel").status_code == 200
    foreign.request.refresh_from_db()
    assert (foreign.request.status, foreign.request.tenant_id) == ("ERROR", OTHER_TENANT)


def test_an_admin_of_a_tenant_is_an_admin_of_all(foreign: Foreign) -> None:
    admin = new_api(Role.ADMIN, TENANT)

    assert admin.get(f"/requests/{foreign.request.pk}").status_code == 200
    assert admin.post("/functions", vnfd()).status_code == 201


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_a_token_of_no_tenant_sees_all_tenants_only_if_it_is_an_admins(
    role: str, demo: ServiceDescriptor, foreign: Foreign
) -> None:
    own = submitted(demo, "")
    api = new_api(role)

    assert [row["id"] for row in api.get("/requests").json()] == [str(own.pk)]
    assert api.get(f"/requests/{foreign.request.pk}").status_code == 404
    assert [row["uuid"] for row in api.get("/services").json()] == [str(demo.pk)]


# Tenants


def test_a_request_is_of_its_callers_tenant_and_records_are_of_their_requests(
    operator: Api, demo: ServiceDescriptor
) -> None:
    operator.post("/requests", {"service_uuid": str(demo.pk)})
    assert Request.objects.get().tenant_id == TENANT

    record = instantiated(demo, TENANT)
    assert record.tenant_id == TENANT
    assert set(record.functions.values_list("tenant_id", flat=True)) == {TENANT}


def test_foreign_objects_are_absent_from_lists_and_their_counts(
    operator: Api, other_operator: Api, foreign: Foreign
) -> None:
    for path in ("/requests", "/services", "/functions", "/records/services", "/records/functions"):
        response = operator.get(path)
        assert (response.json(), response["Record-Count"]) == ([], "0"), path
        assert other_operator.get(path)["Record-Count"] != "0", path


def test_no_filter_finds_a_foreign_object(operator: Api, foreign: Foreign) -> None:
    for path in (
        f"/requests?service_uuid={foreign.service.pk}",
        f"/requests?service_instance_uuid={foreign.record.pk}",
        f"/records/services?vnfr_id={foreign.function_record.pk}",
        f"/records/services?descriptor_reference={foreign.service.pk}",
        "/services?vendor=example",
    ):
        assert operator.get(path).json() == [], path


def test_a_foreign_object_in_a_path_is_as_one_that_there_is_not(
    operator: Api, foreign: Foreign, row_counts: Callable[[], dict[str, int]]
) -> None:
    ids = {
        "/requests": foreign.request.pk,
        "/services": foreign.service.pk,
        "/functions": foreign.function.pk,
        "/records/services": foreign.record.pk,
        "/records/functions": foreign.function_record.pk,
    }
    body = {"nsd_id": str(foreign.service.pk), "latest_nsd_id": "1.0"}
    before = row_counts()
    for prefix, foreign_id in ids.items():
        absent_id = uuid4()
        for method, path in every_endpoint(str(foreign_id)):
            if not path.startswith(f"{prefix}/{foreign_id}"):
                continue
            sent = body if method == "PUT" else b""
            absent_path = path.replace(str(foreign_id), str(absent_id))
            there = operator.send(method, path, sent, **SAME_IDS)
            absent = operator.send(method, absent_path, sent, **SAME_IDS)
            assert_problem(there, 404, "not_found")
            assert without_id(there, foreign_id) == without_id(absent, absent_id), (method, path)
            assert headers_of(there) == headers_of(absent)
    assert row_counts() == before
    foreign.request.refresh_from_db()
    assert foreign.request.status == "NEW"


def test_a_foreign_id_in_a_body_is_the_same_400_as_an_unknown_one(
    operator: Api, demo: ServiceDescriptor, foreign: Foreign
) -> None:
    own_record = instantiated(demo, TENANT)
    update = {"request_type": "UPDATE", "nsd_id": str(demo.pk), "latest_nsd_id": "0.1"}
    cases: list[tuple[str, dict[str, str], UUID]] = [
        ("service_uuid", {}, foreign.service.pk),
        ("service_instance_uuid", {"request_type": "TERMINATE"}, foreign.record.pk),
        ("service_instance_uuid", update, foreign.record.pk),
        (
            "latest_nsd_id",
            update | {"service_instance_uuid": str(own_record.pk)},
            foreign.service.pk,
        ),
    ]
    for field, order, foreign_id in cases:
        unknown_id = uuid4()
        there = operator.post("/requests", order | {field: str(foreign_id)})
        unknown = operator.post("/requests", order | {field: str(unknown_id)})
        assert_faults(there, field)
        assert without_id(there, foreign_id) == without_id(unknown, unknown_id)


def test_a_service_is_not_made_of_a_foreign_function(operator: Api, foreign: Foreign) -> None:
    there = operator.post("/services", nsd())
    unknown = operator.post("/services", nsd(name="other"))

    assert_faults(there, "network_functions[0]")
    assert json.loads(there.content)["errors"] == json.loads(unknown.content)["errors"]


def test_tenants_may_have_descriptors_of_one_name(operator: Api, foreign: Foreign) -> None:
    function = operator.post("/functions", vnfd())
    service = operator.post("/services", nsd())

    assert (function.status_code, service.status_code) == (201, 201)
    stored = ServiceDescriptor.objects.get(pk=service.json()["uuid"])
    assert [str(used.pk) for used in stored.functions.all()] == [function.json()["uuid"]]


# What belongs to no tenant


def test_descriptors_of_no_tenant_are_everybodys_to_read(
    viewer: Api, other_operator: Api, demo: ServiceDescriptor
) -> None:
    for api in (viewer, other_operator, new_api(Role.VIEWER)):
        assert api.get(f"/services/{demo.pk}").status_code == 200
        assert [row["uuid"] for row in api.get("/services").json()] == [str(demo.pk)]
        assert len(api.get("/functions").json()) == 2


def test_descriptors_of_no_tenant_are_admins_to_write(
    operator: Api, admin: Api, demo: ServiceDescriptor
) -> None:
    assert_problem(operator.delete(f"/services/{demo.pk}"), 403, "permission_denied")
    without_tenant = new_api(Role.OPERATOR)
    assert_problem(without_tenant.post("/functions", vnfd()), 403, "permission_denied")
    assert ServiceDescriptor.objects.filter(pk=demo.pk).exists()

    assert admin.delete(f"/services/{demo.pk}").status_code == 204
    stored = admin.post("/functions", vnfd())
    assert stored.status_code == 201
    assert operator.get(f"/functions/{stored.json()['uuid']}").status_code == 200


def test_requests_and_records_of_no_tenant_are_not_everybodys(
    operator: Api, demo: ServiceDescriptor
) -> None:
    record = instantiated(demo, "")
    request = Request.objects.get()

    assert operator.get("/requests").json() == []
    assert operator.get(f"/requests/{request.pk}").status_code == 404
    assert operator.get(f"/records/services/{record.pk}").status_code == 404


def test_a_tenants_own_function_comes_before_the_shared_one_of_its_name(operator: Api) -> None:
    shared = new_api(Role.ADMIN).post("/functions", vnfd()).json()
    own = operator.post("/functions", vnfd()).json()

    service = operator.post("/services", nsd()).json()

    stored = ServiceDescriptor.objects.get(pk=service["uuid"])
    assert str(stored.functions.get().pk) == own["uuid"] != shared["uuid"]
