"""More orders than a worker hands over while one of them may wait: none fails for that."""

from typing import Any

import pytest
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from gatekeeper_site.work.cluster import SupervisedBroker
from requests_app.mano import simulator
from requests_app.models import Request, RequestEvent, SimulatedOrder
from requests_app.services import sweep_requests
from tests.fixtures import onboarded_service, submitted
from tests.requests_app.orders import let_pass

ORDERS = 40
# So long each task takes: all handovers take four times as long as the MANO may to accept.
TASK_SECONDS = 0.5
ACCEPT_SECONDS = 5


def run_next_task(broker: SupervisedBroker) -> bool:
    """Do what a worker's one process does next; tell whether there was anything."""
    tasks = broker.take_task()
    for key, payload in tasks:
        task = SignedPackage.loads(payload)
        import_string(task["func"])(*task["args"], **task["kwargs"])
        OrmQ.objects.filter(pk=key).delete()
    return bool(tasks)


@pytest.fixture
def backlog(db: None, settings: Any) -> list[Request]:
    """Orders that were taken while no worker ran, for longer than the MANO may take."""
    settings.SIMULATOR_STEP_SECONDS = 1
    settings.MANO_ACCEPT_SECONDS = ACCEPT_SECONDS
    service = onboarded_service()
    orders = [submitted(service) for _ in range(ORDERS)]
    let_pass(200)
    return orders


def test_a_backlog_ends_in_ready(backlog: list[Request]) -> None:
    # When a worker comes that does a task after the other
    broker = SupervisedBroker()
    longest = 0
    for _ in range(20 * ORDERS):
        sweep_requests()
        simulator.sweep()
        longest = max(longest, OrmQ.objects.count())
        has_worked = run_next_task(broker)
        let_pass(TASK_SECONDS)
        if not has_worked and not SimulatedOrder.objects.exists():
            break

    # Then every order is READY, although the last one waited for long
    assert set(Request.objects.values_list("status", "error")) == {("READY", None)}
    # Nothing was enqueued a second time
    assert longest <= ORDERS + ACCEPT_SECONDS / TASK_SECONDS
    # And what was begun has ended before the rest was begun
    first_ready = RequestEvent.objects.filter(to_status="READY").earliest("id")
    before = RequestEvent.objects.filter(to_status="INSTANTIATING", pk__lt=first_ready.pk)
    assert before.count() < ORDERS / 4
