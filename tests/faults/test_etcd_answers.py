"""Agents answer wrongly, or with nobody listening: what counts is their last valid answer."""

import base64
import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ha_app.etcd.client import Delete, EtcdClient
from ha_app.etcd.keys import MONITORING, STATE, config_key, monitoring_key, state_key
from tests.etcd_server import EtcdServer
from tests.faults.etcd_faults import (
    assert_agreement,
    assert_etcd_never_went_back,
    await_leader,
    await_mirrored,
    changed,
    database_gone,
    has_status,
    leader_pid,
    mirrored_processes,
    new_downlink,
    new_gateway,
    new_router,
    statuses,
    sync_process,
)
from tests.processes import Gatekeeper, is_gone, manage, stop, wait_until
from tests.requests_app.remote import sql

pytestmark = pytest.mark.processes

UNKNOWN = "00000000-0000-4000-8000-000000000000"
LONG = 1_400_000

# In /state of a router at version 1, and in its /monitoring: none of it is an answer.
NO_STATES = [
    b"",
    b"{",
    b"\xff\xfe\x00",
    b"null",
    b"[1]",
    b'"CREATE_COMPLETED"',
    b"[" * 100_000,
    b'{"version": ' + b"9" * 5000 + b"}",
    b'{"version": 1, "error": "' + b"x" * LONG,
    b'{"error": "", "state": {"worker_state": "CREATE_COMPLETED"}}',
    b'{"version": "1", "error": "", "state": {"worker_state": "CREATE_COMPLETED"}}',
    b'{"version": 1.0, "error": "", "state": {"worker_state": "CREATE_COMPLETED"}}',
    b'{"version": true, "error": "", "state": {"worker_state": "CREATE_COMPLETED"}}',
    b'{"version": 1, "error": "", "state": "CREATE_COMPLETED"}',
    b'{"version": 1, "error": ["x"], "state": {"worker_state": "CREATE_COMPLETED"}}',
    b'{"version": 1, "error": "", "state": {"worker_state": "create_completed"}}',
    b'{"version": 1, "error": "", "state": {"worker_state": "\\u0000\\ud800"}}',
    b'{"version": 1, "error": "", "state": {"worker_state": ' + b"[" * 900 + b"]" * 900 + b"}}",
]
NO_MONITORING = [b"", b"\x00", b"[]", b'{"version": 1}', b'{"version": null, "primary": "UP"}']
# None of these names an object.
NO_NAMES = [
    b"/state/v2.0/ha_routers/",
    b"/state/v2.0/ha_routers/7",
    b"/state/v2.0/ha_routers/\xff\xfe",
    b"/state/v2.0/gateways/\x00",
    b"/state/v2.0/gateways/" + b"x" * 10_000,
    b"/state/v2.0/gateways/00000000-0000-4000-8000-00000000000A",
    b"/monitoring/v2.0/ha_interfaces/" + UNKNOWN.encode() + b"/primary",
]
# These are nobody's to count: objects that are gone, and other resources.
NOT_OURS = [
    f"{STATE}ha_routers/{UNKNOWN}".encode(),
    f"{MONITORING}gateways/{UNKNOWN}".encode(),
    b"/state/v2.0/servers/\xff",
    b"/state/\x00",
    b"/monitoring/v3/ha_routers/7",
]


@pytest.fixture
def gatekeeper(tmp_path: Path, own_etcd: EtcdServer) -> Iterator[Gatekeeper]:
    with mirrored_processes(tmp_path / "data", [own_etcd.url]) as started:
        yield started


def write(etcd: EtcdServer, key: bytes, value: bytes) -> int:
    """Write any bytes; return the revision."""
    body = {"key": base64.b64encode(key).decode(), "value": base64.b64encode(value).decode()}
    header = etcd.post("kv/put", body)["header"]
    assert isinstance(header, dict)
    return int(header["revision"])


def state(version: int, worker_state: str = "CREATE_COMPLETED", error: str = "") -> bytes:
    value = {"version": version, "error": error, "state": {"worker_state": worker_state}}
    return json.dumps(value).encode()


def await_applied(gatekeeper: Gatekeeper, tree: str, revision: int) -> None:
    """Wait until sync_etcd has seen a tree up to a revision."""

    def is_applied() -> bool:
        found: list[tuple[Any, ...]] = sql(gatekeeper, "SELECT revisions FROM ha_app_etcdmirror")
        return bool(found) and found[0][0].get(tree, 0) >= revision

    wait_until(is_applied, what=f"revision {revision} of {tree}")


def ignored(gatekeeper: Gatekeeper) -> dict[str, float]:
    """Return how many answers were ignored by the reason, from /metrics."""
    request = Request(
        f"{gatekeeper.url}/metrics", headers={"Authorization": f"Bearer {gatekeeper.admin_token}"}
    )
    with urlopen(request, timeout=30) as answer:
        families = list(text_string_to_metric_families(answer.read().decode()))
    [family] = [each for each in families if each.name == "gatekeeper_etcd_ignored_answers"]
    return {sample.labels["reason"]: sample.value for sample in family.samples}


def last_message(gatekeeper: Gatekeeper, router_id: str) -> str:
    """Return why a router has the status that it has."""
    table = "ha_app_harouterevent"
    [(message,)] = sql(
        gatekeeper,
        f"SELECT message FROM {table} WHERE ha_object_id = '{router_id}' ORDER BY id DESC LIMIT 1",
    )
    return str(message)


def test_answers_in_disorder_and_garbage(
    gatekeeper: Gatekeeper, own_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    with sync_process(gatekeeper) as sync:
        await_leader(etcd_client, sync)
        router_id, other_id = new_router(gatekeeper), new_router(gatekeeper)
        name = f"ha_routers/{router_id}"
        at_state = state_key("ha_routers", router_id).encode()
        at_monitoring = monitoring_key("ha_routers", router_id).encode()

        def answered(tree: str, value: bytes) -> str:
            """Write the router's answer; return its status once that is applied."""
            key = at_state if tree == STATE else at_monitoring
            await_applied(gatekeeper, tree, write(own_etcd, key, value))
            return statuses(gatekeeper).get(name, "gone")

        # When a new router's agents write what is no answer, it waits
        for value in NO_STATES:
            write(own_etcd, at_state, value)
        for value in NO_MONITORING:
            write(own_etcd, at_monitoring, value)
        for key in [*NO_NAMES, *NOT_OURS]:
            write(own_etcd, key, state(1))
        assert answered(STATE, state(0)) == "PENDING_CREATE"
        assert answered(STATE, state(2, "MODIFY_COMPLETED")) == "PENDING_CREATE"
        assert answered(STATE, state(10**400)) == "PENDING_CREATE"
        assert answered(STATE, state(1, "DELETE_COMPLETED")) == "PENDING_CREATE"
        assert answered(MONITORING, b'{"version": 1, "primary": "UP"}') == "PENDING_CREATE"

        # Then all that is counted, and nothing else has waited
        assert ignored(gatekeeper) == {
            "malformed_state": len(NO_STATES),
            "malformed_monitoring": len(NO_MONITORING),
            "malformed_key": len(NO_NAMES),
            "newer_state": 2,
            "out_of_place": 1,
        }
        write(own_etcd, state_key("ha_routers", other_id).encode(), state(1))
        other = f"ha_routers/{other_id}"
        wait_until(has_status(gatekeeper, other, "ACTIVE"), what="an ACTIVE router")

        # When they report errors, also in odd letters and at length, the router shows them
        assert answered(STATE, state(1, error="no\0 \ud800 route")) == "ERROR"
        assert last_message(gatekeeper, router_id) == "no\ufffd ? route"
        assert answered(STATE, state(1, error="x" * LONG)) == "ERROR"
        assert last_message(gatekeeper, router_id) == "x" * 2000
        # And they are right at last, twice
        assert answered(STATE, state(1)) == "ACTIVE"
        assert answered(STATE, state(1)) == "ACTIVE"

        # When they monitor it
        assert answered(MONITORING, b'{"version": 1, "a": "UP", "b": "OFF"}') == "DOWN"
        assert answered(MONITORING, b'{"version": 2, "a": "UP"}') == "DOWN"
        assert answered(MONITORING, b'{"version": 1, "a": "UP", "b": "UP"}') == "ACTIVE"

        # When a late answer comes after an update, the router waits for the one to it
        changed(gatekeeper, "PATCH", name, description="new")
        assert answered(STATE, state(1)) == "PENDING_UPDATE"
        assert answered(STATE, state(2, "MODIFY_COMPLETED")) == "ACTIVE"

        # When its deletion is answered as if it were another's, it stays
        changed(gatekeeper, "DELETE", name)
        assert answered(STATE, state(2, "DELETE_COMPLETED")) == "PENDING_DELETE"
        assert answered(STATE, state(3, "MODIFY_COMPLETED")) == "PENDING_DELETE"
        assert answered(STATE, state(3, "DELETE_COMPLETED", error="busy")) == "ERROR"

        # When it is answered twice, then the router is gone, and its keys
        sync.send_signal(signal.SIGSTOP)
        for _ in range(2):
            write(own_etcd, at_state, state(3, "DELETE_COMPLETED"))
        sync.send_signal(signal.SIGCONT)
        wait_until(lambda: name not in statuses(gatekeeper), what="no router")
        await_mirrored(gatekeeper)
        left = etcd_client.read_prefixes("/config/", "/state/", "/monitoring/")
        assert not [item.key for item in left.items if item.key.endswith(router_id)]
        assert statuses(gatekeeper) == {other: "ACTIVE"}
        assert ignored(gatekeeper)["newer_monitoring"] == 1
        assert_agreement(gatekeeper)
        assert_etcd_never_went_back(etcd_client)

        # When somebody writes into /config, then that is found, and repaired
        odd_body = b'{"body": "{\\"\\\\ud800\\": 1}", "version": [], "\\u0000": NaN}'
        write(own_etcd, config_key("ha_routers", other_id).encode(), odd_body)
        write(own_etcd, config_key("ha_routers", UNKNOWN).encode(), b"\xff")
        write(own_etcd, b"/config/v2.0/gateways/none", b"[" * 100_000)
        with pytest.raises(AssertionError, match="Differences: 3"):
            manage(gatekeeper.environment, "reconcile_etcd", "--dry-run")
        manage(gatekeeper.environment, "reconcile_etcd", "--repair")
        printed = manage(gatekeeper.environment, "reconcile_etcd", "--dry-run")
        assert printed == "etcd and the database agree.\n"
        assert not is_gone(sync)


def test_answers_while_nobody_listens(
    gatekeeper: Gatekeeper, own_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    def answer(name: str, value: bytes) -> None:
        write(own_etcd, f"{STATE}{name}".encode(), value)

    def monitor(name: str, value: bytes) -> None:
        write(own_etcd, f"{MONITORING}{name}".encode(), value)

    def await_statuses(expected: dict[str, str]) -> None:
        wait_until(lambda: statuses(gatekeeper) == expected, what=str(expected))

    up = b'{"version": 1, "primary": "UP"}'
    with sync_process(gatekeeper) as sync:
        # Given objects at work, one of them monitored, and one that is being deleted
        routers = [f"ha_routers/{new_router(gatekeeper)}" for _ in range(6)]
        router_id = routers[0].split("/")[1]
        downlink_id = new_downlink(gatekeeper, router_id)
        downlink = f"ha_interfaces/{downlink_id}"
        for name in (*routers, downlink):
            answer(name, state(1))
        monitor(routers[0], up)
        await_statuses(dict.fromkeys((*routers, downlink), "ACTIVE"))
        gateway = f"gateways/{new_gateway(gatekeeper, downlink_id)}"
        answer(gateway, state(1))
        wait_until(has_status(gatekeeper, gateway, "ACTIVE"), what="a gateway")
        changed(gatekeeper, "DELETE", gateway)
        for name in routers[1:]:
            changed(gatekeeper, "PATCH", name, description="new")
        await_mirrored(gatekeeper)
        monitored = "SELECT is_monitored FROM ha_app_harouter WHERE is_monitored"
        wait_until(lambda: sql(gatekeeper, monitored), what="a monitored router")
        stop(sync)

    # When agents answer while there is no sync_etcd, and etcd forgets how it came to that
    etcd_client.commit([Delete(f"{MONITORING}{routers[0]}")])
    answer(gateway, state(2, "DELETE_COMPLETED"))
    answer(routers[1], state(2, "MODIFY_COMPLETED", error="no"))
    answer(routers[2], state(2, "MODIFY_COMPLETED", error="no"))
    answer(routers[2], state(2, "MODIFY_COMPLETED"))
    answer(routers[3], state(1))
    answer(routers[4], b"garbage")
    answer(routers[5], state(2, "MODIFY_COMPLETED"))
    monitor(routers[5], b'{"version": 2, "primary": "OFF"}')
    etcd_client.compact(etcd_client.read_prefixes("/").revision)
    expected = {
        routers[0]: "MONITORING_UNAVAILABLE",
        routers[1]: "ERROR",
        routers[2]: "ACTIVE",
        routers[3]: "PENDING_UPDATE",
        routers[4]: "PENDING_UPDATE",
        routers[5]: "DOWN",
        downlink: "ACTIVE",
    }

    # Then all is as they say once there is one
    with sync_process(gatekeeper) as sync:
        await_statuses(expected)
        await_mirrored(gatekeeper)
        assert_agreement(gatekeeper)

        # When they answer while the database is gone
        with database_gone(gatekeeper):
            answer(routers[3], state(2, "MODIFY_COMPLETED"))
            answer(routers[4], state(2, "MODIFY_COMPLETED", error="no"))
            monitor(routers[0], up)
            monitor(routers[5], b'{"version": 2, "primary": "UP"}')
            wait_until(lambda: leader_pid(etcd_client) != sync.pid, what="the end of the term")

        # Then the same process goes on when it is back
        expected |= {routers[3]: "ACTIVE", routers[4]: "ERROR"}
        expected |= {routers[0]: "ACTIVE", routers[5]: "ACTIVE"}
        await_statuses(expected)
        assert not is_gone(sync)
        await_mirrored(gatekeeper)
        assert_agreement(gatekeeper)
    left = etcd_client.read_prefixes("/config/", "/state/", "/monitoring/")
    assert not [item.key for item in left.items if item.key.endswith(gateway)]
