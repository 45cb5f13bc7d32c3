"""Django's PostgreSQL, where nobody waits without end for a server that has fallen silent.

A host that swallows packets breaks no connection, and a server's process that is stopped has its
kernel acknowledge what it is sent: only a limit of our own ends the wait. psycopg2 waits in Python
where it is given a function to do so; it closes the connection when that function raises.
"""

import hashlib
import select
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import psycopg2
import psycopg2.extensions
from django.db.backends.postgresql import base
from psycopg2 import OperationalError
from psycopg2.errors import DuplicatePreparedStatement

# For the next word of the server's, amid a statement.
ANSWER_SECONDS = 12
# The same, once the process is told to stop, which is looked for so often.
STOPPING_SECONDS = 3
TICK_SECONDS = 0.5
# After a vain try to connect, for so long nobody tries again: all that wait would be waiting.
PAUSE_SECONDS = 1
# For so long after a connection has worked, it is only looked whether the server has closed it.
TRUSTED_SECONDS = 1


class Silence:
    """Until when (monotonic seconds) this process takes the server to be silent."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.until = 0.0

    def has_fallen(self) -> bool:
        """Return whether it was silent a moment ago."""
        return time.monotonic() < self.until

    def may_try(self, seconds: float) -> bool:
        """Return whether the caller is to try for so long; after a vain try, one at a time is."""
        with self.lock:
            if self.has_fallen():
                return False
            if self.until:
                self.until = time.monotonic() + seconds
            return True

    def note(self, *, is_silent: bool) -> None:
        """Note what came of a try."""
        self.until = time.monotonic() + PAUSE_SECONDS if is_silent else 0.0


class Silent(OperationalError):
    """The server did not answer in time."""


# Of this thread, where it is less than ANSWER_SECONDS.
patience = threading.local()
silence = Silence()


def wait(connection: Any, stop_signals: Sequence[int], is_patient: bool) -> None:
    """Wait until psycopg2 has what it waits for.

    Args:
        connection: psycopg2's.
        stop_signals: the signals to stop that have come.
        is_patient: amid a statement, wait as long as the server takes other connections.

    Raises:
        Silent: nothing came in time.
    """
    limit: float | None = getattr(patience, "seconds", None)
    # Not select.select(), which takes no file numbers above 1023.
    poll = select.poll()
    while (state := connection.poll()) != psycopg2.extensions.POLL_OK:
        is_reading = state == psycopg2.extensions.POLL_READ
        poll.register(connection.fileno(), select.POLLIN if is_reading else select.POLLOUT)
        seconds = ANSWER_SECONDS if limit is None else limit
        began = time.monotonic()
        while not poll.poll(min(TICK_SECONDS, seconds) * 1000):
            waited = time.monotonic() - began
            if stop_signals:
                seconds = min(seconds, waited + STOPPING_SECONDS)
            if waited < seconds:
                continue
            if not (is_patient and limit is None and takes_connections(connection)):
                raise Silent(f"PostgreSQL has not answered for {seconds:.3g} s")
            began = time.monotonic()


def takes_connections(connection: Any) -> bool:
    """Return whether the server of a connection answers who asks for another one."""
    try:
        with limited_patience(ANSWER_SECONDS):
            psycopg2.connect(connection.dsn, password=connection.info.password).close()
    except Silent:
        return False
    except OperationalError:
        # It refuses, so it answers.
        return True
    return True


@contextmanager
def limited_patience(seconds: float) -> Iterator[None]:
    """Have this thread wait no longer than this for the server's next word."""
    before = getattr(patience, "seconds", None)
    patience.seconds = seconds
    try:
        yield
    finally:
        patience.seconds = before


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that is made, and looked at, with less patience than statements have."""

    # Monotonic seconds.
    trusted_until = 0.0
    # The statements that the server has planned for this connection.
    planned: frozenset[str] = frozenset()

    @property
    def connect_seconds(self) -> float:
        """How long to wait; for libpq, 0 is no limit."""
        return self.settings_dict["OPTIONS"].get("connect_timeout") or ANSWER_SECONDS

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, or fail at once where that was tried in vain a moment ago."""
        if not silence.may_try(self.connect_seconds):
            raise Silent("PostgreSQL did not answer a moment ago")
        is_silent = False
        self.planned = frozenset()
        try:
            with limited_patience(self.connect_seconds):
                return super().get_new_connection(conn_params)
        except Silent:
            is_silent = True
            raise
        finally:
            silence.note(is_silent=is_silent)

    def is_usable(self) -> bool:
        """Return whether the connection still works."""
        if silence.has_fallen():
            return False
        if time.monotonic() < self.trusted_until and not has_word(self.connection):
            return True
        with limited_patience(self.connect_seconds):
            is_usable = super().is_usable()
        self.trusted_until = time.monotonic() + TRUSTED_SECONDS if is_usable else 0.0
        return is_usable

    def planned_once(self, sql: str) -> str:
        """Return what executes a statement whose plan the server keeps for this connection.

        To plan a look-up in several tables takes longer than to do it.
        """
        name, prepare, execute = texts_of_plan(sql)
        if name not in self.planned:
            with (
                # As Django tells what befalls its own cursors.
                self.wrap_database_errors,
                self.connection.cursor() as cursor,
                suppress(DuplicatePreparedStatement),
            ):
                cursor.execute(prepare)
            self.planned |= {name}
        return execute


@cache
def texts_of_plan(sql: str) -> tuple[str, str, str]:
    """Return how the plan of a statement of ours is called, what makes it, and what executes it."""
    name = f"gatekeeper_{hashlib.sha256(sql.encode()).hexdigest()[:24]}"
    places = sql.count("%s")
    numbered = sql % tuple(f"${number}" for number in range(1, places + 1))
    execute = f"EXECUTE {name} ({', '.join(['%s'] * places)})"
    return name, f"PREPARE {name} AS {numbered}", execute


def has_word(connection: Any) -> bool:
    """Return whether the server has said anything: unasked, it says only that it closes."""
    if connection.closed:
        return True
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
