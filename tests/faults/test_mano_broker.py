"""The broker is killed, stopped and away amid orders: none is lost, doubled or stuck."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.mano_faults import (
    assert_one_record_each,
    assert_ordered_once,
    await_end,
    listener_process,
    order,
    sonata_processes,
    statuses,
)
from tests.mano_peer import ManoPeer
from tests.processes import answers, wait_until
from tests.rabbitmq_server import RabbitServer, rabbit_server
from tests.requests_app.remote import got, sql

pytestmark = pytest.mark.processes

# Long enough for what was given back to be tried again after an outage.
ACCEPT_SECONDS = 40


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
        sonata_processes(
            tmp_path / "data", broker, MANO_ACCEPT_SECONDS=str(ACCEPT_SECONDS)
        ) as gatekeeper,
        ManoPeer(broker.url) as peer,
        listener_process(gatekeeper),
    ):
        # Given orders on their way
        order(gatekeeper, 30)
        wait_until(lambda: statuses(gatekeeper)["READY"] >= 5, seconds=30, what="first requests")

        # When the broker goes, amid them, and others are given meanwhile
        if is_killed:
            broker.kill()
        else:
            broker.stop()
        order(gatekeeper, 20)
        assert not answers(f"{gatekeeper.url}/readyz")
        broker.start()
        found = await_end(gatekeeper, seconds=3 * ACCEPT_SECONDS)

        # Then what has reached the MANO is there, once; what has not, perhaps, says so in time
        received = {each.properties.correlation_id for each in peer.received}
        requests = got(gatekeeper, "/requests?limit=1000")
        assert sum(found.values()) == 50
        assert {request["id"] for request in requests if request["status"] == "READY"} == received
        errors = {request["error"] for request in requests if request["status"] == "ERROR"}
        text = f"The MANO did not accept the request within {ACCEPT_SECONDS} s."
        assert errors <= {text, f"{text} It may have reached the MANO."}
        # No more than what was on its way at that moment.
        assert found["ERROR"] <= 5
        assert_one_record_each(gatekeeper, found["READY"])
        assert_ordered_once(peer)
        assert answers(f"{gatekeeper.url}/readyz")
        # And no task has failed for it.
        assert sql(gatekeeper, "SELECT count(*) FROM django_q_task WHERE NOT success") == [(0,)]
