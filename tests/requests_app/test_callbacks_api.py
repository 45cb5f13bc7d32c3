"""A request's callbacks are listed with their attempts, and tried anew when that is asked for."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from records_app.models import ServiceDescriptor
from requests_app.models import CallbackAttempt, CallbackDelivery, Request
from tests.fixtures import Api, assert_faults, assert_problem, links_of, submitted
from tests.requests_app.orders import let_pass, made_ready, says, sweep_and_work, work
from tests.requests_app.receiver import failing, receiving

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_pause(settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.CALLBACK_RETRY_SECONDS = [10.0]


def listed(api: Api, request: Request, query: str = "") -> list[dict[str, Any]]:
    response = api.get(f"/requests/{request.pk}/callbacks{query}")
    assert response.status_code == 200, response.content
    rows: list[dict[str, Any]] = response.json()
    return rows


def redelivered(api: Api, request: Request, delivery_id: Any, **headers: str) -> Any:
    return api.post(f"/requests/{request.pk}/callbacks/{delivery_id}/redeliver", **headers)


def stored(request: Request, number: int) -> None:
    """Store ended deliveries of a request, each of three attempts."""
    rows = CallbackDelivery.objects.bulk_create(
        CallbackDelivery(
            tenant_id=request.tenant_id,
            request=request,
            request_status="READY",
            url="http://receiver.example/",
            host="receiver.example:80",
            body="{}",
            created_at=request.created_at + timedelta(milliseconds=index),
            outcome="DELIVERED",
        )
        for index in range(number)
    )
    CallbackAttempt.objects.bulk_create(
        CallbackAttempt(delivery=row, at=row.created_at, status=status, milliseconds=5)
        for row in rows
        for status in (500, 503, 200)
    )


def test_callbacks_are_listed_oldest_first_with_their_attempts(
    service: ServiceDescriptor, viewer: Api
) -> None:
    with receiving(failing(1, status=503)) as receiver:
        request = submitted(service, callback=receiver.url)
        made_ready(request)
        work()

        first, second = listed(viewer, request)

    delivery = CallbackDelivery.objects.get(request_status="INSTANTIATING")
    attempt = delivery.attempts.get()
    assert delivery.due_at is not None
    assert first == {
        "id": str(delivery.pk),
        "request_status": "INSTANTIATING",
        "outcome": "PENDING",
        "url": receiver.url,
        "created_at": clock.iso_z(delivery.created_at),
        "next_attempt_at": clock.iso_z(delivery.due_at),
        "attempts": [
            {
                "at": clock.iso_z(attempt.at),
                "status": 503,
                "milliseconds": attempt.milliseconds,
                "error": "answered 503",
            }
        ],
    }
    assert (second["request_status"], second["next_attempt_at"]) == ("READY", None)
    assert second["attempts"] == []


def test_an_attempt_that_nobody_answered_has_no_status(
    service: ServiceDescriptor, viewer: Api, settings: Any
) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = []
    request = submitted(service, callback="http://127.0.0.1:1/")
    says(request, "INSTANTIATING")
    work()

    [[attempt]] = [row["attempts"] for row in listed(viewer, request)]
    assert attempt["status"] is None and "127.0.0.1" in attempt["error"]


def test_a_request_without_callback_has_none(new_request: Request, viewer: Api) -> None:
    says(new_request, "INSTANTIATING")

    assert listed(viewer, new_request) == []


def test_a_list_costs_the_same_however_long_it_is(
    new_request: Request, viewer: Api, unthrottled: None
) -> None:
    stored(new_request, 60)
    viewer.get("/requests")

    for limit in (1, 60):
        with CaptureQueriesContext(connection) as queries:
            rows = listed(viewer, new_request, f"?limit={limit}")
        # Token, request, count, page, attempts.
        assert len(queries) == 5
        assert len(rows) == limit
        assert [[each["status"] for each in row["attempts"]] for row in rows] == [
            [500, 503, 200]
        ] * limit


def test_pages_follow_each_other(new_request: Request, viewer: Api) -> None:
    stored(new_request, 5)
    whole = listed(viewer, new_request)
    path = f"/requests/{new_request.pk}/callbacks"

    walked = []
    url = f"{path}?limit=2&cursor="
    while url:
        response = viewer.get(url)
        walked += response.json()
        url = links_of(response).get("next", "")

    assert walked == whole
    assert listed(viewer, new_request, "?ordering=-created_at") == whole[::-1]
    assert listed(viewer, new_request, "?fields=outcome&limit=1") == [{"outcome": "DELIVERED"}]
    assert_faults(viewer.get(f"{path}?ordering=url&outcome=FAILED"), "ordering", "outcome")


def test_callbacks_of_another_tenant_are_not_there(
    new_request: Request, other_operator: Api
) -> None:
    stored(new_request, 1)
    delivery = CallbackDelivery.objects.get()

    response = other_operator.get(f"/requests/{new_request.pk}/callbacks")
    assert_problem(response, 404, "not_found")
    assert_problem(redelivered(other_operator, new_request, delivery.pk), 404, "not_found")
    delivery.refresh_from_db()
    assert delivery.outcome == "DELIVERED"


# Redeliver


def test_a_failed_callback_is_sent_anew_with_the_same_id_and_body(
    service: ServiceDescriptor, operator: Api
) -> None:
    with receiving(failing(3)) as receiver:
        # Given one that has failed, after which the request went on
        request = submitted(service, callback=receiver.url)
        says(request, "INSTANTIATING")
        for _ in range(3):
            sweep_and_work()
            let_pass(60)
        [failed] = listed(operator, request)
        assert failed["outcome"] == "FAILED" and len(failed["attempts"]) == 2

        # When it is to be sent anew
        response = redelivered(operator, request, failed["id"])

        # Then a new round begins at once, of as many tries as the first
        assert response.status_code == 202
        printed = response.json()
        assert printed == listed(operator, request)[0]
        assert printed["outcome"] == "PENDING" and printed["attempts"] == failed["attempts"]
        assert printed["next_attempt_at"] <= clock.iso_z(clock.now())
        work()
        let_pass(12)
        sweep_and_work()

    [delivered] = listed(operator, request)
    assert delivered["outcome"] == "DELIVERED"
    assert [each["status"] for each in delivered["attempts"]] == [500, 500, 500, 200]
    assert {each.delivery_id for each in receiver.received} == {failed["id"]}
    assert len({each.body for each in receiver.received}) == 1
    entry = AuditEntry.objects.get(action="redeliver")
    assert (entry.actor, entry.object_type, entry.object_id) == (
        "operator",
        "callback_delivery",
        failed["id"],
    )
    assert entry.changes["outcome"] == ["FAILED", "PENDING"]
    assert entry.tenant_id == request.tenant_id


def test_a_delivered_one_may_be_sent_anew_too(service: ServiceDescriptor, operator: Api) -> None:
    with receiving() as receiver:
        request = submitted(service, callback=receiver.url)
        made_ready(request)
        work()
        first, second = listed(operator, request)

        assert redelivered(operator, request, first["id"]).status_code == 202
        work()

    assert receiver.ids() == [first["id"], second["id"], first["id"]]
    assert listed(operator, request)[1] == second


def test_later_ones_wait_for_one_that_is_sent_anew(
    service: ServiceDescriptor, operator: Api
) -> None:
    with receiving(failing(4)) as receiver:
        # Given one that has failed, and a later one that waits for its second try
        request = submitted(service, callback=receiver.url)
        made_ready(request)
        work()
        let_pass(12)
        sweep_and_work()
        first, second = listed(operator, request)
        assert (first["outcome"], second["outcome"]) == ("FAILED", "PENDING")
        assert receiver.statuses() == ["INSTANTIATING", "INSTANTIATING", "READY"]

        # When the first is sent anew
        redelivered(operator, request, first["id"])
        for _ in range(4):
            sweep_and_work()
            let_pass(12)

    # Then it comes before the later one
    assert receiver.statuses()[3:] == ["INSTANTIATING", "INSTANTIATING", "READY"]
    assert [row["outcome"] for row in listed(operator, request)] == ["DELIVERED", "DELIVERED"]


def test_a_pending_callback_is_not_sent_anew(service: ServiceDescriptor, operator: Api) -> None:
    request = submitted(service, callback="http://receiver.example/")
    says(request, "INSTANTIATING")
    [before] = listed(operator, request)

    response = redelivered(operator, request, before["id"])

    assert_problem(response, 409, "delivery_pending")
    assert listed(operator, request) == [before]
    assert not AuditEntry.objects.filter(action="redeliver").exists()


def test_only_a_callback_of_the_request_itself_is_sent_anew(
    service: ServiceDescriptor, operator: Api
) -> None:
    request, other = submitted(service), submitted(service)
    stored(other, 1)
    foreign = CallbackDelivery.objects.get()

    for delivery_id in (foreign.pk, uuid4(), "x", f"{foreign.pk}x", "%00"):
        assert_problem(redelivered(operator, request, delivery_id), 404, "not_found")
    assert_problem(redelivered(operator, Request(), foreign.pk), 404, "not_found")
    foreign.refresh_from_db()
    assert foreign.outcome == "DELIVERED"


def test_an_idempotency_key_sends_anew_once(new_request: Request, operator: Api) -> None:
    stored(new_request, 1)
    delivery = CallbackDelivery.objects.get()
    key = {"Idempotency-Key": "again"}

    answers = [redelivered(operator, new_request, delivery.pk, **key) for _ in range(2)]

    assert [each.status_code for each in answers] == [202, 202]
    assert AuditEntry.objects.filter(action="redeliver").count() == 1


def test_the_conflict_is_in_the_schema(operator: Api) -> None:
    schema = operator.get("/schema?format=json").json()

    assert "delivery_pending" in schema["components"]["schemas"]["ProblemCode"]["enum"]
    path = "/requests/{id}/callbacks/{delivery_id}/redeliver"
    operation = schema["paths"][path]["post"]
    assert "202" in operation["responses"] and "409" in operation["responses"]
    places = {parameter["name"]: parameter["in"] for parameter in operation["parameters"]}
    assert [name for name in places if places[name] == "path"] == ["delivery_id", "id"]
    assert "query" not in places.values()
