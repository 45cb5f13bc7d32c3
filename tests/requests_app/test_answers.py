"""What the MANO says, in whatever order, and what becomes of requests and records by it."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord
from records_app.services import delete_descriptor
from requests_app.models import Request
from requests_app.services import apply_answer
from tests.fixtures import Api, submitted
from tests.requests_app.orders import (
    created_records,
    functions_of,
    let_pass,
    made_ready,
    nsr,
    ordered,
    says,
    steps,
    sweep_and_work,
    vnfr,
)

BEGIN = {"CREATE": "INSTANTIATING", "UPDATE": "UPDATING", "TERMINATE": "TERMINATING"}
END = {"CREATE": "READY", "UPDATE": "INSTANTIATED", "TERMINATE": "READY"}


@pytest.fixture
def update(instance: ServiceRecord, newer_service: ServiceDescriptor) -> Request:
    """An UPDATE of the instance to the newer service."""
    return ordered("UPDATE", instance, latest_nsd_id=str(newer_service.pk))


@pytest.fixture
def terminate(instance: ServiceRecord) -> Request:
    """A TERMINATE of the instance."""
    return ordered("TERMINATE", instance)


def state(instance: ServiceRecord) -> tuple[str, int, UUID | None]:
    """Return a service record's status, version and what it is an instance of."""
    instance.refresh_from_db()
    return instance.status, instance.version, instance.descriptor_reference


def expire(request: Request) -> Request:
    """Let a request's deadline pass, and a worker notice it."""
    let_pass(10_000)
    sweep_and_work()
    request.refresh_from_db()
    assert request.status == "ERROR"
    return request


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


# Late, repeated and out of order.


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
        says(terminate, "READY", nsr=nsr(instance.pk), vnfrs=[])

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


# What cannot be stored or understood.


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "there is no nsr"),
        ({"nsr": None, "vnfrs": []}, "there is no nsr"),
        ({"nsr": "running"}, "nsr is not an object"),
        ({"nsr": {}}, "the id of nsr is None"),
        ({"nsr": {"uuid": str(uuid4())}}, "the id of nsr is None"),
        ({"nsr": {"id": "17"}}, "the id of nsr is '17'"),
        ({"nsr": nsr(), "vnfrs": "none"}, "vnfrs is not a list"),
        ({"nsr": nsr(), "vnfrs": [vnfr(), 7]}, "vnfrs[1] is not an object"),
        ({"nsr": nsr(), "vnfrs": [vnfr(), {"ID": "x"}]}, "the id of vnfrs[1]"),
        ({"nsr": nsr(), "vnfrs": [vnfr(UUID(int=7)), vnfr(UUID(int=7))]}, "stands twice"),
        ({"nsr": nsr(weight=float("nan"))}, "nsr is not JSON"),
        ({"nsr": nsr(note="\ud800")}, "nsr is not JSON"),
    ],
)
def test_records_that_cannot_be_stored_end_a_create_with_the_reason(
    new_request: Request, members: dict[str, Any], reason: str
) -> None:
    says(new_request, "INSTANTIATING")

    says(new_request, "READY", **members)

    assert new_request.status == "ERROR"
    assert reason in (new_request.error or "")
    assert (new_request.service_instance_uuid, new_request.deadline_at) == (None, None)
    assert not ServiceRecord.objects.exists()
    assert not FunctionRecord.objects.exists()
    assert new_request.answers.count() == 2


def test_a_nul_in_a_record_never_loses_the_answer(new_request: Request) -> None:
    says(new_request, "READY", nsr=nsr(note="a\0b"))

    # PostgreSQL has no place for it; SQLite has.
    is_postgresql = connection.vendor == "postgresql"
    assert new_request.status == ("ERROR" if is_postgresql else "READY")
    assert ServiceRecord.objects.count() == (0 if is_postgresql else 1)
    assert new_request.answers.count() == 1


@pytest.mark.parametrize("taken", ["nsr", "vnfr"])
def test_an_id_that_exists_ends_a_create_with_the_reason(
    instance: ServiceRecord, service: ServiceDescriptor, taken: str
) -> None:
    before = (state(instance), functions_of(instance))
    request = submitted(service)
    sent: dict[str, Any] = {"nsr": nsr(), "vnfrs": [vnfr()]}
    if taken == "nsr":
        sent["nsr"]["id"] = str(instance.pk)
    else:
        sent["vnfrs"][0]["id"] = str(functions_of(instance)[0][0])

    says(request, "READY", **sent)

    assert request.status == "ERROR"
    assert str(sent["nsr"]["id"]) in (request.error or "")
    assert request.service_instance_uuid is None
    assert (state(instance), functions_of(instance)) == before
    assert ServiceRecord.objects.count() == 1


def test_records_of_an_update_that_cannot_be_stored_change_nothing(
    update: Request, instance: ServiceRecord, service: ServiceDescriptor
) -> None:
    foreign = functions_of(made_ready(submitted(service)))[0][0]
    own = functions_of(instance)[0][0]
    says(update, "UPDATING")
    before = functions_of(instance)

    says(update, "READY", vnfrs=[vnfr(own, version="9"), vnfr(foreign)])

    assert update.status == "ERROR"
    assert f"function record {foreign} is another service's" in (update.error or "")
    assert functions_of(instance) == before
    assert state(instance) == ("normal operation", 3, instance.descriptor_reference)


def test_a_nul_in_an_update_changes_nothing_or_everything(
    update: Request, instance: ServiceRecord
) -> None:
    says(update, "UPDATING")

    says(update, "READY", nsr=nsr(instance.pk, note="a\0b"))

    assert update.status == ("ERROR" if connection.vendor == "postgresql" else "INSTANTIATED")
    assert state(instance)[:2] == ("normal operation", 3)


def test_a_corrected_success_is_stored_late(new_request: Request) -> None:
    says(new_request, "READY", nsr={"note": "no id"})
    assert new_request.status == "ERROR"

    says(new_request, "READY", **created_records(new_request))

    assert new_request.status == "ERROR"
    assert ServiceRecord.objects.get().pk == new_request.service_instance_uuid


def test_misspelt_and_unknown_members_are_kept_as_given(
    operator: Api, new_request: Request
) -> None:
    odd = {
        "descriptor_refernce": "kept",
        "forwarding_graph": [{"x": None}],
        "größe": 2**70,
        "nested": {"deep": [[[]]]},
        "tenant_id": "theirs",
        "virtual_links": "not a list",
    }
    sent = created_records(new_request)
    sent["nsr"] |= odd
    sent["vnfrs"][0] |= odd | {"descriptor_reference": "vfoo:0.1"}

    says(new_request, "READY", **sent)

    service = operator.get(f"/records/services/{sent['nsr']['id']}").json()
    function = operator.get(f"/records/functions/{sent['vnfrs'][0]['id']}").json()
    assert {name: service[name] for name in odd} == odd
    assert {name: function[name] for name in odd} == odd
    assert function["descriptor_reference"] == "vfoo:0.1"
    assert service["network_functions"] == sent["nsr"]["network_functions"]
    assert "id" not in service


def test_what_the_mano_says_of_our_own_members_is_not_believed(
    operator: Api, new_request: Request
) -> None:
    sent = created_records(new_request)
    sent["nsr"] |= {"uuid": "theirs", "created_at": 0, "version": "77", "status": "offline"}

    says(new_request, "READY", **sent)

    shown = operator.get(f"/records/services/{sent['nsr']['id']}").json()
    assert shown["uuid"] == sent["nsr"]["id"]
    assert shown["version"] == "1"
    assert shown["status"] == "normal operation"
    assert shown["created_at"].endswith("+00:00")


@pytest.mark.parametrize(
    "message",
    [
        None,
        "READY",
        [],
        {},
        {"status": None},
        {"status": "DONE"},
        {"status": ["READY"]},
        {"status": {"status": "READY"}},
        {"status": "ready"},
        {"status": "UPDATE_COMPLETED"},
        {"error": "no status"},
    ],
)
def test_a_message_that_says_nothing_is_kept_and_changes_nothing(
    new_request: Request, message: Any
) -> None:
    before = Request.objects.values().get()

    assert apply_answer(request_id=new_request.pk, message=message)

    assert Request.objects.values().get() == before
    answer = new_request.answers.get()
    assert json.loads(answer.body) == message
    assert answer.outcome.startswith("unusable: ")
    assert len(steps(new_request)) == 1


def test_a_message_for_no_request_is_told_apart(db: None) -> None:
    assert not apply_answer(request_id=uuid4(), message={"status": "READY"})


@pytest.mark.parametrize(
    ("error", "text"),
    [
        ("No resources", "No resources"),
        ({"http_code": 500, "message": "No resources"}, "No resources (500)"),
        ({"message": "No resources"}, "No resources"),
        ({"http_code": 500}, "{'http_code': 500}"),
        (None, "The MANO gave no reason."),
        ("", "The MANO gave no reason."),
        ({"message": ""}, "{'message': ''}"),
        (["a", 1], "['a', 1]"),
        ("a\0b\ud800", "a\N{REPLACEMENT CHARACTER}b?"),
    ],
)
def test_what_the_mano_says_went_wrong_is_the_requests_error(
    operator: Api, new_request: Request, error: Any, text: str
) -> None:
    says(new_request, "ERROR", error=error)

    assert operator.get(f"/requests/{new_request.pk}").json()["error"] == text
    assert new_request.events.last().message == text


def test_a_terminate_succeeds_with_or_without_records_of_any_kind(
    terminate: Request, instance: ServiceRecord
) -> None:
    says(terminate, "READY", nsr="gone", vnfrs=7)

    assert terminate.status == "READY"
    assert state(instance)[:2] == ("terminated", 2)


def test_every_answer_is_kept_with_what_it_led_to(new_request: Request) -> None:
    sent = created_records(new_request)
    says(new_request, "INSTANTIATING", timestamp=1505482564.8)
    says(new_request, "READY", **sent)
    says(new_request, "READY", **sent)

    kept = [(json.loads(answer.body), answer.outcome) for answer in new_request.answers.all()]
    assert kept == [
        ({"status": "INSTANTIATING", "error": None, "timestamp": 1505482564.8}, "accepted"),
        ({"status": "READY", "error": None} | sent, "succeeded"),
        ({"status": "READY", "error": None} | sent, "nothing: the request was READY"),
    ]
