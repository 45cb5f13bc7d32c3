"""A PostgreSQL that says nothing, and breaks no connection: nobody waits for it without end."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg2
import psycopg2.extensions
import pytest
from django.db import OperationalError, connection, connections

from gatekeeper_site.core.environment import database
from gatekeeper_site.core.postgresql import base, bound_waits
from tests.fixtures import Api, assert_problem
from tests.silent_proxy import SilentProxy, silent_proxy

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is never away"),
]

# Of these tests; the real ones are longer.
CONNECT_SECONDS = 0.3
ANSWER_SECONDS = 0.6


@pytest.fixture
def proxy() -> Iterator[SilentProxy]:
    """A way to the tests' database that can fall silent."""
    host, port = connection.settings_dict["HOST"], connection.settings_dict["PORT"] or 5432
    is_file = host.startswith("/")
    if not is_file and host not in {"localhost", "127.0.0.1"}:
        pytest.skip("the database that DATABASE_URL names is on another machine")
    with silent_proxy(f"{host}/.s.PGSQL.{port}" if is_file else int(port)) as way:
        yield way


@pytest.fixture(autouse=True)
def soon_impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(base, "ANSWER_SECONDS", ANSWER_SECONDS)
    # Until a test ends it.
    monkeypatch.setattr(base, "PAUSE_SECONDS", 600)
    monkeypatch.setattr(base, "silence", base.Silence())
    bound_waits()
    yield
    psycopg2.extensions.set_wait_callback(None)


@pytest.fixture
def distant(proxy: SilentProxy) -> Iterator[Any]:
    """A connection by that way, used once."""
    away = connection.copy()
    away.settings_dict |= {"HOST": "127.0.0.1", "PORT": proxy.port}
    # That first time, however busy the machine is.
    psycopg2.extensions.set_wait_callback(None)
    assert value(away, "SELECT 1") == 1
    bound_waits()
    away.settings_dict["OPTIONS"] = connection.settings_dict["OPTIONS"] | {
        "connect_timeout": CONNECT_SECONDS
    }
    yield away
    away.close()


@pytest.fixture
def be_patient(distant: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From when it is called, a busy machine may take its time to answer; a pause is over."""

    def begin() -> None:
        for name in ("ANSWER_SECONDS", "STOPPING_SECONDS"):
            monkeypatch.setattr(base, name, 60)
        distant.settings_dict["OPTIONS"]["connect_timeout"] = 60
        base.silence.until = time.monotonic()

    return begin


def value(away: Any, sql: str) -> Any:
    with away.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def failure(away: Any, sql: str) -> tuple[str, float]:
    """Return how a statement fails, and after how long."""
    began = time.monotonic()
    with pytest.raises(OperationalError) as raised:
        value(away, sql)
    return str(raised.value), time.monotonic() - began


def test_a_statement_without_an_answer_fails_in_time_and_the_next_ones_work(
    proxy: SilentProxy, distant: Any, be_patient: Callable[[], None]
) -> None:
    proxy.fall_silent()

    text, seconds = failure(distant, "SELECT 2")

    assert text == "PostgreSQL has not answered for 0.6 s"
    assert 0.5 < seconds < 5
    assert distant.connection.closed

    # When it speaks again
    distant.close_if_unusable_or_obsolete()
    proxy.speak()
    be_patient()

    assert value(distant, "SELECT 3") == 3


def test_an_answer_that_comes_in_parts_is_waited_for(
    distant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a statement that takes longer than the server may be silent, but is not silent
    monkeypatch.setattr(base, "ANSWER_SECONDS", 2)
    parts = "SELECT repeat('x', 9000) || pg_sleep(0.3) FROM generate_series(1, 8)"

    began = time.monotonic()
    with distant.cursor() as cursor:
        cursor.execute(parts)
        assert len(cursor.fetchall()) == 8
    assert time.monotonic() - began >= 2.4


def test_who_is_patient_waits_for_a_statement_as_long_as_the_server_takes_connections(
    proxy: SilentProxy, distant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound_waits(is_patient=True)
    monkeypatch.setattr(base, "ANSWER_SECONDS", 2)

    # Silent for longer than it may be to others
    began = time.monotonic()
    assert value(distant, "SELECT 7 FROM pg_sleep(2.5)") == 7
    assert time.monotonic() - began >= 2.5

    proxy.fall_silent()
    text, seconds = failure(distant, "SELECT 2")
    assert text == "PostgreSQL has not answered for 2 s"
    assert 4 < seconds < 10

    # A connection is waited for as anybody does
    distant.close()
    text, seconds = failure(distant, "SELECT 2")
    assert text == "PostgreSQL has not answered for 0.3 s"
    assert 0.2 < seconds < 5


def test_a_server_that_refuses_another_connection_is_one_that_answers(
    proxy: SilentProxy, distant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound_waits(is_patient=True)
    monkeypatch.setattr(base, "ANSWER_SECONDS", 2)
    # It has no such database any more.
    monkeypatch.setattr(psycopg2, "connect", partial(psycopg2.connect, dbname="gone"))

    assert value(distant, "SELECT 7 FROM pg_sleep(2.5)") == 7


def test_who_is_told_to_stop_waits_less(
    proxy: SilentProxy,
    distant: Any,
    be_patient: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a process that is told to stop while it waits
    monkeypatch.setattr(base, "ANSWER_SECONDS", 600)
    monkeypatch.setattr(base, "STOPPING_SECONDS", 0.3)
    stop_signals: list[int] = []
    bound_waits(stop_signals)
    proxy.fall_silent()
    threading.Timer(0.7, stop_signals.append, [15]).start()

    text, seconds = failure(distant, "SELECT 2")

    assert text.startswith("PostgreSQL has not answered for ")
    assert 0.9 < seconds < 5

    # Then the next one still waits, from its beginning, where it would be answered
    proxy.speak()
    distant.close()
    be_patient()
    assert value(distant, "SELECT 7 FROM pg_sleep(0.1)") == 7


def test_after_one_vain_try_to_connect_others_fail_at_once_for_a_while(
    proxy: SilentProxy, distant: Any, be_patient: Callable[[], None]
) -> None:
    distant.close()
    proxy.fall_silent()

    text, seconds = failure(distant, "SELECT 2")
    assert text == "PostgreSQL has not answered for 0.3 s"
    assert 0.2 < seconds < 5

    text, _ = failure(distant, "SELECT 2")
    assert text == "PostgreSQL did not answer a moment ago"

    # When it speaks again, and the pause is over
    proxy.speak()
    be_patient()
    assert value(distant, "SELECT 3") == 3


def test_a_connection_that_fell_silent_is_found_out_before_it_is_used(
    proxy: SilentProxy, distant: Any
) -> None:
    # Given a connection from before the present call
    proxy.fall_silent()
    distant.close_if_unusable_or_obsolete()

    text, seconds = failure(distant, "SELECT 2")

    # Then its look, and the try to make another, have the shorter limit each
    assert text == "PostgreSQL has not answered for 0.3 s"
    assert 0.5 < seconds < 5


def test_callers_get_a_503_and_all_is_well_again_by_itself(
    proxy: SilentProxy, distant: Any, be_patient: Callable[[], None], anonymous: Api
) -> None:
    # Given a web process by that way
    usual = connections["default"]
    connections["default"] = distant
    bad_token = {"authorization": "Bearer unknown"}
    try:
        assert anonymous.get("/requests", headers=bad_token).status_code == 401

        proxy.fall_silent()

        answer = anonymous.get("/requests", headers=bad_token)
        problem = assert_problem(answer, 503, "unavailable")
        assert problem["detail"] == "The database does not answer. Try again later."
        assert answer["Retry-After"] == "5"
        distant.close_if_unusable_or_obsolete()
        for path in ("/readyz", "/readyz?only=database"):
            problem = assert_problem(anonymous.get(path), 503, "unavailable")
            assert problem["checks"]["database"] == "does not answer"
        assert anonymous.get("/healthz").status_code == 200

        # When it speaks again, and the pause is over
        proxy.speak()
        be_patient()

        assert anonymous.get("/requests", headers=bad_token).status_code == 401
        assert anonymous.get("/readyz?only=database").status_code == 200
    finally:
        connections["default"] = usual


@pytest.mark.parametrize("path", ["/admin/", "/admin/requests_app/request/"])
def test_people_get_a_503_too(proxy: SilentProxy, distant: Any, anonymous: Api, path: str) -> None:
    # Given a browser with a cookie, which is looked up in the database
    anonymous.cookies["sessionid"] = "a" * 32
    usual = connections["default"]
    connections["default"] = distant
    proxy.fall_silent()
    try:
        answer = anonymous.get(path, headers={"accept": "text/html"})
    finally:
        connections["default"] = usual

    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.content == b"The database does not answer. Try again later."


def test_no_connection_waits_for_ever_for_a_lock_or_a_dead_host() -> None:
    options = database("postgresql://gatekeeper@database/gatekeeper")["OPTIONS"]

    assert value(connection, "SHOW lock_timeout") == "10s"
    # What the connection was opened with: the tests' own may be idle for longer (conftest.py).
    setting = "SELECT reset_val FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
    assert value(connection, setting) == "10000"
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (5, 4000)
    assert {"keepalives_idle", "keepalives_interval", "keepalives_count"} <= options.keys()
