"""Idempotency-Key: an order sent again is answered as before, and done once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.api.models import IdempotentAnswer
from gatekeeper_site.api.services import forget_old_answers
from gatekeeper_site.core import clock
from records_app.models import ServiceDescriptor
from requests_app import services
from requests_app.models import Request, RequestEvent
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    assert_faults,
    assert_problem,
    instantiated,
    new_api,
    nsd,
    vnfd,
)

KEY = {"Idempotency-Key": "order-1"}


def order_of(service: ServiceDescriptor) -> dict[str, str]:
    return {"service_uuid": str(service.pk)}


def test_the_same_order_with_the_same_key_is_done_once_and_answered_alike(
    operator: Api, demo: ServiceDescriptor
) -> None:
    # Given an order that was taken under a key
    first = operator.post("/requests", order_of(demo), **KEY)

    # When it is sent again
    second = operator.post("/requests", order_of(demo), **KEY)

    # Then the answer is the stored one, and there is one request
    assert first.status_code == second.status_code == 201
    assert second.content == first.content
    assert second["Location"] == first["Location"]
    assert second["ETag"] == first["ETag"]
    assert second["Content-Type"] == first["Content-Type"]
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert Request.objects.count() == 1
    assert RequestEvent.objects.count() == 1


def test_without_a_key_the_same_order_is_done_twice(operator: Api, demo: ServiceDescriptor) -> None:
    operator.post("/requests", order_of(demo))
    operator.post("/requests", order_of(demo))
    assert Request.objects.count() == 2
    assert not IdempotentAnswer.objects.exists()


def test_a_refusal_is_kept_too(operator: Api, demo: ServiceDescriptor) -> None:
    # Given an order that was refused under a key
    first = operator.post("/requests", {"service_uuid": "x"}, **KEY)
    assert_faults(first, "service_uuid")

    # When it is sent again
    second = operator.post("/requests", {"service_uuid": "x"}, **KEY)

    # Then it is the same refusal, still a problem
    assert_faults(second, "service_uuid")
    assert second.content == first.content
    assert second["Idempotent-Replayed"] == "true"


def test_a_conflict_is_kept_though_it_has_passed(operator: Api, demo: ServiceDescriptor) -> None:
    # Given an order that conflicted with another, which has ended since
    instance = instantiated(demo)
    order = {"request_type": "TERMINATE", "service_instance_uuid": str(instance.pk)}
    other = operator.post("/requests", order).json()
    assert_problem(operator.post("/requests", order, **KEY), 409, "request_conflict")
    operator.post(f"/requests/{other['id']}/cancel")

    # When it is sent again, with the same key and with another
    again = operator.post("/requests", order, **KEY)
    anew = operator.post("/requests", order, **{"Idempotency-Key": "order-2"})

    # Then only the new key is a new try
    assert_problem(again, 409, "request_conflict")
    assert again["Idempotent-Replayed"] == "true"
    assert anew.status_code == 201


@pytest.mark.parametrize("what", ["body", "path", "query"])
def test_the_same_key_for_something_else_is_refused(
    operator: Api, demo: ServiceDescriptor, what: str
) -> None:
    # Given a key that was used
    operator.post("/requests", order_of(demo), **KEY)

    # When it comes with another order
    path, body = "/requests", order_of(demo)
    if what == "body":
        body = body | {"callback": "http://example.com/"}
    elif what == "path":
        path = "/functions"
    else:
        path = "/requests?format=json"
    answer = operator.post(path, body, **KEY)

    # Then nothing is done
    assert_problem(answer, 422, "idempotency_key_reused")
    assert Request.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a b", "\x7f", "ä", "k" * 256])
def test_a_malformed_key_is_refused(operator: Api, demo: ServiceDescriptor, key: str) -> None:
    answer = operator.post("/requests", order_of(demo), **{"Idempotency-Key": key})
    assert_faults(answer, "Idempotency-Key")
    assert not Request.objects.exists()


def test_a_key_of_255_characters_is_taken(operator: Api, demo: ServiceDescriptor) -> None:
    answer = operator.post("/requests", order_of(demo), **{"Idempotency-Key": "~" * 255})
    assert answer.status_code == 201


def test_a_key_is_its_callers_own(operator: Api, demo: ServiceDescriptor) -> None:
    # Given an order under a key, of a user in a tenant
    operator.post("/requests", order_of(demo), **KEY)

    # When other users, and the same user in another tenant, use the key
    others = [
        new_api("operator", TENANT, user="somebody else"),
        new_api("operator", OTHER_TENANT, user="operator"),
    ]
    answers = [other.post("/requests", order_of(demo), **KEY) for other in others]

    # Then each order is one of its own
    assert [answer.status_code for answer in answers] == [201, 201]
    assert all("Idempotent-Replayed" not in answer for answer in answers)
    assert Request.objects.count() == 3


def test_another_token_of_the_same_user_and_tenant_is_the_same_caller(
    operator: Api, demo: ServiceDescriptor
) -> None:
    operator.post("/requests", order_of(demo), **KEY)
    again = new_api("operator", TENANT, user="operator").post("/requests", order_of(demo), **KEY)
    assert again["Idempotent-Replayed"] == "true"
    assert Request.objects.count() == 1


def test_an_error_of_ours_is_not_kept(
    operator: Api, demo: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an order whose first try met an error of ours, after it had written
    def submit_and_fail(**order: Any) -> None:
        submit(**order)
        raise RuntimeError("a fault")

    submit = services.submit_request
    monkeypatch.setattr(services, "submit_request", submit_and_fail)
    assert_problem(operator.post("/requests", order_of(demo), **KEY), 500, "internal_error")
    assert not Request.objects.exists()
    assert not IdempotentAnswer.objects.exists()

    # When it is sent again
    monkeypatch.setattr(services, "submit_request", submit)
    answer = operator.post("/requests", order_of(demo), **KEY)

    # Then it is done
    assert answer.status_code == 201
    assert "Idempotent-Replayed" not in answer
    assert Request.objects.count() == 1


def test_an_answer_is_kept_for_a_day(operator: Api, demo: ServiceDescriptor) -> None:
    # Given two answers, one older than a day
    operator.post("/requests", order_of(demo), **KEY)
    operator.post("/requests", order_of(demo), **{"Idempotency-Key": "order-2"})
    a_day_ago = clock.now() - timedelta(hours=24, seconds=1)
    IdempotentAnswer.objects.filter(key="order-1").update(created_at=a_day_ago)

    # When both orders are sent again
    old = operator.post("/requests", order_of(demo), **KEY)
    young = operator.post("/requests", order_of(demo), **{"Idempotency-Key": "order-2"})

    # Then the old one is a new order
    assert "Idempotent-Replayed" not in old
    assert young["Idempotent-Replayed"] == "true"
    assert Request.objects.count() == 3


def test_what_a_key_costs_in_statements(operator: Api, demo: ServiceDescriptor) -> None:
    operator.post("/requests", order_of(demo))
    with CaptureQueriesContext(connection) as without:
        operator.post("/requests", order_of(demo))
    with CaptureQueriesContext(connection) as first:
        operator.post("/requests", order_of(demo), **KEY)
    with CaptureQueriesContext(connection) as again:
        operator.post("/requests", order_of(demo), **KEY)

    # The transaction's two, the claim and what it finds; the answer; with a limit on waiting. Of
    # the answer to the same call, the token comes first.
    limits = 2 if connection.vendor == "postgresql" else 0
    assert len(first) - len(without) == 5 + limits
    assert len(again) == 5 + limits


def test_the_sweep_forgets_old_answers_only(operator: Api, demo: ServiceDescriptor) -> None:
    operator.post("/requests", order_of(demo), **KEY)
    operator.post("/requests", order_of(demo), **{"Idempotency-Key": "order-2"})
    a_day_ago = clock.now() - timedelta(hours=24, seconds=1)
    IdempotentAnswer.objects.filter(key="order-1").update(created_at=a_day_ago)

    assert forget_old_answers() == 1
    assert forget_old_answers() == 0
    assert [row.key for row in IdempotentAnswer.objects.all()] == ["order-2"]


def test_every_post_takes_a_key(admin: Api, operator: Api, demo: ServiceDescriptor) -> None:
    """Descriptors, cancel, retry; HA objects have theirs in tests/ha_app."""
    for path, body in (("/functions", vnfd()), ("/services", nsd())):
        answers = [operator.post(path, body, **{"Idempotency-Key": path}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].content == answers[1].content
    request = operator.post("/requests", order_of(demo)).json()
    for name, status in (("cancel", 200), ("retry", 201)):
        path = f"/requests/{request['id']}/{name}"
        answers = [operator.post(path, **{"Idempotency-Key": path}) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [status, status]
        assert answers[0].content == answers[1].content
    assert Request.objects.count() == 2


def test_the_update_of_a_record_takes_a_key(operator: Api, demo: ServiceDescriptor) -> None:
    instance = instantiated(demo)
    body = {"nsd_id": str(demo.pk), "latest_nsd_id": "0.1"}
    path = f"/records/services/{instance.pk}"
    answers = [operator.put(path, body, **KEY) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1]["Idempotent-Replayed"] == "true"
    assert Request.objects.filter(request_type="UPDATE").count() == 1


def test_a_get_ignores_a_key(operator: Api, demo: ServiceDescriptor) -> None:
    answer = operator.get("/requests", headers=KEY)
    assert answer.status_code == 200
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no such setting")
def test_after_the_key_is_claimed_locks_are_waited_for_as_the_operator_says(
    operator: Api, demo: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lock_timeout() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            return str(cursor.fetchone()[0])

    # Given what the operator's DATABASE_URL or role says
    said = lock_timeout()
    during: list[str] = []
    submit = services.submit_request

    def submit_and_look(**arguments: Any) -> Request:
        during.append(lock_timeout())
        return submit(**arguments)

    monkeypatch.setattr(services, "submit_request", submit_and_look)

    assert operator.post("/requests", order_of(demo), **KEY).status_code == 201

    assert said != "0"
    assert during == [said]
