"""Each change of a request is told to its callback: in order, until it is taken, and as it was."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from gatekeeper_site.core import clock
from gatekeeper_site.webhooks import Outcome
from records_app.models import ServiceDescriptor
from requests_app.models import CallbackAttempt, CallbackDelivery, Request
from requests_app.services import (
    callbacks,
    cancel_request,
    send_callback,
    set_status,
    sweep_callbacks,
)
from tests.fixtures import Api, caller, submitted
from tests.requests_app.orders import (
    created_records,
    let_pass,
    made_ready,
    says,
    sweep_and_work,
    work,
)
from tests.requests_app.receiver import Receiver, failing, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pauses(settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.CALLBACK_RETRY_SECONDS = [10.0, 30.0]


def told_to(receiver: Receiver, service: ServiceDescriptor) -> Request:
    """Return a new request whose changes a receiver is told."""
    request = submitted(service, callback=receiver.url)
    OrmQ.objects.all().delete()
    return request


def outcomes(request: Request) -> list[tuple[str, str]]:
    """Return the status and the outcome of each delivery of a request, in order."""
    rows = CallbackDelivery.objects.filter(request=request).order_by("created_at")
    return list(rows.values_list("request_status", "outcome"))


def attempts(request: Request) -> list[tuple[str, int | None]]:
    """Return the status told and the answer's status of each attempt, in order."""
    rows = CallbackAttempt.objects.filter(delivery__request=request).order_by("id")
    return list(rows.values_list("delivery__request_status", "status"))


# What is told


def test_a_receiver_is_told_what_get_showed_after_each_change(
    service: ServiceDescriptor, operator: Api
) -> None:
    with receiving() as receiver:
        request = told_to(receiver, service)
        says(request, "INSTANTIATING")
        in_progress = operator.get(f"/requests/{request.pk}").json()
        says(request, "READY", **created_records(request))
        ready = operator.get(f"/requests/{request.pk}").json()

        work()

    first, second = receiver.received
    assert (first.request, second.request) == (in_progress, ready)
    assert (first.path, first.content_type) == ("/changes", "application/json")
    assert first.signature is None
    kept = CallbackDelivery.objects.order_by("created_at")
    assert [str(each.pk) for each in kept] == receiver.ids()
    assert [each.body.encode() for each in kept] == [each.body for each in receiver.received]
    assert outcomes(request) == [("INSTANTIATING", "DELIVERED"), ("READY", "DELIVERED")]
    assert attempts(request) == [("INSTANTIATING", 200), ("READY", 200)]
    assert not kept.exclude(due_at=None, sweep_at=None).exists()


def test_nothing_is_told_of_the_new_request_itself(service: ServiceDescriptor) -> None:
    with receiving() as receiver:
        told_to(receiver, service)

        sweep_and_work()

    assert receiver.received == []
    assert not CallbackDelivery.objects.exists()


def test_a_request_without_callback_costs_no_query_more(new_request: Request) -> None:
    with CaptureQueriesContext(connection) as queries:
        made_ready(new_request)

    assert [query["sql"] for query in queries if "callbackdelivery" in query["sql"]] == []


def test_two_changes_in_one_transaction_are_told_in_their_order(
    service: ServiceDescriptor,
) -> None:
    with receiving() as receiver:
        request = told_to(receiver, service)
        # The final answer comes first
        says(request, "READY", **created_records(request))

        work()

    assert receiver.statuses() == ["INSTANTIATING", "READY"]
    earlier, later = CallbackDelivery.objects.order_by("created_at")
    assert earlier.created_at < later.created_at


def test_an_error_a_cancellation_and_a_change_by_hand_are_told(service: ServiceDescriptor) -> None:
    with receiving() as receiver:
        failed = told_to(receiver, service)
        says(failed, "ERROR", error="no more memory \x85 \u2028 ü")
        work()
        cancelled = told_to(receiver, service)
        cancel_request(request=cancelled, caller=caller())
        work()
        by_hand = told_to(receiver, service)
        set_status(request_id=by_hand.pk, status="INSTANTIATING", actor="adam")
        set_status(request_id=by_hand.pk, status="NEW", actor="adam", reason="again", force=True)
        OrmQ.objects.exclude(key="callbacks").delete()
        work()

    assert [(each.request["id"], each.request["status"]) for each in receiver.received] == [
        (str(failed.pk), "ERROR"),
        (str(cancelled.pk), "ERROR"),
        (str(by_hand.pk), "INSTANTIATING"),
        (str(by_hand.pk), "NEW"),
    ]
    assert receiver.received[0].request["error"] == "no more memory \x85 \u2028 ü"
    assert receiver.received[1].request["error"] == "cancelled by customer"


def test_a_change_that_is_rolled_back_is_not_told(service: ServiceDescriptor) -> None:
    with receiving() as receiver:
        request = told_to(receiver, service)
        with pytest.raises(ValueError, match="No arrow"):
            set_status(request_id=request.pk, status="READY", actor="adam")

        sweep_and_work()

    assert receiver.received == []


def test_a_callback_that_is_no_url_delays_no_change(service: ServiceDescriptor) -> None:
    # Given what no way in lets through
    for url in ("http://[", "http://host:99999/", "x" * 3000, "ftp://ü" + "y" * 3000):
        request = submitted(service)
        Request.objects.filter(pk=request.pk).update(callback=url)

        says(request, "INSTANTIATING")

        assert request.status == "INSTANTIATING"
    work()
    assert CallbackAttempt.objects.filter(status=None).exclude(error="").count() == 4


def test_tasks_of_callbacks_wait_in_a_queue_of_their_own(service: ServiceDescriptor) -> None:
    with receiving() as receiver:
        request = told_to(receiver, service)
        says(request, "INSTANTIATING")

    assert list(OrmQ.objects.values_list("key", flat=True)) == ["callbacks"]


def test_a_callback_whose_task_waits_is_not_enqueued_again(service: ServiceDescriptor) -> None:
    with receiving() as receiver:
        request = told_to(receiver, service)
        says(request, "INSTANTIATING")

        for _ in range(3):
            let_pass(121)
            assert sweep_callbacks() == 1
        assert OrmQ.objects.count() == 1

        # Only when it is lost
        OrmQ.objects.all().delete()
        let_pass(121)
        assert sweep_callbacks() == 1
        work()

    assert len(receiver.received) == 1


# The signature


def test_a_receiver_can_verify_the_signature(service: ServiceDescriptor, settings: Any) -> None:
    settings.CALLBACK_SECRET = "a shared secret"
    with receiving() as receiver:
        says(told_to(receiver, service), "INSTANTIATING")
        work()

    [received] = receiver.received
    digest = hmac.new(b"a shared secret", received.body, hashlib.sha256).hexdigest()
    assert received.signature == f"sha256={digest}"


# Tries


def test_a_later_change_waits_until_an_earlier_one_is_taken(service: ServiceDescriptor) -> None:
    with receiving(failing(2)) as receiver:
        # Given a receiver that fails twice
        request = told_to(receiver, service)
        made_ready(request)
        work()
        assert receiver.statuses() == ["INSTANTIATING"]
        waiting = CallbackDelivery.objects.get(request_status="READY")
        assert (waiting.due_at, waiting.sweep_at) == (None, None)

        # When the pauses pass
        for seconds in (12, 35):
            let_pass(seconds)
            sweep_and_work()

    # Then the same comes three times, under one id, and only then what came later
    assert receiver.statuses() == ["INSTANTIATING"] * 3 + ["READY"]
    assert len(set(receiver.ids()[:3])) == 1 and len(set(receiver.ids())) == 2
    assert attempts(request) == [
        ("INSTANTIATING", 500),
        ("INSTANTIATING", 500),
        ("INSTANTIATING", 200),
        ("READY", 200),
    ]
    assert Request.objects.get(pk=request.pk).status == "READY"


def test_the_pauses_between_tries_are_those_of_the_settings_and_a_little_longer(
    service: ServiceDescriptor,
) -> None:
    with receiving(failing(2)) as receiver:
        request = told_to(receiver, service)
        says(request, "INSTANTIATING")
        for pause in (10, 30):
            before = clock.now()
            work()
            after = clock.now()

            due_at = CallbackDelivery.objects.get().due_at
            assert due_at is not None
            assert before + timedelta(seconds=pause) <= due_at
            assert due_at <= after + timedelta(seconds=pause * 1.1, milliseconds=1)

            # Not a moment earlier
            let_pass((due_at - clock.now()).total_seconds() - 3)
            sweep_and_work()
            assert outcomes(request) == [("INSTANTIATING", "PENDING")]
            let_pass(3)
            sweep_callbacks()
        work()

    assert outcomes(request) == [("INSTANTIATING", "DELIVERED")]


def test_after_the_last_pause_it_has_failed_and_the_next_one_goes_on(
    service: ServiceDescriptor,
) -> None:
    with receiving(failing(3, status=404)) as receiver:
        request = told_to(receiver, service)
        made_ready(request)
        for _ in range(5):
            sweep_and_work()
            let_pass(60)

    assert outcomes(request) == [("INSTANTIATING", "FAILED"), ("READY", "DELIVERED")]
    assert receiver.statuses() == ["INSTANTIATING"] * 3 + ["READY"]
    failed = CallbackDelivery.objects.get(outcome="FAILED")
    assert [each.error for each in failed.attempts.all()] == ["answered 404"] * 3
    assert failed.ended_at is not None and failed.due_at is None


def test_without_pauses_there_is_one_try(service: ServiceDescriptor, settings: Any) -> None:
    settings.CALLBACK_RETRY_SECONDS = []
    with receiving(failing(1)) as receiver:
        request = told_to(receiver, service)
        says(request, "INSTANTIATING")
        work()

    assert outcomes(request) == [("INSTANTIATING", "FAILED")]


def test_a_forbidden_address_is_never_connected_to(
    service: ServiceDescriptor, settings: Any
) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = []
    settings.CALLBACK_RETRY_SECONDS = []
    with receiving() as receiver:
        for url in (receiver.url, receiver.url.replace("127.0.0.1", "localhost")):
            request = told_to(receiver, service)
            Request.objects.filter(pk=request.pk).update(callback=url)
            says(request, "INSTANTIATING")
            work()

            assert outcomes(request) == [("INSTANTIATING", "FAILED")]
            [attempt] = CallbackAttempt.objects.filter(delivery__request=request)
            assert attempt.status is None and "callbacks may" in attempt.error

    assert receiver.received == []


# Tasks come more than once, and too late


def test_a_task_that_comes_again_sends_nothing_again(service: ServiceDescriptor) -> None:
    with receiving(failing(1)) as receiver:
        request = told_to(receiver, service)
        says(request, "INSTANTIATING")
        delivery = CallbackDelivery.objects.get()
        for _ in range(3):
            send_callback(delivery_id=delivery.pk)

        assert len(receiver.received) == 1
        let_pass(12)
        for _ in range(3):
            send_callback(delivery_id=delivery.pk)

    assert len(receiver.received) == 2
    assert outcomes(request) == [("INSTANTIATING", "DELIVERED")]


def test_the_task_of_one_that_waits_its_turn_sends_nothing(service: ServiceDescriptor) -> None:
    with receiving() as receiver:
        made_ready(told_to(receiver, service))
        waiting = CallbackDelivery.objects.get(request_status="READY")

        send_callback(delivery_id=waiting.pk)

    assert receiver.received == []


def test_a_lost_task_is_found_by_the_sweep(service: ServiceDescriptor) -> None:
    with receiving() as receiver:
        says(told_to(receiver, service), "INSTANTIATING")
        OrmQ.objects.all().delete()

        # At first the task is thought to wait in the queue
        assert sweep_callbacks() == 0
        let_pass(125)
        assert sweep_callbacks() == 1
        assert sweep_callbacks() == 0
        work()

    assert receiver.statuses() == ["INSTANTIATING"]


def test_what_was_sent_and_not_noted_is_sent_again_after_a_while(
    service: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As if the process had been."""

    def killed(*args: Any) -> None:
        raise Killed

    with receiving() as receiver:
        # Given a process that is killed when it has sent
        request = told_to(receiver, service)
        made_ready(request)
        with monkeypatch.context() as patch:
            patch.setattr(callbacks, "note_outcome", killed)
            with pytest.raises(Killed):
                work()
        sweep_and_work()
        assert receiver.statuses() == ["INSTANTIATING"]

        # When so much time has passed that it can't be at it any more
        let_pass(25)
        sweep_and_work()

    # Then the same is sent again, under the same id
    assert receiver.statuses() == ["INSTANTIATING", "INSTANTIATING", "READY"]
    assert len(set(receiver.ids())) == 2
    assert outcomes(request) == [("INSTANTIATING", "DELIVERED"), ("READY", "DELIVERED")]


def test_a_failure_that_is_noted_too_late_uses_up_no_try_and_a_success_counts(
    service: ServiceDescriptor,
) -> None:
    for status, error, expected in ((500, "answered 500", "PENDING"), (200, "", "DELIVERED")):
        # Given a process that was so slow that another has begun to send the same
        request = submitted(service, callback="http://192.0.2.1/")
        says(request, "INSTANTIATING")
        delivery = CallbackDelivery.objects.get(request=request)
        slow = callbacks.claim(delivery.pk)
        let_pass(25)
        assert slow is not None and callbacks.claim(delivery.pk) is not None

        callbacks.note_outcome(slow, Outcome(status, 20_000, error), clock.now())

        delivery.refresh_from_db()
        assert (delivery.outcome, delivery.tries) == (expected, 0)
        assert delivery.attempts.count() == 1


def test_a_request_that_is_gone_is_told_of_no_more(service: ServiceDescriptor) -> None:
    with receiving() as receiver:
        request = told_to(receiver, service)
        says(request, "ERROR")
        request.delete()

        work()

    assert receiver.received == []
    assert not CallbackDelivery.objects.exists()
