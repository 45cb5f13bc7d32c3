"""What /metrics tells of callbacks, what the settings take, and what a purge forgets."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command

from gatekeeper_site.core import clock
from records_app.models import ServiceDescriptor
from requests_app.models import CallbackAttempt, CallbackDelivery, CallbackHost, Request
from tests.adminsite.pages import many_deliveries
from tests.fixtures import Api, submitted
from tests.operations.test_metrics import named, scraped
from tests.processes import environment_for, finished
from tests.requests_app.orders import let_pass, made_ready, says, sweep_and_work, work
from tests.requests_app.receiver import receiving


@pytest.mark.django_db
def test_deliveries_attempts_and_open_circuits_are_counted(
    service: ServiceDescriptor, admin: Api, settings: Any
) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.CALLBACK_RETRY_SECONDS = [10.0]
    statuses = [200, 404, 500]
    with receiving(lambda received: statuses.pop()) as receiver:
        made_ready(submitted(service, callback=receiver.url))
        work()
        let_pass(12)
        sweep_and_work()
        let_pass(12)
        sweep_and_work()
    says(submitted(service, callback="http://10.0.0.1/"), "ERROR")
    work()
    many_deliveries(2)
    CallbackHost.objects.create(
        host="a:80", failures=20, failed_at=clock.now(), open_until=clock.now()
    )

    figures = scraped(admin)

    def count(name: str, outcome: str) -> float:
        return figures[named(name, outcome=outcome)]

    deliveries = "gatekeeper_callback_deliveries"
    assert [count(deliveries, each) for each in ("PENDING", "DELIVERED", "FAILED")] == [1, 3, 1]
    attempts = "gatekeeper_callback_attempts_total"
    labels = ("2xx", "3xx", "4xx", "5xx", "error")
    assert [count(attempts, each) for each in labels] == [1, 0, 1, 1, 1]
    assert figures[named("gatekeeper_callback_open_circuits")] == 1
    assert figures[named("gatekeeper_callback_oldest_due_seconds")] == 0
    assert figures[named("gatekeeper_queue_tasks", queue="callbacks")] == 0


@pytest.mark.django_db
def test_the_age_of_the_oldest_due_callback_tells_whether_they_are_sent_in_time(
    admin: Api,
) -> None:
    for seconds in (40, 70, -60):
        many_deliveries(1, outcome="PENDING", due_at=clock.now() - timedelta(seconds=seconds))

    age = scraped(admin)[named("gatekeeper_callback_oldest_due_seconds")]

    assert 70 <= age < 100


@pytest.mark.django_db
def test_a_purge_forgets_callbacks_with_their_requests_and_hosts_that_were_long_away() -> None:
    long_ago = clock.now() - timedelta(days=100)
    old, new = many_deliveries(2)
    Request.objects.filter(pk=old.request_id).update(updated_at=long_ago)
    for delivery in (old, new):
        CallbackAttempt.objects.create(delivery=delivery, at=long_ago, status=200, milliseconds=1)
    CallbackHost.objects.create(host="gone:80", failures=1, failed_at=long_ago)
    CallbackHost.objects.create(host="flaky:80", failures=1, failed_at=clock.now())

    call_command("purge", "--older-than", "90")

    assert [each.pk for each in CallbackDelivery.objects.all()] == [new.pk]
    assert [each.delivery_id for each in CallbackAttempt.objects.all()] == [new.pk]
    assert [each.host for each in CallbackHost.objects.all()] == ["flaky:80"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "[]"),
        ("0", "[0.0]"),
        ("0.5, 30", "[0.5, 30.0]"),
        ("ten", "CALLBACK_RETRY_SECONDS: could not convert string to float: 'ten'"),
        ("10,-1", "CALLBACK_RETRY_SECONDS: a pause has 0 to 1000000 seconds."),
        ("nan", "CALLBACK_RETRY_SECONDS: a pause has 0 to 1000000 seconds."),
    ],
)
def test_pauses_are_read_from_the_environment(text: str, expected: str, tmp_path: Any) -> None:
    environment = environment_for(tmp_path, CALLBACK_RETRY_SECONDS=text)
    code = "from gatekeeper_site import settings; print(settings.CALLBACK_RETRY_SECONDS)"

    result = finished(environment, "-c", code)

    assert expected in result.stdout + result.stderr
