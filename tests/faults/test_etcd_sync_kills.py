"""sync_etcd is killed or stopped amid changes: another goes on, and nothing goes back."""

import signal
from contextlib import ExitStack
from pathlib import Path
from random import Random

import psutil
import pytest

from ha_app.etcd.client import EtcdClient, Put
from ha_app.etcd.keys import LEADER, monitoring_key
from tests.etcd_server import EtcdServer
from tests.faults.etcd_faults import (
    agents,
    assert_mirrored,
    await_confirmed,
    await_leader,
    begin_changes,
    mirrored_processes,
    new_router,
    sync_process,
)
from tests.processes import kill

pytestmark = pytest.mark.processes

KILLS = 10
SEED = 1
FLIPS = 20


def end_lease(client: EtcdClient) -> None:
    """End the lease of a leader that was killed or stopped, so as not to wait for that."""
    held = client.get(LEADER)
    if held is not None:
        client.revoke_lease(held.lease)


def test_ten_kills_lose_nothing(
    tmp_path: Path, own_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    # Given two that may lead, and changes that go on
    moments = Random(SEED)
    with (
        mirrored_processes(tmp_path / "data", [own_etcd.url]) as gatekeeper,
        agents(gatekeeper),
        ExitStack() as processes,
    ):

        def begin_another() -> None:
            process = processes.enter_context(sync_process(gatekeeper))
            running[process.pid] = process

        running = {}
        begin_another()
        begin_another()
        changes = begin_changes(gatekeeper)
        with changes.going_on():
            for _ in range(KILLS):
                # When the one that leads is killed, amid some of the changes
                pid = await_leader(etcd_client, *running.values())
                changes.await_more(moments.randrange(5))
                kill(psutil.Process(pid))
                running.pop(pid).wait()
                begin_another()
                end_lease(etcd_client)

        # Then nothing is lost
        await_confirmed(changes)
        assert_mirrored(changes, etcd_client)


def test_a_leader_that_was_stopped_for_long_changes_nothing_afterwards(
    tmp_path: Path, own_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    # Given one that leads, another, and a router that agents monitor
    with (
        mirrored_processes(tmp_path / "data", [own_etcd.url]) as gatekeeper,
        sync_process(gatekeeper) as first,
        agents(gatekeeper),
    ):
        await_leader(etcd_client, first)
        with sync_process(gatekeeper) as second:
            changes = begin_changes(gatekeeper)
            router_ids = [new_router(gatekeeper) for _ in range(5)]
            await_confirmed(changes)

            # When it is stopped amid changes until the other leads
            with changes.going_on():
                changes.await_more(10)
                first.send_signal(signal.SIGSTOP)
                # What it will read first when it goes on.
                for number in range(FLIPS):
                    state = b"DOWN" if number % 2 == 0 else b"UP"
                    for router_id in router_ids:
                        value = b'{"version": 1, "primary": "%b"}' % state
                        etcd_client.commit([Put(monitoring_key("ha_routers", router_id), value)])
                end_lease(etcd_client)
                await_leader(etcd_client, second)
                term = etcd_client.get(LEADER)
                assert term is not None
                changes.await_more(20)
            await_confirmed(changes)

            # And when it goes on
            first.send_signal(signal.SIGCONT)
            with changes.going_on():
                changes.await_more(20)
            # Then what it had still to say has changed nothing
            await_confirmed(changes)
            # (unless the second lost it to a machine that stood still for as long as its lease).
            now = etcd_client.get(LEADER)
            assert now is None or now.create_revision != term.create_revision or now == term

            # And it leads again when the other is killed
            with changes.going_on():
                changes.await_more(10)
                kill(second)
                end_lease(etcd_client)
                await_leader(etcd_client, first)
        await_confirmed(changes)
        assert_mirrored(changes, etcd_client)
