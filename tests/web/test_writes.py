"""What the event loop writes by its own connections: together, all or nothing, and done once."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from io import BytesIO
from typing import Any

import psycopg2
import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory

import gatekeeper_site.urls  # noqa: F401 - it says what can be made
from gatekeeper_site.api import hot_writes
from gatekeeper_site.api.views import FAULT
from gatekeeper_site.core.creation import Writing
from gatekeeper_site.core.lookups import NoAnswer
from gatekeeper_site.web import lines
from gatekeeper_site.web import writes as module
from gatekeeper_site.web.lines import Lines
from gatekeeper_site.web.writes import Writes
from ha_app.models import Gateway, HaInterface
from requests_app.models import Request
from tests.fixtures import DEMO_SERVICE, TENANT, Api, new_api
from tests.ha_app.objects import assert_all_agree, free_vlans, new_interface, new_router, stored
from tests.web.conftest import HELD, HoldingUp

pytestmark = [
    pytest.mark.skipif(connection.vendor != "postgresql", reason="they are PostgreSQL's"),
]
LIMIT_SECONDS = 60
HELD_UP = f"pg_advisory_xact_lock({HELD})::text"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a busy machine's answers be waited for, and have one line only."""
    monkeypatch.setattr(module, "WAIT_SECONDS", LIMIT_SECONDS)
    monkeypatch.setattr(module, "SILENT_SECONDS", LIMIT_SECONDS)
    monkeypatch.setattr(lines, "ANSWER_SECONDS", LIMIT_SECONDS)
    monkeypatch.setattr(lines, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(module, "LINES", 1)


def writing(selected: str, *parameters: Any, key: str = "one") -> Writing[Any]:
    """Return a write that only selects."""
    return Writing(
        queries=f"WITH made AS (SELECT {selected} AS value)",
        parameters=parameters,
        columns="value, txid_current()",
        source="made WHERE value IS NOT NULL",
        key=key,
        stored=list,
    )


def run(action: Callable[[Writes], Awaitable[Any]]) -> Any:
    """Do something with the lines for writes, once there is one, in an event loop of its own."""

    async def whole() -> Any:
        writes = Writes(asyncio.get_running_loop())
        try:
            await connected(writes)
            return await asyncio.wait_for(action(writes), LIMIT_SECONDS)
        finally:
            for line in list(writes.lines):
                line.close(NoAnswer())

    return asyncio.run(whole())


async def connected(writes: Writes) -> None:
    """Wait until there is a line; before, nobody is answered."""
    while not writes.lines:
        with pytest.raises(NoAnswer):
            await writes.row(writing("1"))
        await asyncio.sleep(0.01)


def together(writes: Writes, *each: Writing[Any]) -> Awaitable[list[Any]]:
    """Return what comes of writes that come at once, a refusal as its error."""
    return asyncio.gather(*map(writes.row, each), return_exceptions=True)


@pytest.mark.django_db
def test_what_comes_together_is_one_transaction_and_each_gets_his_own_row() -> None:
    async def action(writes: Writes) -> Any:
        first = [writing("%s::int", number) for number in range(7)]
        others = [writing("%s::text", f"é 'x' %s {number}", key="two") for number in range(7)]
        return await together(writes, *first, *others, writing("NULL::int"))

    rows = run(action)

    assert [value for value, _ in rows[:7]] == list(range(7))
    assert [value for value, _ in rows[7:14]] == [f"é 'x' %s {number}" for number in range(7)]
    # The first is sent as it comes; those that came meanwhile go together, by their keys.
    assert [len({row[1] for row in part}) for part in (rows[1:7], rows[7:14])] == [1, 1]
    assert len({row[1] for row in rows[:14]}) == 3
    assert rows[14] is None


@pytest.mark.django_db
def test_if_one_fails_all_are_taken_back_and_the_next_are_done() -> None:
    async def action(writes: Writes) -> Any:
        alone, *failed = await together(
            writes, writing("0"), writing("1"), writing("1 / %s::int", 0), writing("2")
        )
        await connected(writes)
        return alone, failed, await writes.row(writing("3"))

    alone, failed, later = run(action)

    assert alone[0] == 0
    assert [type(each) for each in failed] == [NoAnswer] * 3
    assert later[0] == 3


@pytest.mark.django_db
@pytest.mark.parametrize("selected", ["pg_terminate_backend(pg_backend_pid())::text", HELD_UP])
def test_of_what_was_sent_and_not_answered_nobody_knows(
    selected: str, monkeypatch: pytest.MonkeyPatch, holding_up: HoldingUp
) -> None:
    monkeypatch.setattr(module, "LOCKING", "SET lock_timeout = 0")
    if selected == HELD_UP:
        monkeypatch.setattr(module, "SILENT_SECONDS", 0.2)

    async def action(writes: Writes) -> Any:
        with holding_up():
            [unknown] = await together(writes, writing(selected))
            return unknown, list(writes.lines)

    unknown, lines = run(action)

    assert type(unknown) is OperationalError
    assert lines == []


@pytest.mark.django_db
def test_what_is_not_sent_in_time_goes_another_way(
    monkeypatch: pytest.MonkeyPatch, holding_up: HoldingUp
) -> None:
    monkeypatch.setattr(module, "LOCKING", "SET lock_timeout = 0")

    async def action(writes: Writes) -> Any:
        with holding_up():
            slow = asyncio.ensure_future(writes.row(writing(HELD_UP)))
            monkeypatch.setattr(module, "WAIT_SECONDS", 0.05)
            given_up = await together(writes, writing("1"), writing("2", key="two"))
        return given_up, await slow

    given_up, slow = run(action)

    assert [type(each) for each in given_up] == [NoAnswer] * 2
    assert slow[0] == ""


@pytest.mark.django_db
def test_a_lock_of_somebody_elses_is_not_waited_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOCKING", "SET lock_timeout = '20ms'")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [HELD])

    async def action(writes: Writes) -> Any:
        return await together(writes, writing(HELD_UP))

    assert [type(each) for each in run(action)] == [NoAnswer]


@pytest.mark.django_db
def test_more_than_a_socket_takes_at_once_is_sent_on() -> None:
    long = "x" * 2_000_000

    async def action(writes: Writes) -> Any:
        return await together(writes, *(writing("length(%s::text)", long) for _ in range(3)))

    assert [row[0] for row in run(action)] == [2_000_000] * 3


@pytest.mark.django_db
def test_without_a_server_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise psycopg2.OperationalError("no server")

    monkeypatch.setattr(lines, "new_connection", refuse)

    async def action() -> None:
        writes = Writes(asyncio.get_running_loop())
        for _ in range(3):
            with pytest.raises(NoAnswer):
                await writes.row(writing("1"))
            await asyncio.sleep(0)

    asyncio.run(action())


def environ_of(api: Api, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return a call as WSGI has it."""
    text = json.dumps(body).encode()
    sent = {"authorization": f"Bearer {api.token}"}
    environ = RequestFactory(headers=sent).generic("POST", path, text).environ
    return environ | {"wsgi.input": BytesIO(text)}


async def made(writes: Writes, *environs: dict[str, Any]) -> list[Any]:
    """Return what calls that come at once are answered."""
    lines = Lines(writes.loop)
    while not lines.idle:
        with pytest.raises(NoAnswer):
            await lines.row("SELECT 1", [])
        await asyncio.sleep(0.01)
    answer = partial(hot_writes.answer_at_once, look_up=lines.row, write=writes.row)
    try:
        return await asyncio.gather(*map(answer, environs))
    finally:
        for line in list(lines.lines):
            line.close(NoAnswer())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unthrottled")
def test_orders_that_come_together_are_all_done(demo: Any) -> None:
    # Given an interface with room for three gateways
    api = new_api("operator", TENANT)
    interface: HaInterface = new_interface(new_router(), restricted_vlans="0-1000,1004-4095")
    gateway = {"service_type": "internet", "downlink_interface_id": str(interface.pk)}
    calls = [environ_of(api, "/v2.0/gateways", {"gateway": gateway}) for _ in range(5)]
    calls += [environ_of(api, "/requests", {"service_uuid": str(DEMO_SERVICE)}) for _ in range(5)]

    # When five gateways and five requests are ordered at once
    answers = run(lambda writes: made(writes, *calls))

    # Then the requests and three gateways are there, and two gateways are left to the ordinary way
    gateways, requests = [each for each in answers[:5] if each is not None], answers[5:]
    assert [each.status for each in (*gateways, *requests)] == ["201 Created"] * 8
    vlans = [json.loads(each.body)["gateway"]["vlan_id"] for each in gateways]
    assert sorted(vlans) == [1001, 1002, 1003]
    assert free_vlans(interface) == 0
    assert stored(interface).gateway_instances_count == Gateway.objects.count() == 3
    assert_all_agree()
    ids = {json.loads(each.body)["id"] for each in requests}
    assert {str(each.pk) for each in Request.objects.filter(status="NEW")} == ids
    assert not any(FAULT in each for each in calls)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unthrottled")
def test_a_call_of_which_nobody_knows_is_not_done_again(demo: Any) -> None:
    api = new_api("operator", TENANT)
    call = environ_of(api, "/requests", {"service_uuid": str(DEMO_SERVICE)})

    async def action(writes: Writes) -> Any:
        async def write(each: Writing[Any]) -> Any:
            await writes.row(each)
            raise OperationalError("the connection is lost")

        lines = Lines(writes.loop)
        await connected(writes)

        async def look_up(sql: str, parameters: Any) -> Any:
            while True:
                try:
                    return await lines.row(sql, parameters)
                except NoAnswer:
                    await asyncio.sleep(0.01)

        try:
            return await hot_writes.answer_at_once(call, look_up, write)
        finally:
            for line in list(lines.lines):
                line.close(NoAnswer())

    assert run(action) is None
    assert isinstance(call[FAULT], OperationalError)
    assert Request.objects.count() == 1
