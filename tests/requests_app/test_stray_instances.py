"""Answers that tell of an instance which is not stored: somebody must learn that it may run."""

import logging
from uuid import UUID, uuid4

import pytest

from records_app.models import FunctionRecord, ServiceRecord
from requests_app.models import Request
from tests.requests_app.orders import (
    created_records,
    expire,
    functions_of,
    made_ready,
    nsr,
    says,
    state,
    steps,
    vnfr,
)


def told(request: Request) -> list[str]:
    """Return the messages of events that changed no status."""
    return [
        event.message
        for event in request.events.order_by("id")
        if event.from_status == event.to_status
    ]


def stray(instance_id: UUID | str) -> str:
    return unstored(f"the instance {instance_id}")


def unstored(name: str) -> str:
    return f"The MANO's answer has records of {name}, which are not stored: it may run."


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]


def test_a_second_success_that_names_another_instance_is_told_of_once(
    new_request: Request, caplog: pytest.LogCaptureFixture
) -> None:
    instance = made_ready(new_request)
    before = (state(instance), functions_of(instance), new_request.service_instance_uuid)
    other = uuid4()

    for _ in range(2):
        says(new_request, "READY", nsr=nsr(other), vnfrs=[vnfr()])

    assert new_request.status == "READY"
    assert told(new_request) == [stray(other)]
    assert new_request.events.last().actor == "mano"
    assert warnings(caplog) == [f"Request {new_request.pk}: {stray(other)}"]
    new_request.refresh_from_db()
    assert (
        state(instance),
        functions_of(instance),
        new_request.service_instance_uuid,
    ) == before
    assert ServiceRecord.objects.count() == 1
    assert new_request.answers.count() == 4


def test_a_third_success_that_names_a_third_instance_is_told_of_too(new_request: Request) -> None:
    made_ready(new_request)
    others = [uuid4(), uuid4()]

    for other in others:
        says(new_request, "READY", nsr=nsr(other))

    assert told(new_request) == [stray(other) for other in others]


def test_a_second_late_success_that_names_another_instance_is_told_of(
    new_request: Request,
) -> None:
    expire(new_request)
    says(new_request, "READY", **created_records(new_request))
    other = uuid4()

    says(new_request, "READY", nsr=nsr(other))

    assert told(new_request) == ["A late success: its records are stored.", stray(other)]
    assert ServiceRecord.objects.get().pk == new_request.service_instance_uuid != other


@pytest.mark.parametrize("status", ["ERROR", "Failed"])
def test_an_error_that_brings_records_is_told_of_and_stores_nothing(
    new_request: Request, status: str, caplog: pytest.LogCaptureFixture
) -> None:
    sent = created_records(new_request)

    for _ in range(2):
        says(new_request, status, error="No chain", **sent)

    assert (new_request.status, new_request.error) == ("ERROR", "No chain")
    assert new_request.service_instance_uuid is None
    assert told(new_request) == [stray(sent["nsr"]["id"])]
    assert stray(sent["nsr"]["id"]) in "".join(warnings(caplog))
    assert not ServiceRecord.objects.exists() and not FunctionRecord.objects.exists()


def test_an_error_after_the_deadline_that_brings_records_is_told_of(new_request: Request) -> None:
    expire(new_request)
    other = uuid4()

    says(new_request, "ERROR", error="No chain", nsr=nsr(other))

    assert told(new_request) == [stray(other)]


def test_an_error_that_brings_records_without_an_id_is_told_of(new_request: Request) -> None:
    says(new_request, "ERROR", error="No chain", nsr={"status": "offline"}, vnfrs=[vnfr()])

    assert told(new_request) == [unstored("an instance without an id")]


def test_an_error_of_an_update_that_brings_records_is_told_of(
    update: Request, instance: ServiceRecord
) -> None:
    before = functions_of(instance)

    says(update, "Failed", error="no", nsr=nsr(instance.pk, note="half done"))

    assert update.status == "ERROR"
    assert told(update) == [stray(instance.pk)]
    assert instance.body.get("note") is None
    assert functions_of(instance) == before


def test_an_instance_whose_records_cannot_be_stored_is_named(new_request: Request) -> None:
    sent = nsr()

    says(new_request, "READY", nsr=sent, vnfrs="none")

    assert new_request.status == "ERROR"
    assert "vnfrs is not a list" in (new_request.error or "")
    assert told(new_request) == [stray(sent["id"])]


def test_errors_and_repetitions_that_bring_nothing_new_are_not_told_of(
    new_request: Request, terminate: Request, instance: ServiceRecord
) -> None:
    says(terminate, "ERROR", error="Busy", nsr=None, vnfrs=[])
    request = Request.objects.get(service_instance_uuid=instance.pk, request_type="CREATE")
    says(request, "READY", **created_records(request))
    says(request, "ERROR", **created_records(request))

    assert told(terminate) == told(request) == []


def test_a_terminate_that_leaves_the_instance_running_is_an_error_and_keeps_the_record(
    terminate: Request, instance: ServiceRecord
) -> None:
    before = (state(instance), functions_of(instance))
    says(terminate, "TERMINATING")

    says(terminate, "READY", nsr=nsr(instance.pk), vnfrs=[])

    assert terminate.status == "ERROR"
    assert terminate.error == (
        "The MANO answered READY, but the status of the instance is 'normal operation', "
        "not 'terminated'."
    )
    assert (state(instance), functions_of(instance)) == before
    assert steps(terminate)[-1] == ("TERMINATING", "ERROR", "mano")


def test_a_late_terminate_that_leaves_the_instance_running_ends_no_record(
    terminate: Request, instance: ServiceRecord
) -> None:
    expire(terminate)

    says(terminate, "READY", nsr=nsr(instance.pk))

    assert state(instance)[:2] == ("normal operation", 1)
    assert not terminate.has_late_success


def test_a_terminate_that_says_so_ends_the_records(
    terminate: Request, instance: ServiceRecord
) -> None:
    says(terminate, "READY", nsr=nsr(instance.pk, status="terminated"))

    assert (terminate.status, terminate.error) == ("READY", None)
    assert state(instance)[:2] == ("terminated", 2)
