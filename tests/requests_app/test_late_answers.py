"""Answers that come late, again, or out of order: what runs stays reachable."""

import pytest

from records_app.models import ServiceDescriptor, ServiceRecord
from records_app.services import delete_descriptor
from requests_app.models import Request
from tests.fixtures import Api
from tests.requests_app.orders import (
    created_records,
    expire,
    functions_of,
    let_pass,
    made_ready,
    nsr,
    ordered,
    says,
    state,
    steps,
    vnfr,
    work,
)

BEGIN = {"CREATE": "INSTANTIATING", "UPDATE": "UPDATING", "TERMINATE": "TERMINATING"}
END = {"CREATE": "READY", "UPDATE": "INSTANTIATED", "TERMINATE": "READY"}


@pytest.mark.parametrize("request_type", ["CREATE", "UPDATE", "TERMINATE"])
def test_a_final_answer_before_the_acknowledgement_passes_through_the_middle(
    new_request: Request,
    newer_service: ServiceDescriptor,
    request_type: str,
) -> None:
    request = new_request
    if request_type != "CREATE":
        update = {"latest_nsd_id": "2.0"} if request_type == "UPDATE" else {}
        request = ordered(request_type, made_ready(new_request), **update)

    says(request, "READY", **(created_records(request) if request_type == "CREATE" else {}))
    says(request, BEGIN[request_type])

    assert request.status == END[request_type]
    assert [step[:2] for step in steps(request)] == [
        ("", "NEW"),
        ("NEW", BEGIN[request_type]),
        (BEGIN[request_type], END[request_type]),
    ]
    if request_type == "UPDATE":
        record = ServiceRecord.objects.get(pk=request.service_instance_uuid)
        assert state(record) == ("normal operation", 3, newer_service.pk)


def test_nothing_that_is_said_again_changes_anything(
    new_request: Request, newer_service: ServiceDescriptor
) -> None:
    sent = created_records(new_request)
    instance = made_ready(new_request)
    update = ordered("UPDATE", instance, latest_nsd_id="2.0")
    for status in ("UPDATING", "UPDATE_COMPLETED"):
        says(update, status)
    before = (state(instance), functions_of(instance), steps(new_request), steps(update))

    for status in ("INSTANTIATING", "READY", "ERROR", "READY"):
        says(new_request, status, **sent)
    for status in ("UPDATING", "UPDATE_COMPLETED", "ERROR", "UPDATING", "READY"):
        says(update, status)

    assert (new_request.status, update.status) == ("READY", "INSTANTIATED")
    assert (state(instance), functions_of(instance), steps(new_request), steps(update)) == before
    assert ServiceRecord.objects.count() == 1
    assert new_request.answers.count() == 6


def test_a_repeated_acknowledgement_does_not_put_the_deadline_off(new_request: Request) -> None:
    deadline = says(new_request, "INSTANTIATING").deadline_at

    assert says(new_request, "INSTANTIATING").deadline_at == deadline


@pytest.mark.parametrize("accepted", [True, False])
def test_a_late_success_of_a_create_stores_what_runs(
    operator: Api, new_request: Request, accepted: bool
) -> None:
    # Given a request that became ERROR at its deadline
    if accepted:
        says(new_request, "INSTANTIATING")
    expire(new_request)
    ended_at = new_request.updated_at

    # When the MANO's success comes after all, twice
    sent = created_records(new_request)
    says(new_request, "INSTANTIATING")
    says(new_request, "READY", **sent)
    says(new_request, "READY", **sent)

    # Then the status stays and what runs can be reached and terminated
    assert new_request.status == "ERROR"
    assert "did not" in (new_request.error or "")
    assert new_request.updated_at >= ended_at
    instance = ServiceRecord.objects.get()
    assert new_request.service_instance_uuid == instance.pk
    assert state(instance) == ("normal operation", 1, new_request.service_uuid)
    assert steps(new_request)[-1] == ("ERROR", "ERROR", "mano")
    assert len([step for step in steps(new_request) if step[2] == "mano"]) == 1 + accepted
    order = {"request_type": "TERMINATE", "service_instance_uuid": str(instance.pk)}
    answer = operator.post("/requests", order)
    assert answer.status_code == 201
    says(Request.objects.get(pk=answer.json()["id"]), "READY")
    assert state(instance)[:2] == ("terminated", 2)


def test_a_success_after_a_failure_stores_what_runs(new_request: Request) -> None:
    says(new_request, "ERROR", error="no")

    says(new_request, "READY", **created_records(new_request))

    assert (new_request.status, new_request.error) == ("ERROR", "no")
    assert ServiceRecord.objects.get().pk == new_request.service_instance_uuid


def test_a_late_success_of_a_deleted_service_is_stored_too(
    new_request: Request, service: ServiceDescriptor
) -> None:
    expire(new_request)
    delete_descriptor(descriptor=service)

    says(new_request, "READY", **created_records(new_request))
    instance = ServiceRecord.objects.get()

    assert (instance.descriptor, instance.descriptor_reference) == (None, new_request.service_uuid)
    assert says(ordered("TERMINATE", instance), "READY").status == "READY"


def test_a_late_success_of_an_update_is_applied(
    update: Request, instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    says(update, "UPDATING")
    expire(update)
    assert state(instance)[:2] == ("normal operation", 3)

    for _ in range(2):
        says(update, "UPDATE_COMPLETED", nsr=nsr(instance.pk, note="late"))

    assert update.status == "ERROR"
    assert state(instance) == ("normal operation", 4, newer_service.pk)
    assert instance.body == {"note": "late"}


def test_a_late_success_of_an_update_does_not_undo_a_later_one(
    update: Request, instance: ServiceRecord, service: ServiceDescriptor
) -> None:
    # Given an update that expired, and a later one that succeeded
    expire(update)
    later = ordered("UPDATE", instance, latest_nsd_id=str(service.pk))
    says(later, "READY")
    before = state(instance)

    # When the first succeeds after all
    says(update, "READY")

    # Then its success is noted alone
    assert update.status == "ERROR"
    assert state(instance) == before
    assert "changed since" in update.events.last().message


def test_a_late_success_of_an_update_does_not_undo_a_later_ones_late_success(
    update: Request, instance: ServiceRecord, service: ServiceDescriptor
) -> None:
    expire(update)
    later = ordered("UPDATE", instance, latest_nsd_id=str(service.pk))
    expire(later)
    Request.objects.filter(pk=update.pk).update(created_at="2017-09-15T13:36:04Z")
    says(later, "READY")
    before = state(instance)
    assert before[2] == service.pk

    says(update, "READY")

    assert state(instance) == before


def test_a_late_success_of_an_update_leaves_a_running_one_running(
    update: Request, instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    expire(update)
    later = ordered("UPDATE", instance, latest_nsd_id=str(newer_service.pk))
    says(later, "UPDATING")

    says(update, "READY")

    assert state(instance) == ("updating", 3, newer_service.pk)
    says(later, "ERROR", error="no")
    assert state(instance) == ("normal operation", 4, newer_service.pk)


def test_a_late_success_of_a_terminate_ends_the_records(
    terminate: Request, instance: ServiceRecord
) -> None:
    expire(terminate)
    assert state(instance)[:2] == ("normal operation", 1)

    for _ in range(2):
        says(terminate, "READY", nsr=nsr(instance.pk, status="terminated"), vnfrs=[])

    assert terminate.status == "ERROR"
    assert state(instance)[:2] == ("terminated", 2)
    assert [each[1:] for each in functions_of(instance)] == [("terminated", 3)] * 2


def test_no_update_revives_an_instance_that_a_late_terminate_ended(
    terminate: Request, instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    # Given an update under way after a terminate that expired
    expire(terminate)
    update = ordered("UPDATE", instance, latest_nsd_id=str(newer_service.pk))

    # When the terminate succeeds after all, and the update goes on
    says(terminate, "READY")
    says(update, "UPDATING")
    says(update, "READY", vnfrs=[vnfr()])

    # Then the instance stays terminated and the update says so
    assert state(instance)[:2] == ("terminated", 2)
    assert update.status == "ERROR"
    assert "terminated" in (update.error or "")
    assert instance.functions.count() == 2


def test_an_answer_after_the_deadline_is_late_before_any_sweep(new_request: Request) -> None:
    # Given a deadline that passed while no process ran
    work()
    let_pass(61)

    # When an answer is the first thing to arrive
    says(new_request, "INSTANTIATING")

    # Then the request is in ERROR for its deadline
    assert new_request.status == "ERROR"
    assert new_request.error == "The MANO did not accept the request within 60 s."
    assert steps(new_request)[-1] == ("NEW", "ERROR", "gatekeeper")
    says(new_request, "READY", **created_records(new_request))
    assert new_request.status == "ERROR"
    assert ServiceRecord.objects.get().pk == new_request.service_instance_uuid
