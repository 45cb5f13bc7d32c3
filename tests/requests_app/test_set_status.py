"""Statuses set by hand: along the arrows, or forced with a reason; never records."""

from typing import Any
from uuid import uuid4

import pytest
from django_q.models import OrmQ

from gatekeeper_site.core.refusals import Conflict
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app import states
from requests_app.models import Request, SimulatedOrder
from requests_app.services import set_status
from tests.fixtures import submitted
from tests.requests_app.orders import (
    created_records,
    functions_of,
    let_pass,
    made_ready,
    ordered,
    says,
    steps,
    sweep_and_work,
    work,
)


def by_hand(request: Request, status: str, **options: Any) -> Request:
    set_status(request_id=request.pk, status=status, actor="olivia", **options)
    request.refresh_from_db()
    return request


def forced(request: Request, status: str) -> Request:
    return by_hand(request, status, force=True, reason="seen in the MANO's log")


def test_a_status_can_be_set_along_the_arrows(new_request: Request, settings: Any) -> None:
    by_hand(new_request, "INSTANTIATING")
    assert new_request.deadline_at is not None
    waited = new_request.deadline_at - new_request.updated_at
    assert waited.total_seconds() == settings.MANO_FINISH_SECONDS

    by_hand(new_request, "READY", reason="seen in the MANO's log")

    assert (new_request.status, new_request.error) == ("READY", None)
    assert (new_request.deadline_at, new_request.service_descriptor) == (None, None)
    assert steps(new_request)[1:] == [
        ("NEW", "INSTANTIATING", "olivia"),
        ("INSTANTIATING", "READY", "olivia"),
    ]
    assert new_request.events.last().message == "seen in the MANO's log"
    assert not ServiceRecord.objects.exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "No arrow leads from NEW to READY"),
        ({"force": True}, "No arrow leads from NEW to READY"),
        ({"force": True, "reason": "  "}, "No arrow leads from NEW to READY"),
        ({"reason": "because"}, "No arrow leads from NEW to READY"),
    ],
)
def test_off_the_arrows_it_takes_force_and_a_reason(
    new_request: Request, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        by_hand(new_request, "READY", **options)

    new_request.refresh_from_db()
    assert (new_request.status, len(steps(new_request))) == ("NEW", 1)

    assert forced(new_request, "READY").status == "READY"


@pytest.mark.parametrize("status", ["UPDATING", "TERMINATING", "INSTANTIATED", "DONE", ""])
def test_a_status_of_another_type_cannot_even_be_forced(new_request: Request, status: str) -> None:
    with pytest.raises(ValueError, match="A CREATE request is never"):
        forced(new_request, status)


def test_an_error_set_by_hand_says_why(new_request: Request) -> None:
    assert by_hand(new_request, "ERROR", reason="no capacity").error == "no capacity"


def test_an_error_set_without_a_reason_says_who(new_request: Request) -> None:
    assert by_hand(new_request, "ERROR").error == "set to ERROR by olivia"


def test_a_request_opened_again_holds_its_service_and_is_handed_over(
    new_request: Request, service: ServiceDescriptor
) -> None:
    by_hand(new_request, "ERROR")
    OrmQ.objects.all().delete()

    forced(new_request, "NEW")

    assert new_request.service_descriptor == service
    assert (new_request.status, new_request.error) == ("NEW", None)
    assert work() == 1
    assert SimulatedOrder.objects.count() == 1
    assert made_ready(new_request).pk == new_request.service_instance_uuid


def test_a_request_opened_again_ends_at_a_deadline_of_its_own(new_request: Request) -> None:
    by_hand(new_request, "ERROR")
    let_pass(10_000)

    forced(new_request, "INSTANTIATING")
    sweep_and_work()
    assert new_request.status == "INSTANTIATING"

    let_pass(901)
    sweep_and_work()
    new_request.refresh_from_db()
    assert new_request.status == "ERROR"


def test_reopening_is_refused_while_another_request_is_open(instance: ServiceRecord) -> None:
    ended = says(ordered("TERMINATE", instance), "ERROR")
    other = ordered("TERMINATE", instance)

    with pytest.raises(Conflict) as refusal:
        forced(ended, "TERMINATING")

    assert refusal.value.code == "request_conflict"
    assert str(other.pk) in refusal.value.detail
    ended.refresh_from_db()
    assert (ended.status, ended.error) == ("ERROR", "The MANO gave no reason.")
    says(other, "ERROR")
    assert forced(ended, "TERMINATING").status == "TERMINATING"


def test_reopening_a_create_is_refused_while_its_instance_is_terminated(
    instance: ServiceRecord,
) -> None:
    create = Request.objects.get(service_instance_uuid=instance.pk)
    ordered("TERMINATE", instance)

    with pytest.raises(Conflict, match="under way"):
        forced(create, "INSTANTIATING")


def test_an_order_for_the_instance_of_a_reopened_create_is_refused(
    instance: ServiceRecord,
) -> None:
    create = Request.objects.get(service_instance_uuid=instance.pk)
    forced(create, "INSTANTIATING")

    with pytest.raises(Conflict, match=str(create.pk)):
        ordered("TERMINATE", instance)


def test_a_status_set_by_hand_changes_no_record(
    instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    update = says(ordered("UPDATE", instance, latest_nsd_id="2.0"), "UPDATING")
    before = list(ServiceRecord.objects.values()), functions_of(instance)

    for status in ("INSTANTIATED", "ERROR", "UPDATING", "NEW", "ERROR"):
        forced(update, status)

    assert (list(ServiceRecord.objects.values()), functions_of(instance)) == before
    assert len(steps(update)) == 7


def test_a_success_after_a_ready_set_by_hand_stores_what_runs(new_request: Request) -> None:
    # Given a CREATE that an operator called READY
    forced(new_request, "READY")

    # When the MANO says so too, and again
    sent = created_records(new_request)
    says(new_request, "READY", **sent)
    says(new_request, "READY", **sent)

    # Then the instance is there
    assert new_request.status == "READY"
    assert ServiceRecord.objects.get().pk == new_request.service_instance_uuid
    assert [step[2] for step in steps(new_request)] == ["customer", "olivia", "mano"]


def test_a_repeated_success_after_an_error_set_by_hand_changes_nothing(
    instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    update = says(ordered("UPDATE", instance, latest_nsd_id="2.0"), "READY")
    forced(update, "ERROR")
    instance.refresh_from_db()
    version = instance.version

    says(update, "UPDATE_COMPLETED")

    instance.refresh_from_db()
    assert (update.status, instance.version, len(steps(update))) == ("ERROR", version, 4)


def test_a_late_success_frees_a_record_that_an_operators_error_left_updating(
    instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    update = says(ordered("UPDATE", instance, latest_nsd_id="2.0"), "UPDATING")
    by_hand(update, "ERROR")

    says(update, "READY")

    instance.refresh_from_db()
    assert (instance.status, instance.descriptor_reference) == (
        "normal operation",
        newer_service.pk,
    )


def test_a_status_of_no_request_cannot_be_set(db: None) -> None:
    with pytest.raises(ValueError, match="There is no request"):
        set_status(request_id=uuid4(), status="ERROR", actor="olivia")


@pytest.mark.parametrize("request_type", states.REQUEST_TYPES)
def test_every_status_of_a_type_leads_to_an_end(request_type: str) -> None:
    for status in states.statuses_of_type(request_type):
        following = states.next_statuses(request_type, status)
        assert bool(following) == states.is_open(status)
        assert set(following) <= set(states.statuses_of_type(request_type))
    assert states.next_statuses(request_type, "NEW")[1] == "ERROR"


def test_requests_of_others_stay_as_they_are(
    service: ServiceDescriptor, new_request: Request
) -> None:
    bystander = submitted(service)
    before = Request.objects.filter(pk=bystander.pk).values().get()

    forced(new_request, "READY")

    assert Request.objects.filter(pk=bystander.pk).values().get() == before
