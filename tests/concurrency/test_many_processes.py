"""Two webs and three workers, as processes over one PostgreSQL, of which one is killed."""

import os
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from requests_app.states import OPEN_STATUSES
from tests.faults.test_requests_survive_kills import number_of
from tests.faults.test_worker_supervisor import started_cluster
from tests.fixtures import DEMO_SERVICE
from tests.processes import (
    ADMIN_TOKEN,
    GUNICORN,
    Gatekeeper,
    answers,
    copy_prepared,
    environment_for,
    free_port,
    kill,
    new_postgres_database,
    running,
    wait_until,
)
from tests.requests_app.remote import call, got, sql

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(os.environ["DATABASE_URL"].startswith("sqlite"), reason="PostgreSQL only"),
]

CREATES = 48
RACES = 6
CALLERS = 8


@pytest.fixture
def webs(tmp_path: Path) -> Iterator[list[Gatekeeper]]:
    """Two webs, each with a worker, and a third worker of the first one's."""
    with new_postgres_database() as url, ExitStack() as processes:
        # Of two machines: each has a data directory of its own, and they share the secret key.
        environments = []
        for name in ("first", "second"):
            directory = tmp_path / name
            copy_prepared(directory)
            own = environment_for(
                directory,
                url,
                GATEKEEPER_ADMIN_TOKEN=ADMIN_TOKEN,
                SIMULATOR_STEP_SECONDS="0.1",
                SECRET_KEY="the-same-on-every-machine-of-an-installation",
            )
            environments.append(own)
        started = []
        for environment in environments:
            bind = f"127.0.0.1:{free_port()}"
            arguments = (*GUNICORN, "--bind", bind, "--workers", "2")
            web = processes.enter_context(running(environment, "-m", *arguments))
            worker = processes.enter_context(running(environment, "manage.py", "run_worker"))
            started.append(Gatekeeper(f"http://{bind}", ADMIN_TOKEN, environment, web, worker))
        third = processes.enter_context(running(environments[0], "manage.py", "run_worker"))
        for each in started:
            wait_until(lambda url=each.url: answers(f"{url}/readyz"), what="a web")
        started_cluster(third)
        wait_until(lambda: number_of(started[0], "core_worker") == 3, what="three workers")
        yield [*started, replace(started[0], worker=third)]


def at_once(webs: list[Gatekeeper], bodies: list[Any]) -> list[tuple[int, Any]]:
    """Send orders, some at a time, to one web after the other; return the answers."""
    with ThreadPoolExecutor(CALLERS) as callers:
        return list(
            callers.map(
                lambda item: call(webs[item[0] % 2], "POST", "/requests", item[1]),
                enumerate(bodies),
            )
        )


def open_requests(gatekeeper: Gatekeeper) -> int:
    return number_of(gatekeeper, "requests_app_request", f"status IN {OPEN_STATUSES}")


def test_many_processes_do_each_order_once(webs: list[Gatekeeper]) -> None:
    first = webs[0]

    # When orders arrive at both webs, and a worker is killed while they are worked on
    bodies = [{"service_uuid": str(DEMO_SERVICE)}] * CREATES
    with ThreadPoolExecutor(1) as customer:
        ordering = customer.submit(at_once, webs, bodies)
        wait_until(
            lambda: number_of(first, "requests_app_request") >= CREATES // 2, what="half of them"
        )
        kill(webs[2].worker)
        created = ordering.result()

    # Then each ends READY, once, with one record
    assert [status for status, _ in created] == [201] * CREATES
    wait_until(lambda: open_requests(first) == 0, seconds=240, what="the end of all orders")
    assert_done_once(first, {("CREATE", "READY"): CREATES})
    records = got(first, "/records/services?limit=1000")
    assert len(records) == CREATES == len({record["uuid"] for record in records})
    assert number_of(first, "records_app_functionrecord") == 2 * CREATES

    # When updates and ends of some instances race each other, at both webs
    instances = [record["uuid"] for record in records[:RACES]]
    nsd = {"nsd_id": str(DEMO_SERVICE), "latest_nsd_id": str(DEMO_SERVICE)}
    orders: list[dict[str, str]] = []
    for instance in instances:
        orders += [{"service_instance_uuid": instance, "request_type": "TERMINATE"}] * 2
        orders += [{"service_instance_uuid": instance, "request_type": "UPDATE"} | nsd] * 2
    random.Random(1).shuffle(orders)
    raced = at_once(webs, orders)
    wait_until(lambda: open_requests(first) == 0, seconds=240, what="the end of the race")

    # Then whatever was taken was done once, in its turn, and the rest was refused
    taken = Counter(body["request_type"] for status, body in raced if status == 201)
    assert Counter(status for status, _ in raced) == {
        201: taken.total(),
        409: len(orders) - taken.total(),
    }
    assert taken.total() >= RACES and taken["TERMINATE"] <= RACES
    ends = {("CREATE", "READY"): CREATES}
    ends |= {("UPDATE", "INSTANTIATED"): taken["UPDATE"]} if taken["UPDATE"] else {}
    ends |= {("TERMINATE", "READY"): taken["TERMINATE"]} if taken["TERMINATE"] else {}
    assert_done_once(first, ends)
    assert number_of(first, "records_app_servicerecord") == CREATES
    for instance in instances:
        record = got(first, f"/records/services/{instance}")
        done = Counter(
            request["request_type"]
            for request in got(first, f"/requests?service_instance_uuid={instance}&limit=100")
        )
        # Each update has counted twice (accepted, done), the end once.
        assert int(record["version"]) == 1 + 2 * done["UPDATE"] + done["TERMINATE"]
        assert (record["status"] == "terminated") == (done["TERMINATE"] == 1)


def assert_done_once(gatekeeper: Gatekeeper, ends: dict[tuple[str, str], int]) -> None:
    """Check that there are these requests alone, and that each has passed each status once."""
    rows = sql(
        gatekeeper,
        "SELECT request_type, status, count(*) FROM requests_app_request GROUP BY 1, 2",
    )
    assert {(kind, status): number for kind, status, number in rows} == ends
    twice = (
        "SELECT request_id FROM requests_app_requestevent "
        "GROUP BY request_id, from_status, to_status HAVING count(*) > 1"
    )
    assert sql(gatekeeper, twice) == []
    # NEW, in progress, done.
    assert number_of(gatekeeper, "requests_app_requestevent") == 3 * sum(ends.values())
    wait_until(
        lambda: number_of(gatekeeper, "requests_app_simulatedorder") == 0,
        what="the simulator's last steps",
    )
    assert number_of(gatekeeper, "django_q_task", "NOT success") == 0
