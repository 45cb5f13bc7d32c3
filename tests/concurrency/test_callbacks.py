"""A callback that several processes have at once is sent by one of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from requests_app.models import CallbackAttempt, CallbackDelivery, CallbackHost
from requests_app.services import redeliver, send_callback
from requests_app.services.circuits import FAILURES_TO_OPEN, closed_until
from tests.fixtures import onboarded_service, submitted
from tests.processes import WAIT_SECONDS
from tests.requests_app.orders import let_pass, made_ready, says
from tests.requests_app.receiver import receiving

pytestmark = pytest.mark.django_db(transaction=True)

THREADS = 4


@pytest.fixture(autouse=True)
def this_machine_is_allowed(settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]


def at_once(function: Callable[[], Any]) -> list[Any]:
    """Return what the function returns, or raises, when four call it in the same moment."""
    barrier = Barrier(THREADS)

    def call(_: int) -> Any:
        barrier.wait(WAIT_SECONDS)
        try:
            return function()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(call, range(THREADS)))


def test_four_tasks_of_one_callback_send_it_once() -> None:
    service = onboarded_service()
    with receiving() as receiver:
        for number in range(1, 6):
            request = submitted(service, callback=receiver.url)
            says(request, "INSTANTIATING")
            delivery = CallbackDelivery.objects.get(request=request)

            results = at_once(lambda key=delivery.pk: send_callback(delivery_id=key))

            assert results == [None] * THREADS
            assert len(receiver.received) == number
    assert set(CallbackDelivery.objects.values_list("outcome", flat=True)) == {"DELIVERED"}
    assert CallbackAttempt.objects.count() == 5


def test_a_callback_is_redelivered_once_by_four() -> None:
    with receiving() as receiver:
        request = submitted(onboarded_service(), callback=receiver.url)
        made_ready(request)
        delivery = CallbackDelivery.objects.get(request_status="INSTANTIATING")
        send_callback(delivery_id=delivery.pk)

        results = at_once(lambda: redeliver(delivery=delivery))

    assert sorted(type(result).__name__ for result in results) == [
        "CallbackDelivery",
        "Conflict",
        "Conflict",
        "Conflict",
    ]


def test_one_of_four_tries_a_host_that_was_left_alone() -> None:
    with receiving(lambda received: 500) as receiver:
        service = onboarded_service()
        for _ in range(FAILURES_TO_OPEN):
            request = submitted(service, callback=receiver.url)
            says(request, "INSTANTIATING")
            send_callback(delivery_id=CallbackDelivery.objects.get(request=request).pk)
        let_pass(31)

        results = at_once(lambda: closed_until(receiver.host))

    assert results.count(None) == 1
    assert CallbackHost.objects.get().failures == FAILURES_TO_OPEN
