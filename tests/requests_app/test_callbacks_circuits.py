"""A host that takes no callbacks is left alone for a while; then one finds out that it is back."""

from datetime import timedelta
from typing import Any

import pytest
from django_q.models import OrmQ

from gatekeeper_site.core import clock
from records_app.models import ServiceDescriptor
from requests_app.models import CallbackAttempt, CallbackDelivery, CallbackHost
from requests_app.services import callbacks
from requests_app.services.circuits import FAILURES_TO_OPEN, closed_until
from tests.fixtures import submitted
from tests.requests_app.orders import let_pass, says, sweep_and_work, work
from tests.requests_app.receiver import Receiver, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def pauses(settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.CALLBACK_RETRY_SECONDS = [10_000.0]


def changed(receiver: Receiver, service: ServiceDescriptor, number: int) -> None:
    """Have so many requests change, which a receiver is told of."""
    for _ in range(number):
        says(submitted(service, callback=receiver.url), "INSTANTIATING")
    OrmQ.objects.exclude(key="callbacks").delete()


def test_after_so_many_failures_in_a_row_nothing_is_sent_for_a_while(
    service: ServiceDescriptor,
) -> None:
    with receiving(lambda received: 503) as receiver, receiving() as other:
        changed(receiver, service, FAILURES_TO_OPEN - 1)
        work()
        assert not CallbackHost.objects.exclude(open_until=None).exists()
        changed(receiver, service, 5)
        changed(other, service, 1)

        work()

    # Then the other host gets its callbacks, and this one's wait without a try being used up
    assert len(receiver.received) == FAILURES_TO_OPEN
    assert len(other.received) == 1
    circuit = CallbackHost.objects.get()
    assert (circuit.host, circuit.failures) == (receiver.host, FAILURES_TO_OPEN)
    assert circuit.open_until is not None
    waiting = CallbackDelivery.objects.filter(host=receiver.host, attempts=None)
    assert waiting.count() == 4
    for delivery in waiting:
        assert (delivery.outcome, delivery.tries) == ("PENDING", 0)
        assert delivery.due_at is not None and delivery.due_at >= circuit.open_until


def test_one_callback_tries_a_host_again_and_a_success_ends_the_pause(
    service: ServiceDescriptor,
) -> None:
    statuses = [503] * (FAILURES_TO_OPEN + 1)
    with receiving(lambda received: statuses.pop() if statuses else 200) as receiver:
        changed(receiver, service, FAILURES_TO_OPEN + 3)
        work()
        assert len(receiver.received) == FAILURES_TO_OPEN

        # When the pause is over, one is sent; it fails, and the pause begins anew
        let_pass(36)
        sweep_and_work()
        assert len(receiver.received) == FAILURES_TO_OPEN + 1
        sweep_and_work()
        assert len(receiver.received) == FAILURES_TO_OPEN + 1

        # When that is over, one is sent and taken; then the others come
        let_pass(36)
        sweep_and_work()
        assert not CallbackHost.objects.exists()
        let_pass(36)
        sweep_and_work()

    assert len(receiver.received) == FAILURES_TO_OPEN + 3
    assert CallbackAttempt.objects.filter(status=200).count() == 2


def test_what_waits_for_a_host_for_a_day_is_given_up(
    service: ServiceDescriptor, settings: Any
) -> None:
    # Given a host that takes nothing, and callbacks that wait for it
    with receiving(lambda received: 503) as receiver:
        changed(receiver, service, FAILURES_TO_OPEN)
        work()
        changed(receiver, service, 3)
        work()
        waiting = CallbackDelivery.objects.filter(host=receiver.host, attempts=None)
        keys = list(waiting.order_by("created_at").values_list("pk", flat=True))
        assert len(keys) == 3

        # When less than a day has passed, all but the one that tries it wait
        let_pass(86_000)
        CallbackHost.objects.update(open_until=clock.now() + timedelta(seconds=30))
        sweep_and_work()
        assert CallbackDelivery.objects.filter(pk__in=keys, outcome="PENDING").count() == 3

        # When more has, and the host is left alone yet
        let_pass(600)
        CallbackHost.objects.update(open_until=clock.now() + timedelta(seconds=30))
        sent = len(receiver.received)
        sweep_and_work()

    # Then they have failed without a try, and say why
    assert len(receiver.received) == sent
    given_up = CallbackDelivery.objects.filter(pk__in=keys)
    assert set(given_up.values_list("outcome", "due_at", "sweep_at")) == {("FAILED", None, None)}
    errors = CallbackAttempt.objects.filter(delivery__in=keys).values_list("status", "error")
    reason = "Not sent, and given up: the host has taken no callbacks for 24 hours."
    assert list(errors) == [(None, reason)] * 3

    # And one that is sent anew has its day again
    settings.CALLBACK_RETRY_SECONDS = []
    again = callbacks.redeliver(delivery=CallbackDelivery.objects.get(pk=keys[0]))
    sweep_and_work()
    assert again is not None
    again.refresh_from_db()
    assert again.outcome == "PENDING"


def test_while_one_callback_tries_a_host_the_others_wait(
    service: ServiceDescriptor,
) -> None:
    with receiving(lambda received: 503) as receiver:
        changed(receiver, service, FAILURES_TO_OPEN)
        work()
    assert closed_until(receiver.host) is not None
    let_pass(31)

    # The first may send, for so long that it must have ended; then another may
    assert closed_until(receiver.host) is None
    assert closed_until(receiver.host) is not None
    let_pass(21)
    assert closed_until(receiver.host) is None


@pytest.mark.parametrize("status", [200, 404, 302])
def test_an_answer_that_shows_the_host_to_be_up_ends_the_row(
    service: ServiceDescriptor, status: int
) -> None:
    statuses = [500] * (FAILURES_TO_OPEN - 1) + [status] + [500] * (FAILURES_TO_OPEN - 1)
    with receiving(lambda received: statuses.pop()) as receiver:
        changed(receiver, service, 2 * FAILURES_TO_OPEN - 1)

        work()

    assert len(receiver.received) == 2 * FAILURES_TO_OPEN - 1
    assert not CallbackHost.objects.exclude(open_until=None).exists()


def test_hosts_are_told_apart_by_their_port(service: ServiceDescriptor) -> None:
    with receiving(lambda received: 503) as receiver, receiving() as other:
        changed(receiver, service, FAILURES_TO_OPEN)
        changed(other, service, 1)
        work()

    assert closed_until(other.host) is None
    assert closed_until(receiver.host) is not None
    for host, url in (
        ("receiver.example:443", "https://Receiver.example/a"),
        ("receiver.example:80", "http://user@receiver.example"),
        ("::1:8080", "http://[::1]:8080/"),
    ):
        request = submitted(service, callback=url)
        says(request, "INSTANTIATING")
        assert CallbackDelivery.objects.get(request=request).host == host


def test_a_slow_host_leaves_task_processes_to_the_others(service: ServiceDescriptor) -> None:
    # Given a host to which two callbacks have been on their way for longer than a second
    with receiving() as receiver, receiving() as other:
        changed(receiver, service, 3)
        first, second, third = CallbackDelivery.objects.order_by("created_at")
        assert callbacks.claim(first.pk) is not None
        assert callbacks.claim(second.pk) is not None
        on_their_way = CallbackDelivery.objects.exclude(claimed_until=None)
        on_their_way.update(claimed_until=clock.now() + callbacks.LEASE - timedelta(seconds=2))
        changed(other, service, 1)

        # When a third one's turn comes, and another host's
        work()

        # Then it waits without a try being used up, and the other's is sent
        assert (len(receiver.received), len(other.received)) == (0, 1)
        third.refresh_from_db()
        assert (third.outcome, third.tries, third.claimed_until) == ("PENDING", 0, None)
        assert third.due_at is not None and third.due_at > clock.now()

        # And when one of them has ended, it is sent
        CallbackDelivery.objects.filter(pk=first.pk).update(claimed_until=None)
        let_pass(2)
        sweep_and_work()
        assert len(receiver.received) >= 1
    third.refresh_from_db()
    assert third.outcome == "DELIVERED"
