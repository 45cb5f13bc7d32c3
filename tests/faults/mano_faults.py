"""What the tests of faults on the way to the MANO share: processes, orders, and how all ends."""

import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.mano_peer import ManoPeer
from tests.processes import (
    Gatekeeper,
    gatekeeper_processes,
    new_postgres_database,
    running,
    wait_until,
)
from tests.rabbitmq_server import RabbitServer
from tests.requests_app.remote import got, posted, sql

# As in tests/fixtures.py, which the benchmarks cannot load: they have no settings.
DEMO_SERVICE = "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"
FUNCTIONS_OF_DEMO = 2


@contextmanager
def sonata_processes(
    directory: Path, rabbit: RabbitServer, *, has_worker: bool = True, **environment: str
) -> Iterator[Gatekeeper]:
    """Run web and worker on a PostgreSQL database of their own, with the MANO behind a broker."""
    directory.mkdir(exist_ok=True)
    settings = {
        "MANO_DRIVER": "sonata",
        "MANO_AMQP_URL": rabbit.url,
        "MANO_ACCEPT_SECONDS": "120",
        "THROTTLE_PER_TOKEN": "0",
    }
    with (
        new_postgres_database() as url,
        gatekeeper_processes(
            directory, url, has_worker=has_worker, **(settings | environment)
        ) as gatekeeper,
    ):
        yield gatekeeper


@contextmanager
def listener_process(gatekeeper: Gatekeeper, **environment: str) -> Iterator[psutil.Process]:
    """Run a listener, which others may run beside."""
    with running(gatekeeper.environment | environment, "manage.py", "listen_mano") as process:
        yield process


def order(gatekeeper: Gatekeeper, number: int) -> list[str]:
    """Order so many instances of the demo's service, some at a time; return the requests' ids."""
    body = {"service_uuid": DEMO_SERVICE}
    with ThreadPoolExecutor(4) as callers:
        made = callers.map(lambda _: posted(gatekeeper, "/requests", body), range(number))
        return [str(request["id"]) for request in made]


def statuses(gatekeeper: Gatekeeper) -> Counter[str]:
    """Return how many requests there are of each status."""
    rows = sql(gatekeeper, "SELECT status, count(*) FROM requests_app_request GROUP BY status")
    return Counter(dict(rows))


def await_end(gatekeeper: Gatekeeper, *, seconds: float = 60) -> Counter[str]:
    """Wait until no request is open any more; return the statuses."""

    def ended() -> Counter[str] | None:
        found = statuses(gatekeeper)
        return found if found and set(found) <= {"READY", "ERROR"} else None

    found = wait_until(ended, seconds=seconds, what="the end of all requests")
    assert found is not None
    return found


def assert_one_record_each(gatekeeper: Gatekeeper, number: int) -> None:
    """Check that so many requests are READY, each by the arrows and with its records, once."""
    requests = [
        row
        for row in got(gatekeeper, "/requests?limit=1000")
        if row["status"] == "READY" and row["request_type"] == "CREATE"
    ]
    services = got(gatekeeper, "/records/services?limit=1000")
    assert len(requests) == len(services) == number
    instances = {service["uuid"] for service in services}
    assert {request["service_instance_uuid"] for request in requests} == instances
    assert {service["version"] for service in services} == {"1"}
    [(functions, distinct)] = sql(
        gatekeeper, "SELECT count(*), count(DISTINCT uuid) FROM records_app_functionrecord"
    )
    assert functions == distinct == FUNCTIONS_OF_DEMO * number
    arrows = sql(
        gatekeeper,
        "SELECT request_id, from_status, to_status, count(*) FROM requests_app_requestevent "
        "GROUP BY request_id, from_status, to_status",
    )
    assert {count for _, _, _, count in arrows} == {1}


def assert_ordered_once(peer: ManoPeer) -> None:
    """Check that no order was sent twice; the broker may have given one to the peer again."""
    sent = Counter(each.properties.correlation_id for each in peer.received)
    again = Counter(each.properties.correlation_id for each in peer.received if each.is_redelivered)
    assert {request_id for request_id, count in (sent - again).items() if count > 1} == set()


def survive_kills(gatekeeper: Gatekeeper, *, requests: int, kills: int) -> None:
    """Order instances and kill the listener amid the answers, several times; wait for the end.

    Some are ordered after the last kill: however busy the machine is, there is more to do then.
    """
    last = requests // (kills + 2)
    with ThreadPoolExecutor(1) as customer:
        ordering = customer.submit(order, gatekeeper, requests - last)
        for number in range(kills):
            with listener_process(gatekeeper) as listener:
                # Not before it has done a part of the work, and always in the midst of it.
                part = requests * (number + 1) // (kills + 2)
                wait_until(
                    lambda part=part: statuses(gatekeeper)["READY"] >= part,
                    seconds=120,
                    what=f"{part} requests that are READY",
                )
                listener.send_signal(signal.SIGKILL)
                listener.wait()
        ordering.result()
    order(gatekeeper, last)
    with listener_process(gatekeeper):
        await_end(gatekeeper, seconds=180)
