"""What the MANO says, and what becomes of requests and records by it."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records_app.models import (
    FunctionDescriptor,
    FunctionRecord,
    ServiceDescriptor,
    ServiceRecord,
)
from requests_app.models import Request
from tests.fixtures import submitted
from tests.requests_app.orders import (
    created_records,
    functions_of,
    made_ready,
    nsr,
    ordered,
    says,
    state,
    steps,
    vnfr,
)

# The ordinary ways: the table of the contract's section Records.


def test_create_that_becomes_ready_stores_its_records(new_request: Request) -> None:
    says(new_request, "INSTANTIATING")
    assert (new_request.status, new_request.service_instance_uuid) == ("INSTANTIATING", None)
    assert not ServiceRecord.objects.exists()

    sent = created_records(new_request)
    says(new_request, "READY", **sent)

    instance = ServiceRecord.objects.get()
    assert (new_request.status, new_request.error) == ("READY", None)
    assert str(new_request.service_instance_uuid) == sent["nsr"]["id"] == str(instance.pk)
    assert state(instance) == ("normal operation", 1, new_request.service_uuid)
    assert [each[1:] for each in functions_of(instance)] == [("normal operation", 2)] * 2
    assert steps(new_request) == [
        ("", "NEW", "customer"),
        ("NEW", "INSTANTIATING", "mano"),
        ("INSTANTIATING", "READY", "mano"),
    ]
    assert (new_request.deadline_at, new_request.due_at) == (None, None)


def test_create_that_fails_stores_no_record(new_request: Request) -> None:
    says(new_request, "INSTANTIATING")
    says(new_request, "ERROR", error={"http_code": 500, "message": "No resources"})

    assert (new_request.status, new_request.error) == ("ERROR", "No resources (500)")
    assert new_request.service_instance_uuid is None
    assert not ServiceRecord.objects.exists()
    assert new_request.events.last().message == "No resources (500)"


def test_update_that_succeeds_changes_the_record_twice(
    update: Request, instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    before = functions_of(instance)
    says(update, "UPDATING")
    assert (update.status, state(instance)[:2]) == ("UPDATING", ("updating", 2))
    assert state(instance)[2] == instance.descriptor_reference != newer_service.pk

    says(update, "UPDATE_COMPLETED")

    assert update.status == "INSTANTIATED"
    assert state(instance) == ("normal operation", 3, newer_service.pk)
    assert functions_of(instance) == before


def test_update_keeps_function_records_as_the_mano_returns_them(
    update: Request, instance: ServiceRecord
) -> None:
    (known, _, _), (other, _, _) = functions_of(instance)
    added = uuid4()
    says(update, "UPDATING")

    says(
        update,
        "READY",
        nsr=nsr(instance.pk, network_functions=[{"vnfr_id": str(added)}], note="second"),
        vnfrs=[
            vnfr(known, version="5", status="degraded operation", note="changed"),
            vnfr(added, version="3", status="offline"),
        ],
    )

    assert update.status == "INSTANTIATED"
    instance.refresh_from_db()
    assert instance.body == {"network_functions": [{"vnfr_id": str(added)}], "note": "second"}
    assert sorted(functions_of(instance)) == sorted(
        [(known, "degraded operation", 5), (other, "normal operation", 2), (added, "offline", 3)]
    )
    assert FunctionRecord.objects.get(pk=known).body == {"note": "changed"}


def test_a_function_record_without_a_version_gets_the_next(
    update: Request, instance: ServiceRecord
) -> None:
    known = functions_of(instance)[0][0]

    says(update, "READY", vnfrs=[{"id": str(known), "version": "two", "status": "updating"}])

    assert functions_of(instance)[0] == (known, "normal operation", 3)


def test_update_that_fails_after_acceptance_returns_to_normal(
    update: Request, instance: ServiceRecord
) -> None:
    reference = instance.descriptor_reference
    says(update, "UPDATING")

    says(update, "ERROR", error="No resources")

    assert (update.status, update.error) == ("ERROR", "No resources")
    assert state(instance) == ("normal operation", 3, reference)


def test_update_that_fails_at_once_leaves_the_record(
    update: Request, instance: ServiceRecord
) -> None:
    says(update, "ERROR", error="No resources")

    assert update.status == "ERROR"
    assert state(instance) == ("normal operation", 1, instance.descriptor_reference)


def test_terminate_that_succeeds_ends_the_records(
    terminate: Request, instance: ServiceRecord
) -> None:
    says(terminate, "TERMINATING")
    assert state(instance)[:2] == ("normal operation", 1)

    says(terminate, "READY")

    assert terminate.status == "READY"
    assert state(instance)[:2] == ("terminated", 2)
    assert [each[1:] for each in functions_of(instance)] == [("terminated", 3)] * 2


@pytest.mark.parametrize("after_acceptance", [True, False])
def test_terminate_that_fails_leaves_the_records(
    terminate: Request, instance: ServiceRecord, after_acceptance: bool
) -> None:
    before = (state(instance), functions_of(instance))
    if after_acceptance:
        says(terminate, "TERMINATING")

    says(terminate, "ERROR", error="Busy")

    assert terminate.status == "ERROR"
    assert (state(instance), functions_of(instance)) == before


def test_another_tenants_records_stay_as_they_are(terminate: Request) -> None:
    bystander = made_ready(submitted(terminate_service(terminate)))
    before = (state(bystander), functions_of(bystander))

    says(terminate, "READY")

    assert (state(bystander), functions_of(bystander)) == before


def terminate_service(terminate: Request) -> ServiceDescriptor:
    record = ServiceRecord.objects.get(pk=terminate.service_instance_uuid)
    assert record.descriptor is not None
    return record.descriptor


def test_an_update_costs_as_many_queries_however_many_functions_it_changes(
    service: ServiceDescriptor, newer_service: ServiceDescriptor
) -> None:
    def queries(number: int) -> int:
        """Return what the success of an update costs that returns so many function records."""
        instance = made_ready(submitted(service))
        functions = [function_id for function_id, _, _ in functions_of(instance)][:number]
        update = ordered("UPDATE", instance, latest_nsd_id="2.0")
        says(update, "UPDATING")
        onboarded = FunctionDescriptor.objects.get()
        sent = [vnfr(each, descriptor_reference=str(onboarded.pk)) for each in functions]
        with CaptureQueriesContext(connection) as captured:
            says(update, "UPDATE_COMPLETED", vnfrs=sent)
        changed = FunctionRecord.objects.filter(descriptor=onboarded, service=instance)
        assert changed.count() == number
        return len(captured)

    assert queries(1) == queries(2)
