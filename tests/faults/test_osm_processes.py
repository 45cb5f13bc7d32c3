"""Real processes, killed while OSM is handed orders: nothing is deployed twice or forgotten."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.faults.test_worker_supervisor import started_cluster
from tests.fixtures import sol006_nsd, sol006_vnfd
from tests.osm_peer import Call, Osm, OsmPeer
from tests.preloaded import CLUSTERS
from tests.processes import (
    Gatekeeper,
    gatekeeper_processes,
    kill,
    new_postgres_database,
    running,
    wait_until,
)
from tests.requests_app.remote import got, posted, sql

pytestmark = pytest.mark.processes

ORDERS = 30


@pytest.fixture
def osm() -> Osm:
    """An OSM whose lifecycle manager takes its time to begin, so that it would deploy twice."""
    return Osm(begins_after=3, ends_after=4)


@pytest.fixture
def gatekeeper(osm: Osm, osm_authority: Path, tmp_path: Path) -> Iterator[Gatekeeper]:
    """A server with this OSM behind it."""
    with (
        OsmPeer(osm, osm_authority.parent / "nbi-and-key.pem") as peer,
        new_postgres_database() as url,
        gatekeeper_processes(
            tmp_path,
            url,
            MANO_DRIVER="osm",
            OSM_URL=peer.url,
            OSM_USERNAME=osm.username,
            OSM_PASSWORD=osm.password,
            OSM_VIM_ACCOUNT=osm.vim_name,
            OSM_CA_CERT=str(osm_authority),
            OSM_POLL_SECONDS="0.5",
            OSM_TIMEOUT_SECONDS="10",
            MANO_ACCEPT_SECONDS="300",
            THROTTLE_PER_TOKEN="0",
            **{CLUSTERS: "3"},
        ) as started,
    ):
        yield started


def test_every_order_ends_and_is_deployed_once_though_workers_are_killed(
    osm: Osm, gatekeeper: Gatekeeper
) -> None:
    # Given 30 orders at once, of which some lose their answers
    lost: list[Call] = []

    def lose_some(call: Call) -> str | None:
        if call.path.endswith("/instantiate") and len(lost) < 3:
            lost.append(call)
            return "cut after"
        return None

    osm.fault = lose_some
    posted(gatekeeper, "/functions", sol006_vnfd())
    service = posted(gatekeeper, "/services", sol006_nsd())["uuid"]
    with ThreadPoolExecutor(4) as callers:
        list(
            callers.map(
                lambda _: posted(gatekeeper, "/requests", {"service_uuid": service}), range(ORDERS)
            )
        )

    # When a task process, and then the worker, are killed amid their work
    wait_until(lambda: len(osm.deployed) >= 3, seconds=120, what="the first orders")
    kill(started_cluster(gatekeeper.worker)["task process 1"])
    wait_until(lambda: len(osm.deployed) >= 8, seconds=120, what="more orders")
    kill(gatekeeper.worker)
    gatekeeper.worker.wait()
    with running(gatekeeper.environment, "manage.py", "run_worker"):
        # What a killed process had taken is taken again after a minute and a half, which pass
        sql(gatekeeper, "UPDATE django_q_ormq SET lock = lock - interval '2 minutes'")
        wait_until(
            lambda: len(got(gatekeeper, "/requests?status=READY&limit=1000")) == ORDERS,
            seconds=300,
            what="the end of all requests",
            pause=0.5,
        )

    # Then each was deployed once, and all are known
    assert list(osm.deployed.values()) == [1] * ORDERS
    records = got(gatekeeper, "/records/services?limit=1000")
    assert {record["uuid"] for record in records} == set(osm.deployed)
    assert osm.forgotten == []
    # Bounded: 12 calls an order at most, and a look at all of them in each round
    rounds = [call for call in osm.calls if call.path == "nslcm/v1/ns_lcm_op_occs"]
    assert len(osm.calls) - len(rounds) <= 14 * ORDERS
