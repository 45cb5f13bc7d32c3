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
from tests.processes import wait_until
from tests.rabbitmq_server import RabbitServer, rabbit_server
from tests.requests_app.remote import got, sql

pytestmark = pytest.mark.processes


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[RabbitServer]:
    """A broker of the test's own, which may be killed."""
    with rabbit_server(tmp_path / "rabbitmq") as server:
        yield server


@pytest.mark.parametrize("is_killed", [True, False])
def test_a_broker_that_comes_back_amid_orders(
    tmp_path: Path, broker: RabbitServer, is_killed: bool
) -> None:
    with (
        sonata_processes(tmp_path / "data", broker, MANO_ACCEPT_SECONDS="600") as gatekeeper,
        listener_process(gatekeeper),
        ManoPeer(broker.url, is_last=True) as peer,
    ):
        # Given orders on their way
        before = order(gatekeeper, 30)
        wait_until(lambda: statuses(gatekeeper)["READY"] >= 5, seconds=60, what="first requests")

        # When the broker goes, amid them, and others are given meanwhile
        if is_killed:
            broker.kill()
        else:
            broker.stop()
        gone_at = datetime.now(UTC)
        meanwhile = order(gatekeeper, 50)
        # And it comes back, and Gatekeeper is bound again before the MANO
        broker.start()

        # Then all is done, but for what was on its way at that moment, if the MANO never got it:
        # whether it did nobody can know, and it is not sent again
        def lost() -> set[str]:
            on_the_way = sql(
                gatekeeper,
                "SELECT id FROM requests_app_request WHERE status = 'NEW' AND handover = 'BEGUN' "
                f"AND handover_began_at < '{gone_at.isoformat()}'",
            )
            return {str(row[0]) for row in on_the_way} - received(peer)

        wait_until(
            lambda: statuses(gatekeeper)["READY"] == 80 - len(lost()),
            seconds=120,
            what="the end of all orders",
        )
        requests = {each["id"]: each for each in got(gatekeeper, "/requests?limit=1000")}
        assert {requests[request_id]["status"] for request_id in meanwhile} == {"READY"}
        assert lost() <= set(before) and len(lost()) <= 5
        assert received(peer) == set(requests) - lost()
        assert_one_record_each(gatekeeper, 80 - len(lost()))
        assert_ordered_once(peer)
        # And no task has failed for it.
        assert sql(gatekeeper, "SELECT count(*) FROM django_q_task WHERE NOT success") == [(0,)]


def received(peer: ManoPeer) -> set[str]:
    """Return the requests whose orders the peer has got."""
    return {each.properties.correlation_id for each in peer.received}
