"""Processes are killed while requests are in flight: none is stuck, nothing is done twice."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

import pytest

from tests.faults.test_worker_supervisor import started_cluster
from tests.fixtures import DEMO_SERVICE
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

REQUESTS = 64
# Longer than anything here takes on the busiest machine: tests let it pass.
STEP_SECONDS = 120


@pytest.fixture(params=["sqlite", "postgresql"])
def gatekeeper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gatekeeper]:
    """A server whose MANO takes its time."""
    with (
        nullcontext("") if request.param == "sqlite" else new_postgres_database() as url,
        gatekeeper_processes(
            tmp_path,
            url,
            SIMULATOR_STEP_SECONDS=str(STEP_SECONDS),
            MANO_ACCEPT_SECONDS="600",
            **{CLUSTERS: "5"},
        ) as started,
    ):
        yield started


def order(gatekeeper: Gatekeeper, number: int) -> None:
    """Order so many instances of the demo's service, some at a time."""
    body = {"service_uuid": str(DEMO_SERVICE)}
    with ThreadPoolExecutor(4) as callers:
        list(callers.map(lambda _: posted(gatekeeper, "/requests", body), range(number)))


def number_of(gatekeeper: Gatekeeper, table: str, condition: str = "true") -> int:
    [(number,)] = sql(gatekeeper, f"SELECT count(*) FROM {table} WHERE {condition}")
    return int(number)


def in_flight(gatekeeper: Gatekeeper) -> int:
    return number_of(gatekeeper, "requests_app_request", "status IN ('NEW', 'INSTANTIATING')")


def let_steps_come(gatekeeper: Gatekeeper) -> None:
    """Let it be time for what the MANO does next, but for what is being done."""
    now, soon = "now()", "now() + interval '1 minute'"
    if not gatekeeper.environment["DATABASE_URL"]:
        now, soon = "datetime('now')", "datetime('now', '1 minute')"
    sql(gatekeeper, f"UPDATE requests_app_simulatedorder SET due_at = {now} WHERE due_at > {soon}")


def await_end(gatekeeper: Gatekeeper) -> None:
    """Wait until no request is in flight, and let the MANO's time pass meanwhile."""

    def is_over() -> bool:
        let_steps_come(gatekeeper)
        return in_flight(gatekeeper) == 0

    wait_until(is_over, seconds=120, what="the end of all requests", pause=0.2)


def test_every_request_ends_ready_whatever_is_killed(gatekeeper: Gatekeeper) -> None:
    # Given a worker of which an idle task process was killed
    cluster = started_cluster(gatekeeper.worker)
    kill(cluster["task process 1"])

    # When requests arrive, and other processes are killed amid their work
    order(gatekeeper, REQUESTS // 4)
    for name in ("task process 2", "main", "pusher"):
        cluster = started_cluster(gatekeeper.worker)
        order(gatekeeper, REQUESTS // 8)
        assert in_flight(gatekeeper) > 0
        let_steps_come(gatekeeper)
        kill(cluster[name])
    order(gatekeeper, REQUESTS - REQUESTS // 4 - 3 * (REQUESTS // 8))
    kill(gatekeeper.worker)
    gatekeeper.worker.wait()
    assert in_flight(gatekeeper) > 0

    # Then another worker brings all of them to their end
    with running(gatekeeper.environment, "manage.py", "run_worker"):
        # What a killed process had taken is taken again after a minute and a half, which pass.
        lock = "lock - interval '2 minutes'"
        if not gatekeeper.environment["DATABASE_URL"]:
            lock = "datetime(lock, '-2 minutes')"
        sql(gatekeeper, f"UPDATE django_q_ormq SET lock = {lock}")
        await_end(gatekeeper)
        for table in ("django_q_ormq", "requests_app_simulatedorder"):
            wait_until(
                lambda table=table: number_of(gatekeeper, table) == 0,
                what=f"no {table}",
            )

    # And each has its records, once
    requests = got(gatekeeper, "/requests?limit=1000")
    services = got(gatekeeper, "/records/services?limit=1000")
    functions = got(gatekeeper, "/records/functions?limit=1000")
    assert [request["status"] for request in requests] == ["READY"] * REQUESTS
    assert len(services) == REQUESTS
    assert {request["service_instance_uuid"] for request in requests} == {
        service["uuid"] for service in services
    }
    named = [each["vnfr_id"] for service in services for each in service["network_functions"]]
    assert len(named) == 2 * REQUESTS
    assert sorted(named) == sorted(function["uuid"] for function in functions)
    assert {service["version"] for service in services} == {"1"}
    assert {function["version"] for function in functions} == {"2"}
    arrows = Counter(
        sql(gatekeeper, "SELECT from_status, to_status FROM requests_app_requestevent")
    )
    assert arrows == {
        ("", "NEW"): REQUESTS,
        ("NEW", "INSTANTIATING"): REQUESTS,
        ("INSTANTIATING", "READY"): REQUESTS,
    }
    assert number_of(gatekeeper, "django_q_task", "NOT success") == 0
