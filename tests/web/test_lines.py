"""The event loop's own connections to PostgreSQL, and what it answers by them."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import uvloop
from django.db import connection

from gatekeeper_site.core.lookups import NoAnswer
from gatekeeper_site.core.postgresql.base import wait
from gatekeeper_site.web import lines as module
from gatekeeper_site.web.lines import LINES, Line, Lines
from tests.web.conftest import HELD, HoldingUp

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="they are PostgreSQL's"),
]
LIMIT_SECONDS = 60
HELD_UP = "SELECT pg_advisory_lock_shared(%s)"
DOUBLED = "SELECT %s::int * 2, pg_backend_pid()"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a busy machine's answers be waited for."""
    monkeypatch.setattr(module, "ANSWER_SECONDS", LIMIT_SECONDS)
    monkeypatch.setattr(module, "PAUSE_SECONDS", 0)


def run(action: Callable[[Lines], Awaitable[Any]]) -> Any:
    """Do something with lines in an event loop of their own."""

    async def whole() -> Any:
        lines = Lines(asyncio.get_running_loop())
        try:
            return await asyncio.wait_for(action(lines), LIMIT_SECONDS)
        finally:
            for line in list(lines.lines):
                line.close(NoAnswer())

    return asyncio.run(whole())


async def connected(lines: Lines) -> None:
    """Ask until all lines are there; before the first is, nobody is answered."""
    while len(lines.lines) < LINES:
        try:
            await lines.row(DOUBLED, [1])
        except NoAnswer:
            assert not lines.lines
        await asyncio.sleep(0.01)


def test_each_caller_gets_his_own_row() -> None:
    async def action(lines: Lines) -> Any:
        with pytest.raises(NoAnswer):
            await lines.row(DOUBLED, [1])
        await connected(lines)
        rows = await asyncio.gather(*(lines.row(DOUBLED, [number]) for number in range(50)))
        nothing = await lines.row("SELECT 1 WHERE %s", [False])
        return rows, nothing

    rows, nothing = run(action)

    assert [doubled for doubled, _ in rows] == [number * 2 for number in range(50)]
    assert len({pid for _, pid in rows}) == LINES
    assert nothing is None


def test_a_connection_that_broke_is_made_anew() -> None:
    async def action(lines: Lines) -> Any:
        await connected(lines)
        before = [line.connection.info.backend_pid for line in lines.lines]
        for pid in before:
            with suppress(NoAnswer):
                await lines.row("SELECT pg_terminate_backend(%s)", [pid])
        # What is asked meanwhile is answered by nobody, or by a new one; nobody waits.
        while {line.connection.info.backend_pid for line in lines.lines} & set(before):
            await asyncio.sleep(0.01)
        await connected(lines)
        doubled, pid = await lines.row(DOUBLED, [21])
        return doubled, pid in before

    assert run(action) == (42, False)


def test_a_statement_that_fails_costs_its_line_alone() -> None:
    async def action(lines: Lines) -> Any:
        await connected(lines)
        with pytest.raises(NoAnswer):
            await lines.row("SELECT 1 / %s::int", [0])
        await connected(lines)
        return (await lines.row(DOUBLED, [4]))[0]

    assert run(action) == 8


def test_nobody_waits_for_one_that_takes_long(
    monkeypatch: pytest.MonkeyPatch, holding_up: HoldingUp
) -> None:
    async def action(lines: Lines) -> Any:
        await connected(lines)
        monkeypatch.setattr(module, "ANSWER_SECONDS", 0.05)
        with holding_up():
            slow = [lines.row(HELD_UP, [HELD]) for _ in range(LINES + 1)]
            outcomes = await asyncio.gather(*slow, return_exceptions=True)
        monkeypatch.setattr(module, "ANSWER_SECONDS", LIMIT_SECONDS)
        # The lines are of use again when they have answered, and not what nobody waits for.
        doubled, _ = await lines.row(DOUBLED, [3])
        return [type(each) for each in outcomes], doubled, len(lines.lines)

    assert run(action) == ([NoAnswer] * (LINES + 1), 6, LINES)


def test_one_that_is_silent_is_given_up(
    monkeypatch: pytest.MonkeyPatch, holding_up: HoldingUp
) -> None:
    async def action(lines: Lines) -> Any:
        await connected(lines)
        monkeypatch.setattr(module, "ANSWER_SECONDS", 0.01)
        monkeypatch.setattr(module, "SILENT_SECONDS", 0)
        with holding_up():
            outcomes = [lines.row(HELD_UP, [HELD]) for _ in range(LINES + 1)]
            await asyncio.gather(*outcomes, return_exceptions=True)
            return len(lines.lines), len(lines.waiting)

    assert run(action) == (0, 0)


def test_without_a_server_nobody_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> Any:
        raise psycopg2.OperationalError("no such host")

    async def action(lines: Lines) -> Any:
        monkeypatch.setattr(module, "new_connection", refused)
        for _ in range(3):
            with pytest.raises(NoAnswer):
                await lines.row(DOUBLED, [1])
            assert lines.connecting is not None
            await lines.connecting
        monkeypatch.undo()
        monkeypatch.setattr(module, "ANSWER_SECONDS", LIMIT_SECONDS)
        lines.connect_after = 0
        await connected(lines)
        return (await lines.row(DOUBLED, [5]))[0]

    assert run(action) == 10


def test_behind_a_pooler_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []

    def pooled() -> None:
        made.append(1)

    async def action(lines: Lines) -> Any:
        monkeypatch.setattr(module, "new_connection", pooled)
        for _ in range(3):
            with pytest.raises(NoAnswer):
                await lines.row(DOUBLED, [1])
            assert lines.connecting is not None
            await lines.connecting
        return len(made)

    assert run(action) == 1


def message(kind: bytes, content: bytes) -> bytes:
    """Return what a server of PostgreSQL's says."""
    return kind + (len(content) + 4).to_bytes(4, "big") + content


def test_a_server_that_ends_without_reading_what_it_was_asked_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a connection to a server, in the event loop of the web's processes
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / ".s.PGSQL.5432"))
        listener.listen()
        monkeypatch.setenv("PGSSLMODE", "disable")
        monkeypatch.setenv("PGGSSENCMODE", "disable")
        client = psycopg2.connect(f"host={tmp_path} user=any", async_=True)
        server, _ = listener.accept()
    settings = (b"client_encoding\0UTF8\0", b"DateStyle\0ISO\0")
    server.sendall(message(b"R", bytes(4)) + b"".join(message(b"S", each) for each in settings))
    server.sendall(message(b"Z", b"I"))
    wait(client, (), is_patient=False)
    server.recv(1000)
    monkeypatch.setattr(module, "new_connection", lambda: client)

    async def action(lines: Lines) -> list[Line]:
        with pytest.raises(NoAnswer):
            await lines.row("SELECT 1", [])
        monkeypatch.setattr(module, "LINES", 1)
        while not lines.lines:
            await asyncio.sleep(0)

        # When it says something and ends, with an unread question
        asked = asyncio.ensure_future(lines.row("SELECT 1", []))
        await asyncio.sleep(0)
        server.sendall(message(b"N", b"SWARNING\0C57P02\0Mthis is the end\0\0"))
        server.close()

        # Then who asked learns it, and the connection is given up
        with pytest.raises(NoAnswer):
            await asked
        return lines.lines

    async def whole() -> list[Line]:
        return await asyncio.wait_for(action(Lines(asyncio.get_running_loop())), LIMIT_SECONDS)

    assert uvloop.run(whole()) == []
