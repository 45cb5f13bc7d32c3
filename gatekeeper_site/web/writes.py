"""Writes that the event loop sends to PostgreSQL: those that have come together, in one message.

PostgreSQL makes one transaction of a message, so that what locks the same waits for the lock once,
and for the disk once. Should one of them fail, all are taken back, and each goes the ordinary way.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

import orjson
import psycopg2
import psycopg2.extensions
from django.db import OperationalError

from gatekeeper_site.core.creation import Writing
from gatekeeper_site.core.lookups import NoAnswer
from gatekeeper_site.core.postgresql.base import texts_of_plan
from gatekeeper_site.web.lines import SILENT_SECONDS, Connections, fail, state_of

# Of each process.
LINES = 2
# Of a message.
TOGETHER = 20
# For a line; what was not sent until then goes the ordinary way.
WAIT_SECONDS = 1
# For a lock that somebody else has, likewise.
LOCKING = "SET lock_timeout = '1s'"
# Of a connection that broke, a server that stops, the system below it, and faults of PostgreSQL's
# own. By any other error that it tells, a transaction was taken back.
UNCERTAIN = ("08", "57P", "58", "XX")
# A statement's row is kept for the end of the message: psycopg2 tells that of the last one alone.
KEEP = "{queries} SELECT set_config(%s, json_build_array({columns})::text, true) FROM {source}"


class Sent:
    """A write, and the row that comes of it."""

    def __init__(self, writing: Writing[Any], row: "asyncio.Future[Any]") -> None:
        self.writing, self.row = writing, row


class Line:
    """A connection amid the event loop."""

    def __init__(self, connected: Any, writes: "Writes") -> None:
        self.connection, self.writes = connected, writes
        self.cursor = connected.cursor()
        self.file_number = connected.fileno()
        self.planned: set[str] = set()
        self.key = ""
        self.sent: Sequence[Sent] = ()
        self.deadline: asyncio.TimerHandle | None = None
        writes.loop.add_reader(self.file_number, self.listen)

    def send(self, key: str, sent: Sequence[Sent]) -> None:
        """Send writes that have a key."""
        self.key, self.sent = key, sent
        silent = OperationalError(f"PostgreSQL has not answered for {SILENT_SECONDS} s")
        self.deadline = self.writes.loop.call_later(SILENT_SECONDS, self.close, silent)
        try:
            self.cursor.execute(self.message([each.writing for each in sent]))
        except psycopg2.Error as error:
            self.close(error)
            return
        # What else has come by now waits for the end of this, and goes together.
        self.writes.loop.call_soon(self.listen)

    def message(self, writings: Sequence[Writing[Any]]) -> bytes:
        """Return statements that write, and one that selects the rows of all."""
        parts: list[bytes] = [] if self.planned else [LOCKING.encode()]
        names = [f"gatekeeper.row_{number}" for number in range(len(writings))]
        for writing, own_name in zip(writings, names, strict=True):
            text = KEEP.format(
                queries=writing.queries, columns=writing.columns, source=writing.source
            )
            name, prepare, execute = texts_of_plan(text)
            if name not in self.planned:
                self.planned.add(name)
                parts.append(prepare.encode())
            parts.append(self.cursor.mogrify(execute, [*writing.parameters, own_name]))
        rows = ", ".join(f"current_setting('{name}', true)" for name in names)
        parts.append(f"SELECT json_build_array({rows})::text".encode())
        return b"; ".join(parts)

    def listen(self) -> None:
        """Go on sending, or take what the server says: the rows, or that it ends the connection."""
        if self.connection.closed:
            return
        try:
            state = state_of(self.connection)
            if state == psycopg2.extensions.POLL_WRITE:
                self.writes.loop.add_writer(self.file_number, self.listen)
                return
            self.writes.loop.remove_writer(self.file_number)
            if state != psycopg2.extensions.POLL_OK or not self.sent:
                return
            [printed] = self.cursor.fetchone()
        except psycopg2.Error as error:
            self.close(error)
            return
        for each, row in zip(self.sent, orjson.loads(printed), strict=True):
            if not each.row.done():
                each.row.set_result(orjson.loads(row) if row else None)
        self.rest()
        self.writes.take_next()

    def rest(self) -> None:
        """Be free for the next."""
        self.sent = ()
        if self.deadline is not None:
            self.deadline.cancel()
        self.writes.idle.append(self)

    def close(self, error: Exception) -> None:
        """Give the connection up: what was sent is taken back, or nobody knows."""
        code = getattr(error, "pgcode", None) or ""
        is_taken_back = code and not code.startswith(UNCERTAIN)
        if self.deadline is not None:
            self.deadline.cancel()
        self.writes.loop.remove_reader(self.file_number)
        self.writes.loop.remove_writer(self.file_number)
        self.connection.close()
        self.writes.lines.remove(self)
        if self in self.writes.idle:
            self.writes.idle.remove(self)
        for each in self.sent:
            fail(each.row, NoAnswer() if is_taken_back else OperationalError(str(error)))
        self.sent = ()
        self.writes.take_next()


class Writes(Connections):
    """The lines of a process for writes, and what waits for them."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.lines: list[Line] = []
        self.idle: list[Line] = []
        # By the key, in the order in which they came.
        self.waiting: dict[str, list[Sent]] = {}

    def take(self, connected: Any) -> None:
        """Use a connection that has been made."""
        line = Line(connected, self)
        self.lines.append(line)
        self.idle.append(line)
        self.take_next()

    def can_be_asked(self) -> bool:
        """Tell whether there is a line; have one more made where all are busy."""
        if not self.idle and len(self.lines) < LINES:
            self.connect()
        return bool(self.lines)

    async def row(self, writing: Writing[Any]) -> Any:
        """Write, and return the row of that; None if there is none, as nothing was done.

        Raises:
            NoAnswer: nothing was done, for now.
            OperationalError: it is not known whether it was done.
        """
        if not self.can_be_asked():
            raise NoAnswer
        sent = Sent(writing, self.loop.create_future())
        self.waiting.setdefault(writing.key, []).append(sent)
        self.take_next()
        timer = self.loop.call_later(WAIT_SECONDS, self.give_up, sent)
        try:
            return await sent.row
        finally:
            timer.cancel()

    def take_next(self) -> None:
        """Have lines that are free send what waits; of what has one key, one of them at a time."""
        if not self.lines:
            for each in [each for waiting in self.waiting.values() for each in waiting]:
                fail(each.row, NoAnswer())
            self.waiting.clear()
        busy = {line.key for line in self.lines if line.sent}
        for key in [each for each in self.waiting if each not in busy]:
            if not self.idle:
                return
            waiting = self.waiting.pop(key, [])
            if waiting[TOGETHER:]:
                self.waiting[key] = waiting[TOGETHER:]
            self.idle.pop().send(key, waiting[:TOGETHER])

    def give_up(self, sent: Sent) -> None:
        """Have a write go the ordinary way that was not sent until now."""
        key = sent.writing.key
        if sent in self.waiting.get(key, ()):
            self.waiting[key].remove(sent)
            if not self.waiting[key]:
                del self.waiting[key]
            fail(sent.row, NoAnswer())
