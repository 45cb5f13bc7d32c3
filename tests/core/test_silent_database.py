"""A PostgreSQL that says nothing, and breaks no connection: nobody waits for it without end."""

import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

import psycopg2
import psycopg2.extensions
import pytest
from django.db import OperationalError, connection, connections

from gatekeeper_site.core.environment import database
from gatekeeper_site.core.postgresql import base, bound_waits
from tests.fixtures import Api, assert_problem
from tests.processes import WAIT_SECONDS
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
def bounded_waits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Until a test ends it.
    monkeypatch.setattr(base, "PAUSE_SECONDS", 600)
    monkeypatch.setattr(base, "silence", base.Silence())
    bound_waits()
    yield
    psycopg2.extensions.set_wait_callback(None)


@pytest.fixture
def distant(proxy: SilentProxy) -> Iterator[Any]:
    """A connection by that way, used once; as long as it speaks, the machine may be busy."""
    away = connection.copy()
    away.settings_dict |= {"HOST": "127.0.0.1", "PORT": proxy.port}
    away.settings_dict["OPTIONS"] = dict(connection.settings_dict["OPTIONS"])
    assert value(away, "SELECT 1") == 1
    yield away
    away.close()


@pytest.fixture
def fall_silent(
    proxy: SilentProxy, distant: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], None]:
    """Let the way fall silent, and nobody wait long from then on."""

    def fall_silent() -> None:
        proxy.fall_silent()
        monkeypatch.setattr(base, "ANSWER_SECONDS", ANSWER_SECONDS)
        distant.settings_dict["OPTIONS"]["connect_timeout"] = CONNECT_SECONDS

    return fall_silent


@pytest.fixture
def speak(proxy: SilentProxy, distant: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let it speak again, be waited for, and the pause be over."""

    def speak() -> None:
        for name in ("ANSWER_SECONDS", "STOPPING_SECONDS"):
            monkeypatch.setattr(base, name, WAIT_SECONDS)
        distant.settings_dict["OPTIONS"]["connect_timeout"] = WAIT_SECONDS
        base.silence.until = time.monotonic()
        proxy.speak()

    return speak


class SlowServer:
    """Takes the place of `time` and `select` where words of a server's are waited for.

    On one connection each is slow to come, by that clock alone.
    """

    POLLIN, POLLOUT = select.POLLIN, select.POLLOUT

    def __init__(self, slow: Any, seconds: float) -> None:
        self.file_number = slow.connection.fileno()
        self.seconds = seconds
        self.now = time.monotonic()

    def monotonic(self) -> float:
        return self.now

    def poll(self) -> Any:
        """Return what is asked again and again whether the next word has come."""
        real = select.poll()
        silent_until = self.now

        def register(file_number: int, events: int) -> None:
            nonlocal silent_until
            real.register(file_number, events)
            if file_number == self.file_number:
                silent_until = self.now + self.seconds

        def has_come(milliseconds: float) -> Any:
            if self.now < silent_until:
                self.now += milliseconds / 1000
                return []
            return real.poll(WAIT_SECONDS * 1000)

        return SimpleNamespace(register=register, poll=has_come)


@contextmanager
def slow_by(seconds: float, away: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[SlowServer]:
    """Have each word on a connection come so late; others wait for two seconds at most."""
    server = SlowServer(away, seconds)
    with monkeypatch.context() as slow:
        slow.setattr(base, "ANSWER_SECONDS", 2)
        slow.setattr(base, "time", server)
        slow.setattr(base, "select", server)
        yield server


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
    distant: Any, fall_silent: Callable[[], None], speak: Callable[[], None]
) -> None:
    fall_silent()

    text, seconds = failure(distant, "SELECT 2")

    assert text == "PostgreSQL has not answered for 0.6 s"
    assert 0.5 < seconds < 50
    assert distant.connection.closed

    # When it speaks again
    distant.close_if_unusable_or_obsolete()
    speak()

    assert value(distant, "SELECT 3") == 3


def test_an_answer_that_comes_in_parts_is_waited_for(
    distant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a statement that takes longer than the server may be silent, but is not silent
    parts = "SELECT repeat('x', 9000) || pg_sleep(0.02) FROM generate_series(1, 8)"

    with slow_by(1.5, distant, monkeypatch), distant.cursor() as cursor:
        cursor.execute(parts)
        assert len(cursor.fetchall()) == 8


def test_who_is_patient_waits_for_a_statement_as_long_as_the_server_takes_connections(
    distant: Any, fall_silent: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    bound_waits(is_patient=True)

    # Silent for longer than it may be to others
    with slow_by(3, distant, monkeypatch) as server:
        began = server.now
        assert value(distant, "SELECT 7") == 7
        assert server.now - began >= 3

    fall_silent()
    text, seconds = failure(distant, "SELECT 2")
    assert text == "PostgreSQL has not answered for 0.6 s"
    assert 1.2 < seconds < 50

    # A connection is waited for as anybody does
    distant.close()
    text, seconds = failure(distant, "SELECT 2")
    assert text == "PostgreSQL has not answered for 0.3 s"
    assert 0.2 < seconds < 50


def test_who_is_not_patient_does_not(distant: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with slow_by(3, distant, monkeypatch):
        text, _ = failure(distant, "SELECT 7")

    assert text == "PostgreSQL has not answered for 2 s"


def test_a_server_that_refuses_another_connection_is_one_that_answers(
    distant: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bound_waits(is_patient=True)
    # It has no such database any more.
    monkeypatch.setattr(psycopg2, "connect", partial(psycopg2.connect, dbname="gone"))

    with slow_by(3, distant, monkeypatch):
        assert value(distant, "SELECT 7") == 7


def test_who_is_told_to_stop_waits_less(
    distant: Any,
    fall_silent: Callable[[], None],
    speak: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a process that is told to stop while it waits
    stop_signals: list[int] = []
    told_at: list[float] = []

    def tell() -> None:
        told_at.append(time.monotonic())
        stop_signals.append(15)

    bound_waits(stop_signals)
    fall_silent()
    monkeypatch.setattr(base, "ANSWER_SECONDS", 600)
    monkeypatch.setattr(base, "STOPPING_SECONDS", 0.3)
    threading.Timer(0.7, tell).start()

    text, _ = failure(distant, "SELECT 2")

    assert text.startswith("PostgreSQL has not answered for ")
    assert 0.3 <= time.monotonic() - told_at[0] < 50

    # Then the next one still waits, from its beginning, where it would be answered
    distant.close()
    speak()
    assert value(distant, "SELECT 7 FROM pg_sleep(0.1)") == 7


def test_after_one_vain_try_to_connect_others_fail_at_once_for_a_while(
    distant: Any, fall_silent: Callable[[], None], speak: Callable[[], None]
) -> None:
    distant.close()
    fall_silent()

    text, seconds = failure(distant, "SELECT 2")
    assert text == "PostgreSQL has not answered for 0.3 s"
    assert 0.2 < seconds < 50

    text, _ = failure(distant, "SELECT 2")
    assert text == "PostgreSQL did not answer a moment ago"

    # When it speaks again, and the pause is over
    speak()
    assert value(distant, "SELECT 3") == 3


def test_a_connection_that_fell_silent_is_found_out_before_it_is_used(
    distant: Any, fall_silent: Callable[[], None]
) -> None:
    # Given a connection from before the present call
    fall_silent()
    distant.close_if_unusable_or_obsolete()

    text, seconds = failure(distant, "SELECT 2")

    # Then its look, and the try to make another, have the shorter limit each
    assert text == "PostgreSQL has not answered for 0.3 s"
    assert 0.5 < seconds < 50


def test_callers_get_a_503_and_all_is_well_again_by_itself(
    distant: Any, fall_silent: Callable[[], None], speak: Callable[[], None], anonymous: Api
) -> None:
    # Given a web process by that way
    usual = connections["default"]
    connections["default"] = distant
    bad_token = {"authorization": "Bearer unknown"}
    try:
        assert anonymous.get("/requests", headers=bad_token).status_code == 401

        fall_silent()

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
        speak()

        assert anonymous.get("/requests", headers=bad_token).status_code == 401
        assert anonymous.get("/readyz?only=database").status_code == 200
    finally:
        connections["default"] = usual


@pytest.mark.parametrize("path", ["/admin/", "/admin/requests_app/request/"])
def test_people_get_a_503_too(
    distant: Any, fall_silent: Callable[[], None], anonymous: Api, path: str
) -> None:
    # Given a browser with a cookie, which is looked up in the database
    anonymous.cookies["sessionid"] = "a" * 32
    usual = connections["default"]
    connections["default"] = distant
    fall_silent()
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

    limits = "-c idle_in_transaction_session_timeout=10s -c lock_timeout=10s"
    assert options["options"] == limits
    # So they are told; the tests' own connections have more patience (conftest.py).
    assert value(connection, "SHOW lock_timeout") == "1min"
    assert (options["connect_timeout"], options["tcp_user_timeout"]) == (5, 4000)
    assert {"keepalives_idle", "keepalives_interval", "keepalives_count"} <= options.keys()
