"""What /metrics tells of requests, the task queue and the MANO."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from gatekeeper_site.core import clock
from gatekeeper_site.core.counters import count_event
from requests_app.models import Request, RequestEvent
from tests.fixtures import Api, many_requests, onboarded_service, submitted
from tests.operations.test_metrics import named, scraped
from tests.requests_app.orders import created_records, expire, says

pytestmark = pytest.mark.django_db


def ended(number: int, seconds: list[float], **columns: Any) -> None:
    """Store requests that succeeded a minute ago and took so long."""
    at = clock.now() - timedelta(minutes=1)
    rows = many_requests(number, status="READY", **columns)
    for row, taken in zip(rows, seconds, strict=True):
        row.updated_at = at
        row.began_at = at - timedelta(seconds=taken)
    Request.objects.bulk_update(rows, ["updated_at", "began_at"])


def test_requests_are_counted_by_type_status_and_state(admin: Api) -> None:
    many_requests(3, request_type="UPDATE", status="INSTANTIATED")
    expire(submitted(onboarded_service()))
    submitted(onboarded_service(version="2.0"))

    figures = scraped(admin)

    def count(request_type: str, status: str, state: str) -> float:
        labels = {"type": request_type, "status": status, "state": state}
        return figures[named("gatekeeper_requests", **labels)]

    assert count("UPDATE", "INSTANTIATED", "SUCCEEDED") == 3
    assert count("CREATE", "ERROR", "ERROR") == 1
    assert count("CREATE", "NEW", "NEW") == 1
    assert count("TERMINATE", "TERMINATING", "IN_PROGRESS") == 0
    assert len([name for name, _ in figures if name == "gatekeeper_requests"]) == 12


def test_the_count_is_remembered_for_a_moment(admin: Api) -> None:
    first = scraped(admin)
    many_requests(2, status="READY")

    label = {"type": "CREATE", "status": "READY", "state": "SUCCEEDED"}
    assert first[named("gatekeeper_requests", **label)] == 0
    assert scraped(admin)[named("gatekeeper_requests", **label)] == 0
    cache.clear()
    assert scraped(admin)[named("gatekeeper_requests", **label)] == 2


def test_the_oldest_open_request_of_each_status_has_an_age(admin: Api) -> None:
    now = clock.now()
    for seconds in (500, 40):
        request = submitted(onboarded_service(version=f"{seconds}.0"))
        Request.objects.filter(pk=request.pk).update(created_at=now - timedelta(seconds=seconds))

    figures = scraped(admin)

    age = figures[named("gatekeeper_open_request_oldest_seconds", status="NEW")]
    assert 500 <= age < 530
    assert figures[named("gatekeeper_open_request_oldest_seconds", status="UPDATING")] == 0
    assert named("gatekeeper_open_request_oldest_seconds", status="READY") not in figures


def test_time_to_ready_is_in_quantiles_of_the_last_quarter_of_an_hour(admin: Api) -> None:
    ended(100, [float(number) for number in range(1, 101)], request_type="CREATE")
    old = many_requests(1, request_type="TERMINATE", status="READY")
    Request.objects.filter(pk=old[0].pk).update(updated_at=clock.now() - timedelta(minutes=16))

    figures = scraped(admin)

    def quantile(value: str) -> float:
        labels = {"type": "CREATE", "quantile": value}
        return figures[named("gatekeeper_request_seconds", **labels)]

    assert [quantile(value) for value in ("0.5", "0.9", "0.99")] == [50, 90, 99]
    assert figures[named("gatekeeper_request_seconds_count", type="CREATE")] == 100
    assert figures[named("gatekeeper_request_seconds_count", type="TERMINATE")] == 0
    labels = {"type": "TERMINATE", "quantile": "0.5"}
    assert named("gatekeeper_request_seconds", **labels) not in figures


def test_waiting_tasks_are_counted_with_the_age_of_the_oldest(admin: Api) -> None:
    assert scraped(admin)[named("gatekeeper_queue_tasks", queue="gatekeeper")] == 0
    now = clock.now()
    for queue, seconds in (("gatekeeper", 70), ("gatekeeper", 5), ("gatekeeper", -60), ("b", 9)):
        OrmQ.objects.create(key=queue, payload="", lock=now - timedelta(seconds=seconds))

    figures = scraped(admin)

    # The one whose lock is yet to end is in a worker's hands.
    assert figures[named("gatekeeper_queue_tasks", queue="gatekeeper")] == 2
    assert figures[named("gatekeeper_queue_tasks", queue="b")] == 1
    assert 70 <= figures[named("gatekeeper_queue_oldest_seconds", queue="gatekeeper")] < 100
    assert 9 <= figures[named("gatekeeper_queue_oldest_seconds", queue="b")] < 39


def test_the_manos_round_trip_is_from_handover_to_acceptance(admin: Api) -> None:
    request = submitted(onboarded_service())
    says(request, "INSTANTIATING")
    says(request, "READY", **created_records(request))
    accepted = RequestEvent.objects.get(request=request, to_status="INSTANTIATING")
    Request.objects.update(handover_began_at=accepted.at - timedelta(seconds=4))
    # Neither is one that was opened by hand, and never handed over, an acceptance.
    says(submitted(onboarded_service(version="2.0")), "INSTANTIATING")

    figures = scraped(admin)

    for value in ("0.5", "0.99"):
        assert figures[named("gatekeeper_mano_accept_seconds", quantile=value)] == 4
    assert figures[named("gatekeeper_mano_accept_seconds_count")] == 1


def test_messages_without_effect_are_counted_by_the_reason(admin: Api) -> None:
    for reason in ("unknown", "unparsable", "unparsable"):
        count_event("mano_messages", reason)
    count_event("mano_dead_letters")

    figures = scraped(admin)

    counted = {
        dict(labels)["reason"]: value
        for (name, labels), value in figures.items()
        if name == "gatekeeper_mano_ignored_messages_total"
    }
    assert counted == {
        "unknown": 1,
        "unusable": 0,
        "unparsable": 2,
        "too_large": 0,
        "failed": 0,
    }
    assert figures[named("gatekeeper_mano_dead_letters_total")] == 1


def test_a_scrape_costs_as_many_queries_whatever_there_is(admin: Api) -> None:
    scraped(admin)

    def queries() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            scraped(admin)
        return len(captured)

    empty = queries()
    ended(50, [1.0] * 50, request_type="CREATE")
    says(submitted(onboarded_service()), "INSTANTIATING")

    # Token, workers, queue; counts, ages, durations; round trip, pause, messages; what differs from
    # the records; deliveries, the oldest due, attempts, circuits; three of HA objects.
    assert empty == queries() == 18
