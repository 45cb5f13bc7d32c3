"""A worker runs what an admin has asked for, stops it, and takes it along when it is killed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.processes import (
    descendants,
    environment_for,
    is_gone,
    kill,
    new_postgres_database,
    running,
    wait_until,
)
from tests.requests_app.remote import rows

pytestmark = pytest.mark.processes


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    with new_postgres_database() as url:
        yield environment_for(tmp_path, url, SECRET_KEY=settings.SECRET_KEY)


def ask(environment: dict[str, str], command: str, arguments: str = "[]") -> None:
    rows(
        environment,
        "INSERT INTO work_maintenancerun (command, arguments, created_at, is_to_stop, outcome, "
        f"output) VALUES ('{command}', '{arguments}', now(), false, '', '')",
    )


def outcomes(environment: dict[str, str]) -> list[Any]:
    return [
        row[0] for row in rows(environment, "SELECT outcome FROM work_maintenancerun ORDER BY id")
    ]


def test_a_worker_runs_stops_and_loses_what_was_asked_for(environment: dict[str, str]) -> None:
    ask(environment, "check_vlan_pools")
    # It runs until it is stopped.
    ask(environment, "callback_sink", '["--port=0"]')
    with running(environment, "manage.py", "run_worker") as worker:
        wait_until(lambda: outcomes(environment)[0] == "DONE", what="its end")
        wait_until(
            lambda: rows(
                environment, "SELECT 1 FROM work_maintenancerun WHERE output LIKE '%http%'"
            ),
            what="what the sink says",
        )
        rows(environment, "UPDATE work_maintenancerun SET is_to_stop = true WHERE id = 2")
        wait_until(lambda: outcomes(environment)[1] == "STOPPED", what="its stop")

        ask(environment, "callback_sink", '["--port=0"]')
        wait_until(
            lambda: any("run_maintenance" in each.cmdline() for each in descendants(worker.pid)),
            what="the third's process",
        )
        [process] = [
            each for each in descendants(worker.pid) if "run_maintenance" in each.cmdline()
        ]
        kill(worker)
        wait_until(lambda: is_gone(process), what="the end of its process")

    rows(environment, "UPDATE work_maintenancerun SET seen_at = now() - interval '61 seconds'")
    with running(environment, "manage.py", "run_worker"):
        wait_until(lambda: outcomes(environment)[2] == "LOST", what="its loss")
    assert outcomes(environment) == ["DONE", "STOPPED", "LOST"]
