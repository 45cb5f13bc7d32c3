"""500 requests through a real RabbitMQ, with the listener killed ten times meanwhile."""

import time

from benchmarks.setting import postgres
from tests.faults.mano_faults import (
    assert_one_record_each,
    assert_ordered_once,
    sonata_processes,
    statuses,
    survive_kills,
)
from tests.mano_peer import ManoPeer
from tests.rabbitmq_server import rabbit_server

REQUESTS = 500
KILLS = 10


def run() -> None:
    """Print how it ended; anything but all READY with one record each is an error."""
    with (
        postgres() as (directory, _),
        rabbit_server(directory / "rabbitmq", schedulers=2) as broker,
        sonata_processes(directory, broker, LOG_LEVEL="WARNING") as server,
        ManoPeer(broker.url) as peer,
    ):
        started = time.perf_counter()
        survive_kills(server, requests=REQUESTS, kills=KILLS)
        seconds = time.perf_counter() - started
        found = statuses(server)
        assert found == {"READY": REQUESTS}, found
        assert_one_record_each(server, REQUESTS)
        assert_ordered_once(peer)
        print(
            f"\n{REQUESTS} requests through RabbitMQ, the listener killed {KILLS} times: "
            f"all READY after {seconds:.1f} s, one record each, each ordered once"
        )
