"""1,000 orders taken while no worker runs, then handed to a MANO that is slower than we are."""

import time
from typing import Any

from benchmarks.setting import call, in_parallel, postgres
from tests.faults.mano_faults import (
    DEMO_SERVICE,
    assert_one_record_each,
    assert_ordered_once,
    await_end,
    listener_process,
    sonata_processes,
)
from tests.mano_peer import ManoPeer, Received
from tests.processes import running
from tests.rabbitmq_server import rabbit_server

REQUESTS = 1000
ACCEPTED_A_SECOND = 100
# All need at least twice as long as one may wait.
ACCEPT_SECONDS = "5"


class SlowPeer(ManoPeer):
    """A MANO that does one order after the other."""

    def answer(self, channel: Any, order: Received) -> None:
        time.sleep(1 / ACCEPTED_A_SECOND)
        super().answer(channel, order)


def run() -> None:
    """Print how it ended; anything but all READY with one record each is an error."""
    with (
        postgres() as (directory, _),
        rabbit_server(directory / "rabbitmq", schedulers=2) as broker,
        sonata_processes(
            directory,
            broker,
            has_worker=False,
            LOG_LEVEL="WARNING",
            MANO_ACCEPT_SECONDS=ACCEPT_SECONDS,
        ) as server,
        SlowPeer(broker.url) as peer,
        listener_process(server),
    ):
        order = {"service_uuid": DEMO_SERVICE}
        in_parallel(lambda: call(server, "POST", "/requests", order), times=REQUESTS, clients=4)
        started = time.perf_counter()
        with running(server.environment, "manage.py", "run_worker"):
            found = await_end(server, seconds=300)
        seconds = time.perf_counter() - started
        assert found == {"READY": REQUESTS}, (found, seconds)
        assert_one_record_each(server, REQUESTS)
        assert_ordered_once(peer)
        print(
            f"\n{REQUESTS} orders of a backlog, to a MANO that accepts {ACCEPTED_A_SECOND} a "
            f"second and has {ACCEPT_SECONDS} s for each: all READY after {seconds:.1f} s"
        )
