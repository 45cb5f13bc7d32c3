"""/services and /functions (contract: requests-and-records.md, Descriptors)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import pytest
import yaml
from django.core.management import call_command
from django.db import connection

from gatekeeper_site.access.models import Role
from records_app.models import FunctionDescriptor, NetworkFunction, ServiceDescriptor
from records_app.services import delete_descriptor, demo, onboard_function, onboard_service
from requests_app.models import Request
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    assert_faults,
    assert_problem,
    instantiated,
    new_api,
    nsd,
    onboarded_function,
    onboarded_service,
    submitted,
    vnfd,
)

pytestmark = pytest.mark.django_db

DEMO_FILES = {name: (demo.DEMO / name).read_bytes() for name in demo.FUNCTIONS}
DEMO_NSD = (demo.DEMO / "nsd.yml").read_bytes()


# Onboarding


def test_a_function_is_onboarded_and_read_back(operator: Api) -> None:
    document = vnfd(description="Lets some through.", author="A. Uthor")

    response = operator.post("/functions", document)

    assert response.status_code == 201
    printed = response.json()
    assert list(printed) == ["uuid", "created_at", "updated_at", "status", "format", "vnfd"]
    assert UUID(printed["uuid"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", printed["created_at"])
    assert printed["updated_at"] == printed["created_at"]
    assert (printed["status"], printed["vnfd"]) == ("active", document)
    assert response["Location"] == f"http://testserver/functions/{printed['uuid']}"
    assert operator.get(response["Location"]).json() == printed
    assert operator.get("/functions").json() == [printed]
    assert FunctionDescriptor.objects.get().tenant_id == TENANT


def test_a_service_is_onboarded_and_read_back(operator: Api) -> None:
    function = onboarded_function()
    document = nsd(description="Protected.", forwarding_graphs=[{"fg_id": "fg01"}])

    response = operator.post("/services", document)

    assert response.status_code == 201
    printed = response.json()
    assert list(printed) == ["uuid", "created_at", "updated_at", "status", "format", "nsd"]
    assert (printed["status"], printed["nsd"]) == ("active", document)
    assert response["Location"] == f"http://testserver/services/{printed['uuid']}"
    assert operator.get(response["Location"]).json() == printed
    assert operator.get("/services").json() == [printed]
    used = NetworkFunction.objects.get()
    assert (used.function, used.vnf_id, used.position) == (function, "vnf_firewall", 0)


@pytest.mark.parametrize(
    "content_type",
    ["", "application/x-www-form-urlencoded", "application/json", "application/yaml", "text/plain"],
)
def test_the_demos_files_are_onboarded_as_yaml_whatever_the_content_type(
    operator: Api, content_type: str
) -> None:
    for body in DEMO_FILES.values():
        response = operator.post("/functions", body, content_type=content_type)
        assert response.status_code == 201, response.content
        assert response.json()["vnfd"] == yaml.safe_load(body)
    response = operator.post("/services", DEMO_NSD, content_type=content_type)
    assert response.status_code == 201, response.content
    assert response.json()["nsd"] == yaml.safe_load(DEMO_NSD)


def test_the_demo_is_the_seeds_service(demo: ServiceDescriptor, viewer: Api) -> None:
    (service,) = viewer.get("/services").json()
    functions = {row["vnfd"]["name"]: row["vnfd"] for row in viewer.get("/functions").json()}

    assert service["uuid"] == "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"
    names = [function["vnf_name"] for function in service["nsd"]["network_functions"]]
    assert sorted(names) == ["vbar-vnf", "vfoo-vnf"]
    assert [graph["fg_id"] for graph in service["nsd"]["forwarding_graphs"]] == ["fg01"]
    units = {name: len(row["virtual_deployment_units"]) for name, row in functions.items()}
    assert units == {"vfoo-vnf": 2, "vbar-vnf": 1}


@pytest.fixture
def earlier_demo(db: None) -> ServiceDescriptor:
    """The demo as earlier versions have loaded it: the functions had shorter names."""
    for name, descriptor_id in demo.FUNCTIONS.items():
        document = demo.read(name)
        document["name"] = document["name"].removesuffix("-vnf")
        onboard_function(document=document, tenant_id="", descriptor_id=descriptor_id)
    document = demo.read("nsd.yml")
    for member in document["network_functions"]:
        member["vnf_name"] = member["vnf_name"].removesuffix("-vnf")
    return onboard_service(document=document, tenant_id="", descriptor_id=demo.SERVICE)


def test_the_demo_of_an_earlier_version_stays_as_it_is(
    earlier_demo: ServiceDescriptor, row_counts: Callable[[], dict[str, int]]
) -> None:
    before = row_counts()

    call_command("load_demo")

    assert row_counts() == before
    earlier_demo.refresh_from_db()
    names = [each["vnf_name"] for each in earlier_demo.document["network_functions"]]
    assert names == ["vfoo", "vbar"]


def test_the_demos_service_is_loaded_again_beside_functions_of_an_earlier_version(
    earlier_demo: ServiceDescriptor, viewer: Api
) -> None:
    delete_descriptor(descriptor=earlier_demo)

    for _ in range(2):
        call_command("load_demo")

    (service,) = viewer.get("/services").json()
    assert service["uuid"] == "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"
    names = sorted(row["vnfd"]["name"] for row in viewer.get("/functions").json())
    assert names == ["vbar", "vbar-vnf", "vfoo", "vfoo-vnf"]


def test_members_that_the_schema_does_not_name_are_kept_as_given(operator: Api) -> None:
    extra = {
        "x": [None, True, 1, -1.5, 1e-300, 2**64 - 1, -(2**63), "", 'ünï 😀 \\ " \n', {}, []],
        "": {"": ""},
        "uuid": "mine",
        "status": "mine",
        "csrfmiddlewaretoken": "mine",
    }

    printed = operator.post("/functions", vnfd(**extra)).json()

    assert printed["vnfd"] == vnfd(**extra)
    assert (printed["uuid"], printed["status"]) != ("mine", "mine")
    assert FunctionDescriptor.objects.get().tenant_id == TENANT


def test_64_levels_are_kept_and_65_refused(operator: Api) -> None:
    def deep(levels: int) -> Any:
        value: Any = []
        for _ in range(levels - 2):
            value = [value]
        return value

    assert operator.post("/functions", vnfd(x=deep(64))).status_code == 201
    path = "x" + "[0]" * 63
    assert_faults(operator.post("/functions", vnfd(name="other", x=deep(65))), path)
    as_yaml = yaml.safe_dump(vnfd(name="other", x=deep(65)), default_flow_style=True)
    assert_faults(operator.post("/functions", as_yaml.encode()), "")
    assert FunctionDescriptor.objects.count() == 1


# Lists


def test_descriptors_are_filtered_by_the_status_that_they_show(operator: Api) -> None:
    onboarded_service()

    for path in ("/services", "/functions"):
        assert operator.get(f"{path}?status=active").json() == operator.get(path).json() != []
        faults = assert_faults(operator.get(f"{path}?status=inactive"), "status")
        assert faults["status"] == "'inactive' is not one of: active."


def test_members_of_a_descriptor_are_fields_beside_its_uuid(operator: Api) -> None:
    onboarded_service(author="A. Uthor", status="mine", **{"x-team": "core"})
    onboarded_service(name="plain")

    # What SONATA's portal sends.
    rows = operator.get("/services?status=active&fields=uuid,name,vendor,version,author").json()
    full = {row["nsd"]["name"]: row["uuid"] for row in operator.get("/services").json()}
    key = {"vendor": "example", "version": "1.0"}
    assert rows == [
        {"uuid": full["plain"], "name": "plain", **key},
        {"uuid": full["protected"], "name": "protected", **key, "author": "A. Uthor"},
    ]
    path = f"/services/{full['protected']}"
    # Its own status is another than ours.
    assert operator.get(f"{path}?fields=status,name").json() == {
        "status": "active",
        "name": "protected",
    }
    assert operator.get(f"{path}?fields=nsd,name").json()["nsd"]["status"] == "mine"
    function = operator.get("/functions?fields=virtual_deployment_units").json()
    assert function == [{"virtual_deployment_units": vnfd()["virtual_deployment_units"]}]
    for unknown in ("/services?fields=nmae", f"{path}?fields=nmae", "/services?fields=name%00"):
        assert_faults(operator.get(unknown), "fields")


@pytest.mark.parametrize("name", ["x-team", "größe", "a.b", "😀", "%s", "$", "[0]", "back\\slash"])
def test_whatever_member_a_visible_descriptor_has_is_a_field(
    operator: Api, other_operator: Api, name: str
) -> None:
    document = onboarded_service(**{name: {"of": ["mine"]}}).document
    plain = onboarded_service(name="plain").pk
    query = urlencode({"fields": f"name,{name}"})

    assert operator.get(f"/services?{query}").json() == [
        {"name": "plain"},
        {"name": document["name"], name: {"of": ["mine"]}},
    ]
    assert operator.get(f"/services/{plain}?{query}").json() == {"name": "plain"}
    # Of a member of other tenants' descriptors nobody learns.
    faults = assert_faults(other_operator.get(f"/services?{query}"), "fields")
    assert faults["fields"].startswith(f"'{name}' is not one of: uuid, ")
    assert_faults(operator.get(f"/functions?{query}"), "fields")


def test_a_function_of_containers_is_instantiated(operator: Api) -> None:
    container = {"id": "cdu01", "image": "example/web", "connection_points": [{"id": "http"}]}
    document = vnfd(
        descriptor_schema="https://schemas.example/vnfd-schema.yml",
        cloudnative_deployment_units=[container],
    )
    for member in ("descriptor_version", "virtual_deployment_units"):
        del document[member]
    assert operator.post("/functions", document).status_code == 201
    service = ServiceDescriptor.objects.get(pk=operator.post("/services", nsd()).json()["uuid"])

    instantiated(service)

    (record,) = operator.get("/records/functions").json()
    assert record["status"] == "normal operation"
    assert record["virtual_deployment_units"] == []
    (unit,) = record["cloudnative_deployment_units"]
    assert (unit["cdu_reference"], unit["image"]) == ("firewall:cdu01", "example/web")
    assert unit["connection_points"] == [{"id": "http"}]


# Faults


def test_a_descriptor_with_many_faults_has_them_all_each_with_its_path(
    operator: Api, row_counts: Callable[[], dict[str, int]]
) -> None:
    document = vnfd(version="one", virtual_links="none")
    del document["vendor"]
    unit = document["virtual_deployment_units"][0]
    unit["resource_requirements"]["cpu"]["vcpus"] = 0
    del unit["resource_requirements"]["memory"]
    before = row_counts()

    response = operator.post("/functions", document)

    path = "virtual_deployment_units[0].resource_requirements"
    faults = assert_faults(
        response, "vendor", "version", "virtual_links", f"{path}.cpu.vcpus", f"{path}.memory"
    )
    assert faults["vendor"] == "is required"
    assert row_counts() == before


def test_faults_of_a_services_shape_come_with_its_unknown_functions(operator: Api) -> None:
    document = nsd(version=1)
    first = document["network_functions"][0]
    document["network_functions"] += [first | {"vnf_name": "router"}, {"vnf_id": "x"}]
    onboarded_function()

    response = operator.post("/services", document)

    faults = assert_faults(
        response,
        "version",
        "network_functions[1]",
        "network_functions[1].vnf_id",
        "network_functions[2].vnf_vendor",
        "network_functions[2].vnf_name",
        "network_functions[2].vnf_version",
    )
    assert "router" in faults["network_functions[1]"]
    assert not ServiceDescriptor.objects.exists()


@pytest.mark.parametrize("key", ["vnf_vendor", "vnf_name", "vnf_version"])
def test_every_network_function_must_be_onboarded(operator: Api, key: str) -> None:
    onboarded_function()
    document = nsd()
    document["network_functions"][0][key] = "9.9"

    assert_faults(operator.post("/services", document), "network_functions[0]")
    assert not ServiceDescriptor.objects.exists()


@pytest.mark.parametrize("path", ["/functions", "/services"])
def test_an_empty_object_names_every_required_member(operator: Api, path: str) -> None:
    last = "virtual_deployment_units" if path == "/functions" else "network_functions"

    response = operator.post(path, {})

    assert_faults(response, "descriptor_version", "vendor", "name", "version", last)


# One of a vendor, name and version


def test_vendor_name_and_version_are_unique(
    operator: Api, row_counts: Callable[[], dict[str, int]]
) -> None:
    assert operator.post("/functions", vnfd()).status_code == 201
    assert operator.post("/services", nsd()).status_code == 201
    before = row_counts()

    again = vnfd(description="another", author="somebody")
    problem = assert_problem(operator.post("/functions", again), 409, "descriptor_exists")
    assert "example firewall 1.0" in problem["detail"]
    assert_problem(operator.post("/services", nsd()), 409, "descriptor_exists")

    assert row_counts() == before
    assert "author" not in FunctionDescriptor.objects.get().document
    for other in (vnfd(version="1.1"), vnfd(name="router"), vnfd(vendor="Example")):
        assert operator.post("/functions", other).status_code == 201


def test_a_service_and_a_function_may_share_a_name(operator: Api) -> None:
    assert operator.post("/functions", vnfd()).status_code == 201
    assert operator.post("/services", nsd(name="firewall")).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_of_the_same_descriptor_sent_at_once_one_is_stored() -> None:
    api = new_api(Role.OPERATOR, TENANT)

    def post(_: int) -> int:
        status: int = Api(api.token).post("/functions", vnfd()).status_code
        connection.close()
        return status

    with ThreadPoolExecutor(5) as pool:
        statuses = sorted(pool.map(post, range(5)))

    assert statuses == [201, 409, 409, 409, 409]
    assert FunctionDescriptor.objects.count() == 1


# Deletion


def test_a_descriptor_that_nothing_refers_to_is_deleted(operator: Api) -> None:
    service = onboarded_service()
    function = service.functions.get()

    response = operator.delete(f"/services/{service.pk}")

    assert (response.status_code, response.content) == (204, b"")
    assert operator.get(f"/services/{service.pk}").status_code == 404
    assert operator.delete(f"/services/{service.pk}").status_code == 404
    assert operator.delete(f"/functions/{function.pk}").status_code == 204
    assert not FunctionDescriptor.objects.exists()


def test_a_function_of_a_service_is_in_use(operator: Api) -> None:
    service = onboarded_service()
    function = service.functions.get()

    problem = assert_problem(operator.delete(f"/functions/{function.pk}"), 409, "in_use")

    assert "example protected 1.0" in problem["detail"]
    assert NetworkFunction.objects.get().function == function


def test_a_service_of_an_open_request_is_in_use_until_that_is_finished(operator: Api) -> None:
    service = onboarded_service()
    request = submitted(service)

    problem = assert_problem(operator.delete(f"/services/{service.pk}"), 409, "in_use")
    assert str(request.pk) in problem["detail"]

    assert operator.post(f"/requests/{request.pk}/cancel").status_code == 200
    assert operator.delete(f"/services/{service.pk}").status_code == 204
    assert operator.get(f"/requests/{request.pk}").json()["service_uuid"] == str(service.pk)
    assert_problem(operator.post(f"/requests/{request.pk}/retry"), 409, "not_retryable")


def test_descriptors_of_records_are_in_use(operator: Api) -> None:
    service = onboarded_service()
    record = instantiated(service)
    function = service.functions.get()

    problem = assert_problem(operator.delete(f"/services/{service.pk}"), 409, "in_use")
    assert str(record.pk) in problem["detail"]
    assert_problem(operator.delete(f"/functions/{function.pk}"), 409, "in_use")

    assert ServiceDescriptor.objects.get() == service
    assert Request.objects.get().status == "READY"


def test_descriptors_are_not_changed_in_place(operator: Api) -> None:
    service = onboarded_service()

    for method in ("PUT", "PATCH"):
        response = operator.send(method, f"/services/{service.pk}", nsd(version="2.0"))
        assert_problem(response, 405, "method_not_allowed")

    service.refresh_from_db()
    assert service.version == "1.0"


# Whose a descriptor is


def test_an_admin_of_all_tenants_may_name_the_descriptors_tenant(
    admin: Api, operator: Api, other_operator: Api
) -> None:
    document = vnfd(tenant_id=TENANT)

    response = admin.post("/functions", document)

    assert response.status_code == 201
    assert response.json()["vnfd"] == document
    assert FunctionDescriptor.objects.get().tenant_id == TENANT
    assert operator.get(response["Location"]).status_code == 200
    assert other_operator.get(response["Location"]).status_code == 404


def test_nobody_names_a_foreign_tenant(operator: Api) -> None:
    foreign = operator.post("/functions", vnfd(tenant_id=OTHER_TENANT))
    malformed = operator.post("/functions", vnfd(tenant_id="mine"))

    assert_problem(foreign, 403, "permission_denied")
    assert_faults(malformed, "tenant_id")
    assert not FunctionDescriptor.objects.exists()
    assert operator.post("/functions", vnfd(tenant_id=TENANT)).status_code == 201
