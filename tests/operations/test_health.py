"""/healthz and /readyz (contract: http.md, Who may call)."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connections
from django.test import Client

from gatekeeper_site.core import clock, peers
from gatekeeper_site.operations import health
from gatekeeper_site.version import VERSION
from gatekeeper_site.work.models import Worker
from tests.fixtures import Api, assert_faults, assert_problem
from tests.processes import WAIT_SECONDS

pytestmark = pytest.mark.django_db


def worker(*, seen_seconds_ago: float) -> Worker:
    """Store a worker that was seen so long ago."""
    now = clock.now()
    return Worker.objects.create(
        name="host:1", started_at=now, seen_at=now - timedelta(seconds=seen_seconds_ago)
    )


def test_healthz_answers_anybody(anonymous: Api) -> None:
    response = anonymous.get("/healthz")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "version": VERSION}


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
    assert problem["detail"] == (
        "worker: none whose task clusters all work was seen in the last 15 s; start one with "
        "`manage.py run_worker`"
    )
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


def test_a_balancer_asks_of_the_database_alone(anonymous: Api) -> None:
    # Given no worker
    response = anonymous.get("/readyz?only=database")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "checks": {"database": "ok"}}


@pytest.mark.parametrize("word", ["worker", "", "Database", "database,etcd", "database&only=etcd"])
def test_of_nothing_else_alone(anonymous: Api, word: str) -> None:
    worker(seen_seconds_ago=0)

    faults = assert_faults(anonymous.get(f"/readyz?only={word}"), "only")

    assert faults == {"only": "This can be database, and nothing else."}


@pytest.mark.parametrize("path", ["/healthz?only=database", "/readyz?x=1&only=database&only=x"])
def test_an_unknown_parameter_is_refused(anonymous: Api, path: str) -> None:
    name = "x" if path.startswith("/readyz") else "only"

    faults = assert_faults(anonymous.get(path), name)

    assert faults == {name: "There is no such parameter."}


@pytest.mark.parametrize("accept", ["text/html", "text/plain", "*", "application/xml;q=0.1"])
def test_watchers_get_json_whatever_they_accept(anonymous: Api, accept: str) -> None:
    response = anonymous.get("/healthz", headers={"accept": accept})

    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"


def test_a_peer_is_asked_once_in_two_seconds_for_all_callers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a peer whose first answer takes until eight callers have asked
    now = [1000.0]
    monkeypatch.setattr(peers, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(peers, "OTHERS_PROBE_SECONDS", WAIT_SECONDS)
    calls: list[float] = []
    everybody = threading.Barrier(8, timeout=WAIT_SECONDS)

    def check() -> str:
        calls.append(now[0])
        return "ok" if len(calls) == 1 else "does not answer"

    peer = peers.Peer(check)

    def ask(_: int) -> str | None:
        everybody.wait()
        return peer.answer()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(8)))

    assert answers == ["ok"] * 8
    assert len(calls) == 1

    # When two seconds have passed
    now[0] += 1.9
    assert (peer.answer(), len(calls)) == ("ok", 1)
    now[0] += 0.1

    assert (peer.answer(), peer.answer(), len(calls)) == ("does not answer", "does not answer", 2)


def test_nobody_waits_long_for_what_another_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given a caller who is asking a peer that is slow
    monkeypatch.setattr(peers, "OTHERS_PROBE_SECONDS", 0.05)
    is_asked, may_answer = threading.Event(), threading.Event()

    def check() -> str:
        is_asked.set()
        may_answer.wait(WAIT_SECONDS)
        return "ok"

    peer = peers.Peer(check)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(peer.answer)
        is_asked.wait(WAIT_SECONDS)

        # Then another is told that there is no answer yet
        assert peer.answer() == "does not answer"
        assert not slow.done()

        may_answer.set()
        assert slow.result() == "ok"
    assert peer.answer() == "ok"


def test_who_comes_while_a_peer_is_asked_again_gets_its_last_answer_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a peer that has answered, and is silent from then on
    monkeypatch.setattr(peers, "OTHERS_PROBE_SECONDS", WAIT_SECONDS)
    is_asked, may_answer = threading.Event(), threading.Event()
    answers = ["ok"]

    def check() -> str:
        if answers:
            return answers.pop()
        is_asked.set()
        may_answer.wait(WAIT_SECONDS)
        return "does not answer"

    peer = peers.Peer(check)
    assert peer.answer() == "ok"
    peer.asked_at -= 2
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(peer.answer)
        is_asked.wait(WAIT_SECONDS)

        # When another comes meanwhile
        meanwhile = peer.answer()
        has_waited = slow.done()
        may_answer.set()

        # Then he has not waited
        assert slow.result() == "does not answer"
    assert (meanwhile, has_waited) == ("ok", False)


def test_a_peer_that_cannot_be_asked_is_asked_again() -> None:
    # Given a fault of ours
    faults = [RuntimeError("a fault")]

    def check() -> str:
        if faults:
            raise faults.pop()
        return "ok"

    peer = peers.Peer(check)
    with pytest.raises(RuntimeError):
        peer.answer()

    # Then nobody waits for that caller
    assert peer.answer() == "ok"


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
