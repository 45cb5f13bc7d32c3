"""Connections to PostgreSQL that the event loop has, for statements that take but a moment.

A call that needs one such statement and no more is answered without a thread: to pass it to one and
back costs more than most reads do. Whoever asks here gets a row at once, or goes the ordinary way,
which is where one waits.
"""

import asyncio
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg2
import psycopg2.extensions
import psycopg2.extras
from django.db import connection

from gatekeeper_site.core.lookups import NoAnswer
from gatekeeper_site.core.postgresql.base import limited_patience, texts_of_plan, wait

# Of each process; each is asked one thing at a time.
LINES = 2
# For a row; who asked then goes the ordinary way.
ANSWER_SECONDS = 1
# For the server's answer, before the connection is given up.
SILENT_SECONDS = 12
CONNECT_SECONDS = 5
# From one attempt to connect to the next.
PAUSE_SECONDS = 1


@dataclass(frozen=True, eq=False)
class Asked:
    """A statement of ours that selects, and the row that comes of it."""

    sql: str
    parameters: Sequence[Any]
    is_planned: bool
    row: "asyncio.Future[Any]"


class Line:
    """A connection amid the event loop."""

    def __init__(self, connected: Any, lines: "Lines") -> None:
        self.connection, self.lines = connected, lines
        self.cursor = connected.cursor()
        self.file_number = connected.fileno()
        self.planned: set[str] = set()
        self.asked: Asked | None = None
        self.asked_at = 0.0
        lines.loop.add_reader(self.file_number, self.listen)

    def ask(self, asked: Asked) -> None:
        """Send a statement; one that is planned once, the first time with what plans it."""
        execute = asked.sql
        if asked.is_planned:
            name, prepare, execute = texts_of_plan(asked.sql)
            if name not in self.planned:
                self.planned.add(name)
                execute = f"{prepare.replace('%', '%%')}; {execute}"
        self.asked, self.asked_at = asked, time.monotonic()
        try:
            self.cursor.execute(execute, asked.parameters)
        except psycopg2.Error as error:
            self.close(error)

    def listen(self) -> None:
        """Take what the server says: an answer, or that it closes the connection."""
        try:
            if state_of(self.connection) != psycopg2.extensions.POLL_OK:
                return
            row = None if self.asked is None else self.cursor.fetchone()
        except psycopg2.Error as error:
            self.close(error)
            return
        if self.asked is not None:
            if not self.asked.row.done():
                self.asked.row.set_result(row)
            self.asked = None
            self.lines.take_next(self)

    def close(self, error: Exception) -> None:
        """Give the connection up."""
        self.lines.loop.remove_reader(self.file_number)
        self.lines.forget(self)
        self.connection.close()
        if self.asked is not None:
            fail(self.asked.row, error)


class Connections:
    """What a process has of connections amid its event loop, made one after another."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.connecting: asyncio.Task[None] | None = None
        self.connect_after = 0.0

    def take(self, connected: Any) -> None:
        """Use a connection that has been made."""
        raise NotImplementedError

    def connect(self) -> None:
        """Begin to make one more, unless that is going on, or was tried a moment ago."""
        is_going_on = self.connecting is not None and not self.connecting.done()
        if not is_going_on and time.monotonic() >= self.connect_after:
            self.connecting = self.loop.create_task(self.add())

    async def add(self) -> None:
        """Make one, if PostgreSQL takes connections, and each is a session of its own."""
        try:
            connected = await self.loop.run_in_executor(None, new_connection)
        except psycopg2.Error:
            # Who goes the ordinary way learns it, and says it.
            self.connect_after = time.monotonic() + PAUSE_SECONDS
            return
        if connected is None:
            self.connect_after = float("inf")
            return
        self.take(connected)


class Lines(Connections):
    """The lines of a process, made when something is asked, and anew when they broke."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.lines: list[Line] = []
        self.idle: list[Line] = []
        self.waiting: deque[Asked] = deque()

    def take(self, connected: Any) -> None:
        """Use a connection that has been made."""
        line = Line(connected, self)
        self.lines.append(line)
        self.take_next(line)

    async def row(self, sql: str, parameters: Sequence[Any], *, is_planned: bool = True) -> Any:
        """Return the first row that a statement of ours selects; None if there is none.

        Args:
            sql: the statement.
            parameters: its own.
            is_planned: have it planned once for each connection.

        Raises:
            NoAnswer: there is no connection, or it does not answer in time.
        """
        if len(self.lines) < LINES:
            self.connect()
        if not self.lines:
            raise NoAnswer
        asked = Asked(sql, parameters, is_planned, self.loop.create_future())
        if self.idle:
            self.idle.pop().ask(asked)
        else:
            self.waiting.append(asked)
        timer = self.loop.call_later(ANSWER_SECONDS, self.give_up, asked)
        try:
            return await asked.row
        except psycopg2.Error as error:
            raise NoAnswer from error
        finally:
            timer.cancel()

    def take_next(self, line: Line) -> None:
        """Have a line that is free ask what waits, or wait itself."""
        while self.waiting:
            asked = self.waiting.popleft()
            if not asked.row.done():
                line.ask(asked)
                return
        self.idle.append(line)

    def give_up(self, asked: Asked) -> None:
        """Have a caller wait no longer, and a line that is silent be closed."""
        fail(asked.row, NoAnswer())
        now = time.monotonic()
        for line in list(self.lines):
            if line.asked is not None and now - line.asked_at > SILENT_SECONDS:
                line.close(NoAnswer())

    def forget(self, line: Line) -> None:
        """Ask a line nothing any more; without any, nobody waits for one."""
        self.lines.remove(line)
        with suppress(ValueError):
            self.idle.remove(line)
        if not self.lines:
            while self.waiting:
                fail(self.waiting.popleft().row, NoAnswer())


def fail(row: "asyncio.Future[Any]", error: Exception) -> None:
    """Tell who waits for a row that there is none."""
    if not row.done():
        row.set_exception(error)


def state_of(connected: Any) -> int:
    """Take what the server says, and return what a connection waits for.

    Of a socket's error uvloop tells once only, also where something stands before it that is read
    first: a server that ends without having read what it was asked says why, as a notice.
    """
    state: int = connected.poll()
    if state == psycopg2.extensions.POLL_READ:
        state = connected.poll()
    return state


def new_connection() -> Any:
    """Connect; None where a PgBouncer gives a session to one client after another.

    Raises:
        Error: there is no connection.
    """
    parameters = connection.get_connection_params()
    del parameters["cursor_factory"]
    with limited_patience(CONNECT_SECONDS):
        connected = psycopg2.connect(**parameters, async_=True)
        wait(connected, (), is_patient=False)
        cursor = connected.cursor()
        cursor.execute("SELECT pg_backend_pid()")
        wait(connected, (), is_patient=False)
    if cursor.fetchone() != (connected.info.backend_pid,):
        connected.close()
        return None
    # As text, as Django has it.
    psycopg2.extras.register_default_jsonb(connected, loads=lambda text: text)
    return connected
