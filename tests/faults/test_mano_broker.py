"""The broker is killed or stopped, and away amid orders: none is lost, doubled or stuck."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.faults.mano_faults import (
    assert_one_record_each,
    assert_ordered_once,
    listener_process,
    order,
    sonata_processes,
    statuses,
)
from tests.mano_peer import ManoPeer
from tests.processes import Gatekeeper, wait_until
from tests.rabbitmq_server import RabbitServer, rabbit_server
from tests.requests_app.remote import got, sql

pytestmark = pytest.mark.processes


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RabbitServer]:
    """A broker of the test's own, which may be killed."""
    with rabbit_server(tmp_path / "rabbitmq") as server:
        yield server


def test_a_broker_that_comes_back_amid_orders(tmp_path: Path, broker: RabbitServer) -> None:
    with (
        sonata_processes(tmp_path / "data", broker, MANO_ACCEPT_SECONDS="600") as gatekeeper,
        listener_process(gatekeeper),
        ManoPeer(broker.url, is_last=True) as peer,
    ):
        # First in order: a broker that is killed forgets a queue that was declared a moment ago.
        for end in (broker.stop, broker.kill):
            # Given orders on their way
            before = statuses(gatekeeper)["READY"]
            order(gatekeeper, 15)
            wait_until(
                lambda before=before: statuses(gatekeeper)["READY"] >= before + 3,
                what="first requests",
            )

            # When the broker goes, amid them, and others are given meanwhile
            end()
            gone_at = datetime.now(UTC)
            meanwhile = order(gatekeeper, 20)
            # And it comes back, and Gatekeeper is bound again before the MANO
            broker.start()

            # Then all is done, but for what was on its way at that moment, if the MANO never got
            # it: whether it did nobody can know, and it is not sent again
            await_all_but_lost(gatekeeper, peer, gone_at)
            assert not lost(gatekeeper, peer, gone_at) & set(meanwhile)

        requests = {each["id"] for each in got(gatekeeper, "/requests?limit=1000")}
        gone = lost(gatekeeper, peer, datetime.now(UTC))
        assert len(requests) == 70
        assert len(gone) <= 10
        assert received(peer) == requests - gone
        assert_one_record_each(gatekeeper, 70 - len(gone))
        assert_ordered_once(peer)
        # And no task has failed for it.
        assert sql(gatekeeper, "SELECT count(*) FROM django_q_task WHERE NOT success") == [(0,)]


def await_all_but_lost(gatekeeper: Gatekeeper, peer: ManoPeer, gone_at: datetime) -> None:
    """Wait until every request is READY but for those whose orders got lost with the broker."""

    def is_done() -> bool:
        found = statuses(gatekeeper)
        return found["READY"] == found.total() - len(lost(gatekeeper, peer, gone_at))

    wait_until(is_done, seconds=120, what="the end of all orders")


def lost(gatekeeper: Gatekeeper, peer: ManoPeer, gone_at: datetime) -> set[str]:
    """Return the requests whose handover had begun by then, and which the peer has not got."""
    on_the_way = sql(
        gatekeeper,
        "SELECT id FROM requests_app_request WHERE status = 'NEW' AND handover = 'BEGUN' "
        f"AND handover_began_at < '{gone_at.isoformat()}'",
    )
    return {str(row[0]) for row in on_the_way} - received(peer)


def received(peer: ManoPeer) -> set[str]:
    """Return the requests whose orders the peer has got."""
    return {each.properties.correlation_id for each in peer.received}
