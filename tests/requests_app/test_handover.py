"""How requests reach the MANO, whatever dies in between, and what ends those that do not."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django_q.models import OrmQ

from gatekeeper_site.core import clock
from gatekeeper_site.core.refusals import Conflict
from records_app.models import ServiceDescriptor, ServiceRecord
from records_app.services import delete_descriptor
from requests_app import mano
from requests_app.mano.protocol import NotSent
from requests_app.models import Request, SimulatedOrder
from requests_app.services import attend_request, cancel_request, set_status, sweep_requests
from requests_app.services.handover import begin_handover, note_handover
from tests.fixtures import caller, submitted
from tests.requests_app import unreachable_mano
from tests.requests_app.orders import (
    created_records,
    let_pass,
    made_ready,
    ordered,
    says,
    steps,
    sweep_and_work,
    work,
)


@pytest.fixture
def mano_without_repetition(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """A MANO that may do an order twice if it is sent twice."""
    name = "unreachable"
    monkeypatch.setitem(mano.DRIVERS, name, unreachable_mano.__name__)
    monkeypatch.setattr(unreachable_mano, "sent", [])
    settings.MANO_DRIVER = name
    return unreachable_mano


def handover_of(request: Request) -> tuple[str, str]:
    request.refresh_from_db()
    return request.status, request.handover


def test_the_queued_task_hands_a_request_over(new_request: Request) -> None:
    assert work() == 1

    assert handover_of(new_request) == ("NEW", "SENT")
    assert new_request.due_at == new_request.deadline_at
    order = SimulatedOrder.objects.get(pk=new_request.pk).order
    assert order["request_type"] == "CREATE"
    assert order["nsd"]["uuid"] == str(new_request.service_uuid)
    assert [vnfd["name"] for vnfd in order["vnfds"]] == ["firewall"]
    assert all(vnfd["uuid"] for vnfd in order["vnfds"])


def test_a_task_that_runs_twice_hands_over_once(new_request: Request) -> None:
    for _ in range(3):
        attend_request(request_id=new_request.pk)

    assert SimulatedOrder.objects.count() == 1
    assert handover_of(new_request) == ("NEW", "SENT")


def test_an_order_has_the_descriptors_in_the_services_order(
    demo: ServiceDescriptor, settings: Any
) -> None:
    request = submitted(demo, ingresses=[{"location": "Lisbon", "nap": "10.0.0.0/24"}])

    order = begin_handover(request.pk)

    assert order is not None
    assert [vnfd["name"] for vnfd in order.vnfds] == ["vfoo-vnf", "vbar-vnf"]
    assert order.ingresses == [{"location": "Lisbon", "nap": "10.0.0.0/24"}]
    assert order.egresses == []
    assert order.service_instance_uuid is None


def test_orders_for_an_instance_name_it(
    instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    update = begin_handover(ordered("UPDATE", instance, latest_nsd_id="2.0").pk)
    assert update is not None
    assert update.nsd is not None
    assert update.nsd["uuid"] == str(newer_service.pk)
    says(Request.objects.get(request_type="UPDATE"), "ERROR")

    terminate = begin_handover(ordered("TERMINATE", instance).pk)
    assert terminate is not None
    assert terminate.nsd is not None
    assert terminate.nsd["uuid"] == str(instance.descriptor_reference)
    assert terminate.service_instance_uuid == update.service_instance_uuid == instance.pk


def test_a_request_whose_task_was_lost_is_swept_up(new_request: Request) -> None:
    OrmQ.objects.all().delete()
    let_pass(119)
    assert sweep_requests() == 0

    let_pass(2)

    assert sweep_requests() == 1
    assert sweep_requests() == 0
    work()
    assert handover_of(new_request) == ("NEW", "SENT")


def test_an_interrupted_handover_is_repeated_with_a_repeatable_mano(new_request: Request) -> None:
    # Given a process that died before or after it sent the order
    assert begin_handover(new_request.pk) is not None
    attend_request(request_id=new_request.pk)
    assert handover_of(new_request) == ("NEW", "BEGUN")

    # When time has passed
    let_pass(16)
    sweep_and_work()

    # Then it is sent again
    assert handover_of(new_request) == ("NEW", "SENT")
    assert SimulatedOrder.objects.count() == 1


def test_a_request_that_was_sent_is_never_sent_again(new_request: Request) -> None:
    work()
    SimulatedOrder.objects.all().delete()

    let_pass(30)
    attend_request(request_id=new_request.pk)

    assert not SimulatedOrder.objects.exists()
    assert handover_of(new_request) == ("NEW", "SENT")


def test_an_interrupted_handover_waits_with_a_mano_that_is_not(
    new_request: Request, mano_without_repetition: Any
) -> None:
    mano_without_repetition.reason = OSError("the connection broke while sending")
    with pytest.raises(OSError, match="broke"):
        attend_request(request_id=new_request.pk)
    mano_without_repetition.reason = None

    let_pass(16)
    sweep_and_work()
    assert (handover_of(new_request), mano_without_repetition.sent) == (("NEW", "BEGUN"), [])

    let_pass(45)
    sweep_and_work()
    assert handover_of(new_request) == ("ERROR", "BEGUN")
    assert "may have reached the MANO" in (new_request.error or "")
    says(new_request, "READY", **created_records(new_request))
    assert ServiceRecord.objects.get().pk == new_request.service_instance_uuid


def test_an_answer_to_an_interrupted_handover_is_taken(
    new_request: Request, mano_without_repetition: Any
) -> None:
    begin_handover(new_request.pk)

    says(new_request, "INSTANTIATING")

    assert handover_of(new_request) == ("INSTANTIATING", "SENT")


def test_a_request_that_was_not_sent_is_tried_again(
    new_request: Request, mano_without_repetition: Any
) -> None:
    mano_without_repetition.reason = NotSent("connection refused")
    work()
    assert handover_of(new_request) == ("NEW", "PENDING")
    assert new_request.due_at is not None
    assert new_request.due_at <= clock.now() + timedelta(seconds=5)
    mano_without_repetition.reason = None

    let_pass(6)
    sweep_and_work()

    assert handover_of(new_request) == ("NEW", "SENT")
    assert [order.request_id for order in mano_without_repetition.sent] == [new_request.pk]


def test_a_request_that_is_never_sent_ends_at_its_deadline(
    new_request: Request, mano_without_repetition: Any
) -> None:
    mano_without_repetition.reason = NotSent("connection refused")
    for _ in range(12):
        let_pass(5.5)
        sweep_and_work()

    assert handover_of(new_request) == ("ERROR", "PENDING")
    assert new_request.error == "The MANO did not accept the request within 60 s."


# Cancelling.


def test_a_new_request_can_be_cancelled(new_request: Request) -> None:
    cancel_request(request=new_request, caller=caller())
    work()

    assert handover_of(new_request) == ("ERROR", "PENDING")
    assert new_request.error == "cancelled by customer"
    assert new_request.service_descriptor is None
    assert steps(new_request)[-1] == ("NEW", "ERROR", "customer")
    assert not SimulatedOrder.objects.exists()


def test_a_request_whose_handover_has_begun_cannot_be_cancelled(new_request: Request) -> None:
    begin_handover(new_request.pk)
    with pytest.raises(Conflict) as during:
        cancel_request(request=new_request, caller=caller())
    note_handover(new_request.pk)
    with pytest.raises(Conflict) as after:
        cancel_request(request=new_request, caller=caller())

    assert (during.value.code, after.value.code) == ("not_cancellable", "not_cancellable")
    assert handover_of(new_request) == ("NEW", "SENT")
    assert len(steps(new_request)) == 1


def test_a_request_that_was_given_back_can_be_cancelled(
    new_request: Request, mano_without_repetition: Any
) -> None:
    mano_without_repetition.reason = NotSent("connection refused")
    work()

    cancel_request(request=new_request, caller=caller())

    assert handover_of(new_request) == ("ERROR", "PENDING")
    mano_without_repetition.reason = None
    let_pass(6)
    sweep_and_work()
    assert mano_without_repetition.sent == []


# Deadlines.


def test_the_deadline_to_finish_counts_from_the_acceptance(
    new_request: Request, settings: Any
) -> None:
    says(new_request, "INSTANTIATING")

    wait = timedelta(seconds=settings.MANO_FINISH_SECONDS)
    assert new_request.deadline_at == new_request.due_at == new_request.updated_at + wait


@pytest.mark.parametrize("accepted", [True, False])
def test_a_deadline_that_passed_while_no_process_ran_is_enforced(
    new_request: Request, accepted: bool
) -> None:
    work()
    if accepted:
        says(new_request, "INSTANTIATING")

    let_pass(901 if accepted else 61)
    sweep_and_work()

    assert handover_of(new_request)[0] == "ERROR"
    assert new_request.error == (
        "The MANO did not finish the request within 900 s of accepting it."
        if accepted
        else "The MANO did not accept the request within 60 s."
    )
    assert steps(new_request)[-1][1:] == ("ERROR", "gatekeeper")
    assert (new_request.deadline_at, new_request.due_at) == (None, None)
    assert new_request.service_descriptor is None


def test_a_request_that_nobody_began_to_hand_over_ends_at_its_deadline(
    new_request: Request,
) -> None:
    let_pass(901)
    work()

    assert handover_of(new_request) == ("ERROR", "PENDING")
    assert new_request.error == (
        "The gatekeeper did not begin to hand the request over within 900 s."
    )
    assert not SimulatedOrder.objects.exists()


def test_the_deadline_to_accept_counts_from_the_beginning_of_the_handover(
    new_request: Request, settings: Any
) -> None:
    # Given a backlog for which a request has waited longer than the MANO may
    let_pass(899)

    work()

    assert handover_of(new_request) == ("NEW", "SENT")
    assert new_request.handover_began_at is not None
    wait = timedelta(seconds=settings.MANO_ACCEPT_SECONDS)
    assert new_request.deadline_at == new_request.due_at == new_request.handover_began_at + wait


def test_the_time_to_accept_may_be_longer_than_that_to_finish(
    service: ServiceDescriptor, settings: Any
) -> None:
    settings.MANO_FINISH_SECONDS = 1
    request = submitted(service)
    work()

    let_pass(59)
    sweep_and_work()

    assert handover_of(request) == ("NEW", "SENT")
    says(request, "INSTANTIATING")
    assert request.deadline_at == request.updated_at + timedelta(seconds=1)


# A backlog.


def queued() -> list[tuple[str, UUID]]:
    """Return the queue and the first argument of each task that waits, the oldest first."""
    return [(task.key, task.args()[0]) for task in OrmQ.objects.order_by("id")]


def test_a_request_whose_task_waits_gets_no_second_one(service: ServiceDescriptor) -> None:
    requests = [submitted(service) for _ in range(3)]
    before = queued()

    for _ in range(5):
        let_pass(121)
        assert sweep_requests() == 3
        assert sweep_requests() == 0

    assert queued() == before
    due = set(Request.objects.values_list("due_at", flat=True))
    assert all(each > clock.now() + timedelta(seconds=115) for each in due)
    assert before == [("gatekeeper-new", request.pk) for request in requests]
    work()
    assert {handover_of(request) for request in requests} == {("NEW", "SENT")}


def test_a_task_that_is_being_run_does_not_wait(new_request: Request) -> None:
    # Given a process that was killed with the task that it had taken
    OrmQ.objects.update(lock=clock.now() + timedelta(seconds=90))

    let_pass(121)

    assert sweep_requests() == 1
    assert len(queued()) == 2


def test_a_request_whose_time_is_up_is_ended_before_others_are_begun(
    service: ServiceDescriptor,
) -> None:
    others, overdue = [submitted(service) for _ in range(2)], submitted(service)
    Request.objects.filter(pk=overdue.pk).update(deadline_at=clock.now(), due_at=clock.now())

    assert sweep_requests() == 1

    assert queued() == [
        *(("gatekeeper-new", request.pk) for request in others),
        ("gatekeeper", overdue.pk),
    ]


def test_what_was_begun_is_no_new_work(new_request: Request, mano_without_repetition: Any) -> None:
    mano_without_repetition.reason = NotSent("connection refused")
    work()

    let_pass(6)

    assert sweep_requests() == 1
    assert queued() == [("gatekeeper", new_request.pk)]


def test_before_its_deadline_a_request_is_left_alone(new_request: Request) -> None:
    work()
    let_pass(59)
    sweep_and_work()

    assert handover_of(new_request) == ("NEW", "SENT")


def test_an_update_that_expires_returns_the_record_to_normal(
    instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    update = ordered("UPDATE", instance, latest_nsd_id="2.0")
    says(update, "UPDATING")

    let_pass(901)
    sweep_and_work()

    instance.refresh_from_db()
    assert (instance.status, instance.version) == ("normal operation", 3)


def test_a_request_opened_again_without_its_service_says_so(
    new_request: Request, service: ServiceDescriptor
) -> None:
    cancel_request(request=new_request, caller=caller())
    delete_descriptor(descriptor=service)
    set_status(
        request_id=new_request.pk, status="NEW", actor="operator", reason="again", force=True
    )

    work()

    assert handover_of(new_request) == ("ERROR", "PENDING")
    assert new_request.error == f"The service {new_request.service_uuid} is gone."


def test_an_instance_whose_service_is_gone_can_be_terminated(
    new_request: Request, service: ServiceDescriptor
) -> None:
    cancel_request(request=new_request, caller=caller())
    delete_descriptor(descriptor=service)
    says(new_request, "READY", **created_records(new_request))
    instance = ServiceRecord.objects.get()

    order = begin_handover(ordered("TERMINATE", instance).pk)

    assert order is not None
    assert (order.nsd, order.vnfds) == (None, [])
    assert order.service_instance_uuid == instance.pk


def test_one_request_does_not_wait_for_another(service: ServiceDescriptor) -> None:
    first, second = submitted(service), submitted(service)
    made_ready(second)
    work()

    assert handover_of(first) == ("NEW", "SENT")
    assert handover_of(second) == ("READY", "SENT")
    assert list(SimulatedOrder.objects.values_list("pk", flat=True)) == [first.pk]
