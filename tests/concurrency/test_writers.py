"""The same key, and the same state seen, by many at once on a real PostgreSQL."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from gatekeeper_site.api import idempotency
from ha_app.models import HaRouter
from records_app.models import ServiceDescriptor
from requests_app.models import Request, RequestEvent
from tests.fixtures import TENANT, Api, new_api, onboarded_service
from tests.ha_app.objects import new_router, path_of
from tests.processes import WAIT_SECONDS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]

CLIENTS = 16


def at_once(call: Callable[[Api, int], Any]) -> list[Any]:
    """Let each of the clients call at the same moment; return their answers."""
    token = new_api("operator", TENANT, user="operator").token
    barrier = threading.Barrier(CLIENTS)

    def run(number: int) -> Any:
        try:
            barrier.wait(WAIT_SECONDS)
            return call(Api(token), number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as threads:
        return list(threads.map(run, range(CLIENTS)))


@pytest.fixture
def service(transactional_db: None) -> ServiceDescriptor:
    return onboarded_service()


def test_the_same_key_from_many_at_once_has_one_effect(
    service: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "WAIT_SECONDS", WAIT_SECONDS)
    # When many send the same order with the same key at once
    order = {"service_uuid": str(service.pk)}
    answers = at_once(
        lambda api, number: api.post("/requests", order, **{"Idempotency-Key": "the-same"})
    )

    # Then it was done once, and all were told the same
    assert Counter(answer.status_code for answer in answers) == {201: CLIENTS}
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" not in answer for answer in answers) == 1
    assert Request.objects.count() == 1
    assert RequestEvent.objects.count() == 1


def test_of_many_who_saw_the_same_state_one_writes(transactional_db: None) -> None:
    # Given an object that many have seen
    router = new_router()
    seen = new_api("operator", TENANT).get(path_of(router))["ETag"]

    # When all change it at once, as they saw it
    answers = at_once(
        lambda api, number: api.put(
            path_of(router), {"description": f"by {number}"}, **{"If-Match": seen}
        )
    )

    # Then one has, and the others are told that it has changed
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: CLIENTS - 1}
    winner = next(number for number, answer in enumerate(answers) if answer.status_code == 200)
    stored = HaRouter.objects.get(pk=router.pk)
    assert stored.description == f"by {winner}"
    assert stored.version == router.version + 1
