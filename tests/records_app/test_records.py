"""Service and function records: their shape, to the byte, and how they are found."""

import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from gatekeeper_site.core.clock import iso_offset, iso_z
from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord
from requests_app.models import Request
from tests.fixtures import (
    DEMO_SERVICE,
    Api,
    assert_faults,
    assert_problem,
    instantiated,
    onboarded_service,
    submitted,
)
from tests.requests_app.orders import functions_of, made_ready, nsr, ordered, says, vnfr

SEEDS = Path(__file__).parents[1] / "seeds"
VARYING = {
    "uuid",
    "created_at",
    "updated_at",
    "vnfr_id",
    "address",
    "hardware_address",
    "vc_id",
}


@pytest.fixture
def instance(db: None) -> ServiceRecord:
    return made_ready(submitted(onboarded_service()))


def seed(name: str) -> Any:
    return json.loads((SEEDS / f"{name}.json").read_text())


def as_any_run(value: Any) -> Any:
    """Return a value with what varies from run to run replaced by the form that it has."""
    if isinstance(value, list):
        return [as_any_run(each) for each in value]
    if isinstance(value, dict):
        return {
            name: re.sub(r"[0-9a-f]+", "#", each) if name in VARYING else as_any_run(each)
            for name, each in value.items()
        }
    return value


def test_the_demos_records_are_the_seeds(operator: Api, demo: ServiceDescriptor) -> None:
    instance = instantiated(demo)

    services = operator.get("/records/services").json()
    functions = operator.get("/records/functions").json()

    assert as_any_run(services) == as_any_run(seed("records_services"))
    order = {record["descriptor_reference"]: record for record in functions}
    expected = seed("records_functions")
    assert [as_any_run(order[each["descriptor_reference"]]) for each in expected] == as_any_run(
        expected
    )
    assert len(functions) == len(expected)
    assert services[0]["uuid"] == str(instance.pk)
    assert services[0]["created_at"] == iso_offset(instance.created_at)
    assert services[0]["descriptor_reference"] == str(DEMO_SERVICE)
    assert {each["vnfr_id"] for each in services[0]["network_functions"]} == {
        each["uuid"] for each in functions
    }


def test_one_record_is_as_in_the_list(operator: Api, demo: ServiceDescriptor) -> None:
    instantiated(demo)

    for kind, number in (("services", 1), ("functions", 2)):
        records = operator.get(f"/records/{kind}").json()
        assert len(records) == number
        for record in records:
            assert operator.get(f"/records/{kind}/{record['uuid']}").json() == record


@pytest.mark.parametrize("value", ["left out", None])
def test_members_that_the_mano_has_not_sent_are_empty_lists(
    operator: Api, db: None, value: str | None
) -> None:
    given = {} if value else dict.fromkeys(["network_functions", "virtual_links"], None)
    request = submitted(onboarded_service())

    says(request, "READY", nsr=nsr(UUID(int=1), **given), vnfrs=[vnfr(UUID(int=2), **given)])

    service = operator.get(f"/records/services/{UUID(int=1)}").json()
    function = operator.get(f"/records/functions/{UUID(int=2)}").json()
    common = {"status": "normal operation", "virtual_links": []}
    assert service == common | {
        "uuid": str(UUID(int=1)),
        "created_at": service["created_at"],
        "updated_at": service["created_at"],
        "version": "1",
        "descriptor_reference": str(request.service_uuid),
        "descriptor_version": "nsr-schema-01",
        "network_functions": [],
        "forwarding_graphs": [],
    }
    function.pop("network_functions", None)
    assert function == common | {
        "uuid": str(UUID(int=2)),
        "created_at": service["created_at"],
        "updated_at": service["created_at"],
        "version": "2",
        "descriptor_reference": None,
        "descriptor_version": "vnfr-schema-01",
        "virtual_deployment_units": [],
    }


def test_a_descriptor_prints_its_times_as_requests_do(
    operator: Api, demo: ServiceDescriptor
) -> None:
    shown = operator.get(f"/services/{demo.pk}").json()

    assert shown == {
        "uuid": str(demo.pk),
        "created_at": iso_z(demo.created_at),
        "updated_at": iso_z(demo.created_at),
        "status": "active",
        "format": "sonata",
        "nsd": demo.document,
    }


def test_service_records_are_filtered(operator: Api, instance: ServiceRecord) -> None:
    # Given three instances: running, updating, terminated
    descriptor = instance.descriptor
    assert descriptor is not None
    updating = made_ready(submitted(descriptor))
    newer = onboarded_service(version="2.0")
    says(ordered("UPDATE", updating, latest_nsd_id="2.0"), "UPDATING")
    ended = made_ready(submitted(newer))
    says(ordered("TERMINATE", ended), "READY")
    functions = [str(each[0]) for each in functions_of(instance)]
    foreign = str(functions_of(ended)[0][0])

    def found(query: str) -> set[UUID]:
        answer = operator.get(f"/records/services?{query}")
        assert answer.status_code == 200
        assert answer["Record-Count"] == str(len(answer.json()))
        return {UUID(record["uuid"]) for record in answer.json()}

    # Then each is found by what it is
    assert found("status=normal operation") == {instance.pk}
    assert found("status=updating&status=terminated") == {updating.pk, ended.pk}
    assert found("status=failed") == set()
    assert found(f"descriptor_reference={newer.pk}") == {ended.pk}
    assert found(f"vnfr_id={functions[0]}") == {instance.pk}
    assert found(f"vnfr_id={functions[0]}&status=terminated") == set()
    assert found(f"vnfr_id={functions[0]}&vnfr_id={foreign}") == {instance.pk, ended.pk}
    ended.refresh_from_db()
    moment = iso_z(ended.updated_at)
    assert ended.pk in found(f"updated_at={moment}")
    assert ended.pk in found(f"updated_at__gte={moment}")
    assert ended.pk not in found(f"updated_at__gt={moment}")
    assert instance.pk in found(f"created_at={iso_offset(instance.created_at)}")


def test_an_instance_is_listed_once_however_many_of_its_functions_match(
    operator: Api, instance: ServiceRecord
) -> None:
    first, second = (each[0] for each in functions_of(instance))

    answer = operator.get(f"/records/services?vnfr_id={first}&vnfr_id={second}")

    assert [record["uuid"] for record in answer.json()] == [str(instance.pk)]
    assert answer["Record-Count"] == "1"


def test_function_records_are_filtered(operator: Api, demo: ServiceDescriptor) -> None:
    instantiated(demo)
    vfoo = FunctionRecord.objects.get(body__virtual_deployment_units__0__id="vdu01", **first(demo))

    answer = operator.get(f"/records/functions?descriptor_reference={vfoo.descriptor_reference}")

    assert [record["uuid"] for record in answer.json()] == [str(vfoo.pk)]
    assert operator.get("/records/functions?status=terminated").json() == []


def first(demo: ServiceDescriptor) -> dict[str, UUID]:
    return {"descriptor_reference": demo.network_functions.all()[0].function_id}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/records/services?status=fine", "status"),
        ("/records/services?vnfr_id=7", "vnfr_id"),
        ("/records/functions?vnfr_id=11111111-1111-4111-8111-111111111111", "vnfr_id"),
        ("/records/services?descriptor_reference=x", "descriptor_reference"),
        ("/records/functions?updated_at__lte=soon", "updated_at__lte"),
    ],
)
def test_a_filter_without_sense_is_told(operator: Api, path: str, field: str) -> None:
    assert_faults(operator.get(path), field)


def test_records_of_another_tenant_do_not_exist(
    operator: Api, other_operator: Api, instance: ServiceRecord
) -> None:
    function_id = functions_of(instance)[0][0]

    for path in (f"/records/services/{instance.pk}", f"/records/functions/{function_id}"):
        assert operator.get(path).status_code == 200
        assert_problem(other_operator.get(path), 404, "not_found")
    assert other_operator.get("/records/services").json() == []
    assert other_operator.get("/records/functions").json() == []


def test_records_can_be_neither_made_nor_deleted(admin: Api, instance: ServiceRecord) -> None:
    path = f"/records/services/{instance.pk}"

    for answer in (
        admin.post("/records/services", {}),
        admin.delete(path),
        admin.send("PATCH", path, {}),
        admin.put(f"/records/functions/{functions_of(instance)[0][0]}", {}),
    ):
        assert_problem(answer, 405, "method_not_allowed")
        assert answer["Allow"]


def test_terminating_shows_as_a_request_in_progress(operator: Api, instance: ServiceRecord) -> None:
    query = f"/requests?service_instance_uuid={instance.pk}&state=IN_PROGRESS"
    terminate = ordered("TERMINATE", instance)
    assert operator.get(query).json() == []

    says(terminate, "TERMINATING")

    assert [each["id"] for each in operator.get(query).json()] == [str(terminate.pk)]
    says(terminate, "READY")
    assert operator.get(query).json() == []
    assert Request.objects.get(pk=terminate.pk).status == "READY"
