"""etcd is away for a while: changes are made as ever, and arrive when it is back."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ha_app.etcd.client import EtcdClient
from tests.etcd_server import EtcdCluster, EtcdServer
from tests.faults.etcd_faults import (
    agents,
    assert_mirrored,
    await_confirmed,
    await_giving_up,
    await_leader,
    begin_changes,
    mirrored_processes,
    sync_process,
)
from tests.processes import is_gone

pytestmark = pytest.mark.processes

CHANGES = 80


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[EtcdCluster]:
    cluster = EtcdCluster(tmp_path / "etcd")
    cluster.start()
    yield cluster
    cluster.stop()


def test_changes_during_an_outage_are_made_at_once_and_arrive_later(
    tmp_path: Path, own_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    # Given objects in etcd, and agents
    with (
        mirrored_processes(tmp_path / "data", [own_etcd.url]) as gatekeeper,
        sync_process(gatekeeper) as sync,
        agents(gatekeeper),
    ):
        changes = begin_changes(gatekeeper)

        # When etcd does not answer, for so long that the leader gives up, and then is gone
        own_etcd.pause()
        for _ in range(CHANGES // 2):
            changes.make()
        await_giving_up(gatekeeper)
        own_etcd.kill()
        for _ in range(CHANGES // 2):
            changes.make()

        # Then all changes are made before it is back, and are in etcd soon after
        own_etcd.start()
        await_confirmed(changes)
        assert not is_gone(sync)
        assert_mirrored(changes, etcd_client)


def test_a_cluster_loses_its_leader_amid_changes(
    tmp_path: Path, cluster: EtcdCluster, settings: Any
) -> None:
    # Given a cluster whose leader is the first of the endpoints, and changes that go on
    first = cluster.leader()
    urls = [first.url, *(url for url in cluster.urls if url != first.url)]
    settings.ETCD_ENDPOINTS = urls
    client = EtcdClient()
    with (
        mirrored_processes(tmp_path / "data", urls) as gatekeeper,
        sync_process(gatekeeper) as sync,
        agents(gatekeeper),
    ):
        changes = begin_changes(gatekeeper)
        with changes.going_on():
            changes.await_more(10)

            # When it is killed, and all who used it go on with the others
            cluster.kill(first)
            changes.await_more(40)
            await_leader(client, sync)
        await_confirmed(changes)

        # And when it is back, and another is killed
        cluster.restart(first)
        with changes.going_on():
            changes.await_more(10)
            cluster.kill(cluster.leader())
            changes.await_more(40)

        # Then nothing is lost
        await_confirmed(changes)
        assert_mirrored(changes, client)
    client.close()
