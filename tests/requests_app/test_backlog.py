"""More orders than a worker hands over, or the MANO accepts, while one may wait: none fails."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from gatekeeper_site.work.cluster import SupervisedBroker
from records_app.models import ServiceDescriptor
from requests_app import mano
from requests_app.mano import simulator
from requests_app.mano.protocol import NotSent
from requests_app.models import Request, RequestEvent, SimulatedOrder
from requests_app.services import sweep_requests
from tests.fixtures import onboarded_service, submitted
from tests.requests_app import unreachable_mano
from tests.requests_app.orders import let_pass, made_ready, run_next_task, says

ORDERS = 40
# So long each task takes: all handovers take four times as long as the MANO may to accept.
TASK_SECONDS = 0.5
ACCEPT_SECONDS = 5


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


# A MANO that is slower than we hand over.

LIMIT = 3


@pytest.fixture
def slow_mano(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Any:
    """A MANO that accepts LIMIT orders within its 60 s, and takes what it gets."""
    monkeypatch.setitem(mano.DRIVERS, "slow", unreachable_mano.__name__)
    monkeypatch.setattr(unreachable_mano, "sent", [])
    monkeypatch.setattr(unreachable_mano, "reason", None)
    monkeypatch.setattr(unreachable_mano, "ACCEPTED_PER_SECOND", LIMIT / 60)
    settings.MANO_DRIVER = "slow"
    return unreachable_mano


def work_as_far_as_may_be(broker: SupervisedBroker) -> list[Request]:
    """Do all that a worker may do now; return the requests that the MANO has yet to accept."""
    sweep_requests()
    while run_next_task(broker):
        pass
    unaccepted = Request.objects.filter(status="NEW", handover_began_at__isnull=False)
    return list(unaccepted.order_by("created_at"))


def test_orders_beyond_what_the_mano_may_owe_wait_with_us(
    service: ServiceDescriptor, slow_mano: Any
) -> None:
    requests = [submitted(service) for _ in range(2 * LIMIT)]
    broker = SupervisedBroker()

    # Given as many that it has got as it may owe
    assert work_as_far_as_may_be(broker) == requests[:LIMIT]
    assert work_as_far_as_may_be(broker) == requests[:LIMIT]

    # When it accepts one and refuses one, two more go on their way
    says(requests[1], "INSTANTIATING")
    assert work_as_far_as_may_be(broker) == [requests[0], *requests[2 : LIMIT + 1]]
    says(requests[0], "ERROR")
    assert work_as_far_as_may_be(broker) == requests[2 : LIMIT + 2]

    # And nobody waits for the others' deadline
    last = requests[-1]
    last.refresh_from_db()
    assert (last.status, last.handover, last.handover_began_at) == ("NEW", "PENDING", None)
    assert [order.request_id for order in slow_mano.sent] == [each.pk for each in requests[:-1]]


def test_a_slow_mano_loses_no_order_by_its_deadline(
    service: ServiceDescriptor, slow_mano: Any
) -> None:
    requests = [submitted(service) for _ in range(4 * LIMIT)]
    broker = SupervisedBroker()

    # When it needs, for all, four times as long as it may for one
    for _ in requests:
        waiting = work_as_far_as_may_be(broker)
        let_pass(60 / (LIMIT + 1))
        made_ready(waiting[0])

    assert work_as_far_as_may_be(broker) == []
    assert set(Request.objects.values_list("status", "error")) == {("READY", None)}
    assert len(slow_mano.sent) == 4 * LIMIT


def test_a_deaf_mano_keeps_others_waiting_for_no_longer_than_its_deadline(
    service: ServiceDescriptor, slow_mano: Any
) -> None:
    requests = [submitted(service) for _ in range(2 * LIMIT)]
    broker = SupervisedBroker()
    assert work_as_far_as_may_be(broker) == requests[:LIMIT]

    let_pass(61)

    assert work_as_far_as_may_be(broker) == requests[LIMIT:]
    assert Request.objects.filter(status="ERROR").count() == LIMIT


def test_an_outage_has_no_more_orders_tried_again_and_again(
    service: ServiceDescriptor, slow_mano: Any
) -> None:
    requests = [submitted(service) for _ in range(2 * LIMIT)]
    broker = SupervisedBroker()
    slow_mano.reason = NotSent("connection refused")
    for _ in range(3):
        assert work_as_far_as_may_be(broker) == requests[:LIMIT]
        let_pass(6)

    slow_mano.reason = None

    assert work_as_far_as_may_be(broker) == requests[:LIMIT]
    for request in requests[:LIMIT]:
        says(request, "INSTANTIATING")
    assert work_as_far_as_may_be(broker) == requests[LIMIT:]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="it is PostgreSQL's plan")
def test_whether_an_order_waits_is_found_by_the_index(
    service: ServiceDescriptor, slow_mano: Any
) -> None:
    # Given a long backlog, and many requests that have ended
    request = submitted(service)
    names = [field.attname for field in Request._meta.concrete_fields if field.attname != "id"]
    values = {name: getattr(request, name) for name in names}
    Request.objects.bulk_create(Request(**values) for _ in range(1000))
    ended = values | {"status": "READY", "handover_began_at": request.created_at}
    Request.objects.bulk_create(Request(**ended) for _ in range(1000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE requests_app_request")

    # When a task is taken
    with CaptureQueriesContext(connection) as queries:
        assert SupervisedBroker().take_task()
        [taking] = [each["sql"] for each in queries if each["sql"].startswith("\nUPDATE")]

    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {taking}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Only Scan using request_unaccepted" in plan
    assert "Seq Scan on requests_app_request" not in plan
