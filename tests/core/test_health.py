"""/healthz and /readyz (contract: http.md, Who may call)."""

from datetime import timedelta

import pytest
from django.db import connections
from django.test import Client

from gatekeeper_site.core import clock, health
from gatekeeper_site.core.models import Worker
from tests.fixtures import Api, assert_problem

pytestmark = pytest.mark.django_db


def worker(*, seen_seconds_ago: float) -> Worker:
    """Store a worker that was seen so long ago."""
    now = clock.now()
    return Worker.objects.create(
        name="host:1", started_at=now, seen_at=now - timedelta(seconds=seen_seconds_ago)
    )


def test_healthz_answers_anybody(anonymous: Api) -> None:
    response = anonymous.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_a_bad_token_does_not_matter_to_who_watches(anonymous: Api) -> None:
    worker(seen_seconds_ago=0)

    for path in ("/healthz", "/readyz"):
        response = anonymous.get(path, headers={"authorization": "Bearer unknown"})
        assert response.status_code == 200


def test_readyz_is_ok_when_the_database_and_a_worker_answer(anonymous: Api) -> None:
    worker(seen_seconds_ago=1)

    response = anonymous.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok", "worker": "ok"}}


def test_readyz_is_a_503_that_names_the_worker_where_there_is_none(anonymous: Api) -> None:
    worker(seen_seconds_ago=60)

    response = anonymous.get("/readyz")

    problem = assert_problem(response, 503, "unavailable")
    assert int(response["Retry-After"]) > 0
    assert problem["detail"].startswith("worker: none was seen in the last 15 s")
    assert problem["checks"]["database"] == "ok"
    assert problem["checks"]["worker"] != "ok"


def test_readyz_is_a_503_that_names_the_database_when_it_is_away(
    anonymous: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a database where nobody listens
    away = connections["default"].copy()
    if away.vendor != "postgresql":
        pytest.skip("SQLite is never away")
    away.settings_dict |= {"HOST": "/nowhere", "OPTIONS": {}}
    monkeypatch.setattr(health, "connection", away)

    response = anonymous.get("/readyz")

    problem = assert_problem(response, 503, "unavailable")
    assert problem["checks"] == {"database": "does not answer", "worker": "unknown"}
    assert problem["detail"].startswith("database: does not answer")
    assert anonymous.get("/healthz").status_code == 200


def test_only_reads_are_allowed(anonymous: Api) -> None:
    for path in ("/healthz", "/readyz"):
        response = anonymous.post(path)
        assert_problem(response, 405, "method_not_allowed")
        assert response["Allow"] == "GET, HEAD"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_health_is_only_read(path: str, method: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, path)
    assert_problem(answer, 405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD"
