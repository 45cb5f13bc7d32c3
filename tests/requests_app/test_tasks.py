"""What the version before enqueued lies in the queue at an upgrade, and is done all the same."""

from typing import Any

import pytest
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from gatekeeper_site.core import clock
from gatekeeper_site.core.origin import new_origin, packed
from requests_app.models import CallbackDelivery, Request, SimulatedOrder
from requests_app.services import attend_request
from tests.fixtures import onboarded_service, submitted
from tests.requests_app.orders import says, work
from tests.requests_app.receiver import receiving


@pytest.fixture
def request_in_queue(db: None) -> Request:
    """A new request, whose task is not in the queue."""
    request = submitted(onboarded_service())
    OrmQ.objects.all().delete()
    return request


def put_as_before(function: str, *args: str | int) -> None:
    """Put a task into the queue by the name and with the arguments that it had."""
    task: dict[str, Any] = {
        "id": "a task",
        "name": "a task",
        "func": f"requests_app.tasks.{function}",
        "args": args,
        "kwargs": {"origin": packed(new_origin(via="api", request_id="the order's"))},
        "started": clock.now(),
    }
    OrmQ.objects.create(key="gatekeeper", payload=SignedPackage.dumps(task), lock=clock.now())


def test_a_handover_is_done(request_in_queue: Request) -> None:
    put_as_before("attend_request", str(request_in_queue.pk))

    work()

    request_in_queue.refresh_from_db()
    assert (request_in_queue.status, request_in_queue.handover) == ("NEW", "SENT")


def test_a_callback_is_sent(db: None, settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with receiving() as receiver:
        request = submitted(onboarded_service(), callback=receiver.url)
        says(request, "INSTANTIATING")
        OrmQ.objects.all().delete()
        put_as_before("send_callback", str(CallbackDelivery.objects.get().pk))

        work()

        assert CallbackDelivery.objects.get().outcome == "DELIVERED"


def test_a_step_of_the_simulator_is_taken(request_in_queue: Request) -> None:
    attend_request(request_in_queue.pk)
    put_as_before("take_simulator_step", str(request_in_queue.pk), 0)

    work()

    request_in_queue.refresh_from_db()
    assert request_in_queue.status == "INSTANTIATING"
    assert SimulatedOrder.objects.get().next_step == 1
