"""Processes that are told to stop: what they do comes to its end, or is given back at once."""

import os
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings

from tests.faults.test_requests_survive_kills import (
    STEP_SECONDS,
    await_end,
    in_flight,
    let_steps_come,
    number_of,
    order,
)
from tests.faults.test_worker_supervisor import enqueue, started_cluster
from tests.fixtures import DEMO_SERVICE
from tests.processes import (
    PROJECT,
    WAIT_SECONDS,
    answers,
    copy_prepared,
    descendants,
    environment_for,
    free_port,
    gatekeeper_processes,
    halt,
    is_gone,
    new_postgres_database,
    running,
    wait_until,
)
from tests.requests_app.remote import call, got, rows, sql

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(os.environ["DATABASE_URL"].startswith("sqlite"), reason="PostgreSQL only"),
]


@pytest.fixture
def database_url() -> Iterator[str]:
    with new_postgres_database() as url:
        yield url


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    return environment_for(tmp_path, database_url, STOP_SECONDS="4", SECRET_KEY=settings.SECRET_KEY)


def enqueue_slow_task(environment: dict[str, str], file: Path, seconds: float) -> None:
    enqueue(environment, "tests.faults.slow_task.take_time", str(file), seconds)


def lines(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


# The worker


def test_a_task_ends_that_needs_less_than_the_time_to_stop(
    environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "log"
    with running(environment | {"STOP_SECONDS": "30"}, "manage.py", "run_worker") as worker:
        # Given a task that has begun and takes two seconds
        enqueue_slow_task(environment, file, 2)
        wait_until(lambda: lines(file), what="the task's begin")

        # When the worker is told to stop
        worker.terminate()

        # Then it ends after the task
        assert worker.wait(WAIT_SECONDS) == 0
        assert lines(file) == ["begun", "ended"]
    assert rows(environment, "SELECT count(*) FROM django_q_ormq") == [(0,)]


def test_a_task_that_needs_longer_is_run_by_another_worker_at_once(
    environment: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "log"
    with (
        running(environment | {"STOP_SECONDS": "1"}, "manage.py", "run_worker") as first,
        running(environment, "manage.py", "run_worker") as second,
    ):
        # Given a task of one worker's, while another takes none
        halted = started_cluster(second)["pusher"]
        halt(halted.pid)
        enqueue_slow_task(environment, file, 20)
        wait_until(lambda: lines(file), what="the task's begin")

        # When the first is told to stop before the task can end
        first.terminate()
        halted.send_signal(signal.SIGCONT)
        assert first.wait(WAIT_SECONDS) == 0

        # Then the other begins with it long before the queue would try it again
        wait_until(lambda: lines(file) == ["begun"] * 2, what="the second begin")


def test_workers_that_are_replaced_one_by_one_lose_no_request(
    tmp_path: Path, database_url: str
) -> None:
    with (
        gatekeeper_processes(
            tmp_path,
            database_url,
            SIMULATOR_STEP_SECONDS=str(STEP_SECONDS),
            MANO_ACCEPT_SECONDS="600",
        ) as gatekeeper,
        ExitStack() as successors,
    ):
        worker = gatekeeper.worker
        for _ in range(3):
            # Given requests under way
            started_cluster(worker)
            order(gatekeeper, 8)
            assert in_flight(gatekeeper) > 0
            let_steps_come(gatekeeper)
            family = descendants(worker.pid)

            # When the worker is told to stop
            worker.terminate()

            # Then nothing of it is left, and what it had taken is free for another
            assert worker.wait(WAIT_SECONDS) == 0
            assert [process for process in family if not is_gone(process)] == []
            assert number_of(gatekeeper, "django_q_ormq", "lock > now()") == 0
            successor = running(gatekeeper.environment, "manage.py", "run_worker")
            worker = successors.enter_context(successor)
        await_end(gatekeeper)

        requests = got(gatekeeper, "/requests?limit=100")
        assert [request["status"] for request in requests] == ["READY"] * 24
        assert len(got(gatekeeper, "/records/services?limit=100")) == 24


# The web


def test_a_call_that_is_being_answered_when_the_web_is_told_to_stop_is_answered(
    tmp_path: Path, database_url: str
) -> None:
    order_body = {"service_uuid": str(DEMO_SERVICE)}
    waiting = (
        "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database "
        "WHERE NOT granted AND datname = current_database()"
    )
    with (
        gatekeeper_processes(tmp_path, database_url, STOP_SECONDS="20") as gatekeeper,
        closing(psycopg2.connect(database_url)) as mine,
        ThreadPoolExecutor(1) as caller,
    ):
        # Given an order that waits for a table which another has locked
        mine.cursor().execute("LOCK TABLE requests_app_request IN EXCLUSIVE MODE")
        answer = caller.submit(call, gatekeeper, "POST", "/requests", order_body)
        wait_until(lambda: sql(gatekeeper, waiting) == [(1,)], what="the order")

        # When the web is told to stop
        gatekeeper.web.terminate()

        # Then nobody new is let in, and the order is answered as soon as the table is free
        wait_until(lambda: not answers(f"{gatekeeper.url}/healthz"), what="closed doors")
        assert not answer.done() and not is_gone(gatekeeper.web)
        mine.rollback()
        status, request = answer.result(WAIT_SECONDS)
        assert (status, request["status"]) == (201, "NEW")
        assert gatekeeper.web.wait(WAIT_SECONDS) == 0
        assert number_of(gatekeeper, "requests_app_request") == 1


# make run


def test_ctrl_c_ends_make_run_with_nothing_left(tmp_path: Path) -> None:
    # Given `make run`, all of it ready, started as a terminal does: a foreground process group
    copy_prepared(tmp_path / "data")
    # It writes its own: these are those of servers that others run.
    (tmp_path / "data" / "static").unlink()
    port = free_port()
    log = tmp_path / "output"
    with log.open("w") as output:
        # Told that the installed packages are up to date, it installs none amid a test.
        run = subprocess.Popen(
            ["make", "--old-file=.venv/requirements.txt", "run", f"PORT={port}"],
            cwd=PROJECT,
            env=environment_for(tmp_path / "data"),
            start_new_session=True,
            stdout=output,
            stderr=output,
        )
    family = []
    try:
        ready = f"http://127.0.0.1:{port}/readyz"
        wait_until(lambda: answers(ready), what=f"a ready server: {log.read_text()}")
        family = descendants(run.pid)

        # When Ctrl-C is pressed
        os.killpg(run.pid, signal.SIGINT)
        run.wait(WAIT_SECONDS)

        # Then it ends, without orphans, and complains of nothing
        assert [process for process in family if not is_gone(process)] == []
        assert "Error" not in log.read_text()
        assert "starts again" not in log.read_text()
    finally:
        for process in family or descendants(run.pid):
            if not is_gone(process):
                process.kill()
