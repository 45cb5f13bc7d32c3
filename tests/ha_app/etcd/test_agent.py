"""`manage.py simulate_agent` (contract: ha.md, etcd)."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from ha_app.etcd.agent import Manner, play
from ha_app.etcd.client import EtcdClient, Put
from ha_app.etcd.keys import MONITORING, STATE, config_key, monitoring_key, state_key
from tests.etcd_server import EtcdServer
from tests.processes import PROJECT, WAIT_SECONDS, running, wait_until

AT_ONCE = Manner(delay=0)


@contextmanager
def agents(manner: Manner = AT_ONCE) -> Iterator[None]:
    """Have the agents played meanwhile."""
    stop = threading.Event()
    client = EtcdClient()
    thread = threading.Thread(target=play, args=(client, manner, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        client.close()


def put_config(
    etcd_client: EtcdClient,
    object_id: str,
    version: int = 1,
    *,
    deletion: bool = False,
    body: str = "",
) -> int:
    """Put a gateway as the mirror does; return the revision."""
    value = {
        "body": json.dumps({"name": body}),
        "version": version,
        "marked_for_deletion": deletion,
    }
    put = Put(config_key("gateways", object_id), json.dumps(value).encode())
    revision = etcd_client.commit([put])
    assert revision is not None
    return revision


def state(version: int, worker_state: str, error: str = "") -> dict[str, Any]:
    return {"version": version, "error": error, "state": {"worker_state": worker_state}}


def up(version: int) -> dict[str, Any]:
    return {"version": version, "primary": "UP", "secondary": "UP"}


def written(etcd_client: EtcdClient, since: int, number: int) -> list[tuple[str, Any]]:
    """Return what was written in /state and /monitoring after a revision, once it is so much.

    What is no JSON is given as it is.
    """
    found: list[tuple[int, str, Any]] = []
    stop = threading.Event()
    timer = threading.Timer(WAIT_SECONDS, stop.set)
    timer.daemon = True
    timer.start()
    for _, events in etcd_client.watch({STATE: since + 1, MONITORING: since + 1}, stop):
        found += [(event.mod_revision, event.key, read(event.value)) for event in events]
        if len(found) >= number:
            break
    timer.cancel()
    return [(key, value) for _, key, value in sorted(found, key=lambda each: each[0])]


def read(value: bytes | None) -> Any:
    assert value is not None
    try:
        return json.loads(value)
    except ValueError:
        return value


@pytest.mark.usefixtures("etcd")
def test_each_version_is_answered_as_what_it_is(etcd_client: EtcdClient) -> None:
    gateway = str(uuid4())
    keys = state_key("gateways", gateway), monitoring_key("gateways", gateway)
    with agents():
        revision = put_config(etcd_client, gateway)
        assert written(etcd_client, revision, 2) == [
            (keys[0], state(1, "CREATE_COMPLETED")),
            (keys[1], up(1)),
        ]
        revision = put_config(etcd_client, gateway, 2)
        assert written(etcd_client, revision, 2) == [
            (keys[0], state(2, "MODIFY_COMPLETED")),
            (keys[1], up(2)),
        ]
        revision = put_config(etcd_client, gateway, 3, deletion=True)
        other = str(uuid4())
        put_config(etcd_client, other)
        # What is deleted is monitored no more.
        assert written(etcd_client, revision, 3) == [
            (keys[0], state(3, "DELETE_COMPLETED")),
            (state_key("gateways", other), state(1, "CREATE_COMPLETED")),
            (monitoring_key("gateways", other), up(1)),
        ]


@pytest.mark.usefixtures("etcd")
def test_what_was_not_answered_before_the_start_is_answered_then(etcd_client: EtcdClient) -> None:
    # Given one without an answer, one with that of an older version, one with its answer
    new, changed, done = (str(uuid4()) for _ in range(3))
    put_config(etcd_client, new)
    put_config(etcd_client, changed, 2)
    put_config(etcd_client, done)
    answer = json.dumps(state(1, "CREATE_COMPLETED")).encode()
    etcd_client.commit([Put(state_key("gateways", each), answer) for each in (changed, done)])
    revision = etcd_client.read_prefixes(STATE).revision

    with agents():
        answered = dict(written(etcd_client, revision, 4))

    assert answered[state_key("gateways", new)] == state(1, "CREATE_COMPLETED")
    assert answered[state_key("gateways", changed)] == state(2, "MODIFY_COMPLETED")
    assert not [key for key in answered if done in key]


@pytest.mark.usefixtures("etcd")
def test_what_there_is_at_the_start_is_answered_in_the_order_in_which_it_was_put(
    etcd_client: EtcdClient,
) -> None:
    # Given objects that were put in another order than that of their keys
    gateways = sorted((str(uuid4()) for _ in range(5)), reverse=True)
    for gateway in gateways:
        revision = put_config(etcd_client, gateway)

    with agents(Manner(delay=0, error="no such device")):
        answered = written(etcd_client, revision, 5)

    assert [key for key, _ in answered] == [state_key("gateways", each) for each in gateways]


@pytest.mark.usefixtures("etcd")
def test_a_version_is_answered_once_however_often_it_is_put(etcd_client: EtcdClient) -> None:
    gateway, other = str(uuid4()), str(uuid4())
    with agents():
        revision = put_config(etcd_client, gateway)
        assert len(written(etcd_client, revision, 2)) == 2
        again = put_config(etcd_client, gateway, body="counters have moved")
        put_config(etcd_client, other)

        assert [key for key, _ in written(etcd_client, again, 2)] == [
            state_key("gateways", other),
            monitoring_key("gateways", other),
        ]


@pytest.mark.usefixtures("etcd")
def test_what_is_no_object_is_not_answered_and_stops_nothing(etcd_client: EtcdClient) -> None:
    gateway = str(uuid4())
    with agents():
        revision = etcd_client.read_prefixes(STATE).revision
        for name in ("gateways/no-uuid", f"gateways/{uuid4()}", "heat_templates/ha_router"):
            for value in (b"no JSON", b"[]", b'{"version": "1", "marked_for_deletion": false}'):
                etcd_client.commit([Put(f"/config/v2.0/{name}", value)])
        put_config(etcd_client, gateway)

        assert [key for key, _ in written(etcd_client, revision, 2)] == [
            state_key("gateways", gateway),
            monitoring_key("gateways", gateway),
        ]


RIGHT = state(1, "CREATE_COMPLETED")


@pytest.mark.usefixtures("etcd")
@pytest.mark.parametrize(
    ("mode", "states"),
    [
        ("normal", [RIGHT]),
        ("twice", [RIGHT, RIGHT]),
        ("older", [state(0, "CREATE_COMPLETED"), RIGHT]),
        ("newer", [state(2, "MODIFY_COMPLETED"), RIGHT]),
        ("garbage", [b'{"version": 1, "sta', RIGHT]),
    ],
)
def test_the_right_answer_follows_the_wrong_one(
    mode: str, states: list[Any], etcd_client: EtcdClient
) -> None:
    gateway = str(uuid4())
    with agents(Manner(delay=0, mode=mode)):
        revision = put_config(etcd_client, gateway)

        assert written(etcd_client, revision, len(states) + 1) == [
            *((state_key("gateways", gateway), each) for each in states),
            (monitoring_key("gateways", gateway), up(1)),
        ]


@pytest.mark.usefixtures("etcd")
def test_an_error_is_answered_and_what_failed_is_not_monitored(etcd_client: EtcdClient) -> None:
    gateways = [str(uuid4()) for _ in range(2)]
    with agents(Manner(delay=0, error="no such device")):
        revision = put_config(etcd_client, gateways[0])
        put_config(etcd_client, gateways[1])

        assert written(etcd_client, revision, 2) == [
            (state_key("gateways", each), state(1, "CREATE_COMPLETED", "no such device"))
            for each in gateways
        ]


@pytest.mark.usefixtures("etcd")
def test_silent_agents_answer_nothing(etcd_client: EtcdClient) -> None:
    gateway = str(uuid4())
    put_config(etcd_client, gateway)
    with agents(Manner(delay=0, mode="silent")):
        put_config(etcd_client, gateway, 2)
        time.sleep(0.5)

    assert etcd_client.read_prefixes(STATE, MONITORING).items == []


@pytest.mark.usefixtures("etcd")
def test_an_answer_comes_after_its_delay_and_delays_no_other(etcd_client: EtcdClient) -> None:
    with agents(Manner(delay=0.5)):
        began = time.monotonic()
        revision = min([put_config(etcd_client, str(uuid4())) for _ in range(60)])
        assert len(written(etcd_client, revision, 120)) == 120
        took = time.monotonic() - began

    assert 0.5 <= took < 60 * 0.5


def test_they_go_on_when_etcd_is_back(
    own_etcd: EtcdServer, etcd_client: EtcdClient, caplog: pytest.LogCaptureFixture
) -> None:
    before, after = str(uuid4()), str(uuid4())
    with agents():
        revision = put_config(etcd_client, before)
        assert len(written(etcd_client, revision, 2)) == 2
        own_etcd.kill()
        wait_until(
            lambda: "nothing is answered for now" in caplog.text,
            what="a line in the log",
        )
        own_etcd.start()
        revision = put_config(etcd_client, after)

        assert dict(written(etcd_client, revision, 2)) == {
            state_key("gateways", after): state(1, "CREATE_COMPLETED"),
            monitoring_key("gateways", after): up(1),
        }
    assert caplog.text.count("nothing is answered for now") == 1


# The command

TRIES = 3


def ended_by_itself(status: int) -> bool:
    """Return whether it did, and not the kernel, after 4 s in which a busy machine kept it."""
    assert status in {0, -signal.SIGALRM}
    return status == 0


@pytest.mark.processes
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_command_answers_until_it_is_told_to_stop(
    number: signal.Signals, etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    environment = dict(os.environ) | {"ETCD_ENDPOINTS": etcd.url}
    arguments = ("manage.py", "simulate_agent", "--delay", "0", "--error", "no such device")

    def ends_well() -> bool:
        gateway = str(uuid4())
        with running(environment, *arguments) as process:
            revision = put_config(etcd_client, gateway)
            assert written(etcd_client, revision, 1) == [
                (state_key("gateways", gateway), state(1, "CREATE_COMPLETED", "no such device"))
            ]
            process.send_signal(number)
            return ended_by_itself(process.wait(WAIT_SECONDS))

    assert any(ends_well() for _ in range(TRIES))


@pytest.mark.processes
def test_the_command_stops_while_etcd_is_away() -> None:
    environment = dict(os.environ) | {"ETCD_ENDPOINTS": "http://127.0.0.1:1"}
    command = [sys.executable, "manage.py", "simulate_agent"]

    def ends_well() -> bool:
        with subprocess.Popen(
            command, cwd=PROJECT, env=environment, stderr=subprocess.PIPE, text=True
        ) as process:
            assert process.stderr is not None
            # It has found out, and waits.
            assert any("nothing is answered for now" in line for line in process.stderr)
            process.send_signal(signal.SIGTERM)
            return ended_by_itself(process.wait(WAIT_SECONDS))

    assert any(ends_well() for _ in range(TRIES))


def test_the_command_wants_an_etcd(settings: Any) -> None:
    settings.ETCD_ENDPOINTS = []

    with pytest.raises(CommandError, match="set ETCD_ENDPOINTS="):
        call_command("simulate_agent")


@pytest.mark.parametrize("delay", [-1, float("nan"), float("inf"), 1e300])
def test_the_command_wants_a_delay_that_ends(delay: float, settings: Any) -> None:
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]

    with pytest.raises(CommandError, match="must be from 0 to 86400 s"):
        call_command("simulate_agent", delay=delay)
