"""What is compared, each server with two processes, on one PostgreSQL."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from benchmarks.turns import Server
from tests.processes import (
    ADMIN_TOKEN,
    GUNICORN,
    Gatekeeper,
    answers,
    copy_prepared,
    environment_for,
    free_port,
    running_by_itself,
    wait_until,
)

# So many calls are no caller's; they are counted all the same.
SETTINGS = {
    "THROTTLE_PER_TOKEN": "1000000/minute",
    "SIMULATOR_STEP_SECONDS": "0",
    # Orders wait for the one worker until all else is measured.
    "MANO_FINISH_SECONDS": "86400",
    # The simulator knows nothing of the rows that are only there to be many.
    "MANO_SYNC_SECONDS": "0",
    "LOG_LEVEL": "WARNING",
}


@dataclass(frozen=True)
class Servers:
    """The servers, and a cursor of Gatekeeper's database."""

    gatekeeper: Gatekeeper
    plain: Server
    bare: Server
    database_pid: int
    cursor: Any

    def column(self, query: str) -> list[Any]:
        """Return the first column of a query's rows."""
        self.cursor.execute(query)
        return [row[0] for row in self.cursor.fetchall()]


@contextmanager
def served(environment: dict[str, str], *arguments: str) -> Iterator[tuple[str, psutil.Process]]:
    """Run gunicorn with two processes, as an operator does; give its URL and its first process."""
    port = free_port()
    more = ("--workers", "2", "--bind", f"127.0.0.1:{port}", "--no-control-socket")
    more += ("--log-level", "warning")
    with running_by_itself(environment, "-m", "gunicorn", *arguments, *more) as process:
        yield f"http://127.0.0.1:{port}", process


@contextmanager
def all_servers(directory: Path, database_url: str) -> Iterator[Servers]:
    """Run what is compared; plain's tables are in another database of the same PostgreSQL."""
    copy_prepared(directory)
    environment = environment_for(directory, database_url, **SETTINGS)
    subprocess.run([sys.executable, "-m", "benchmarks.plain"], check=True)
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    with ExitStack() as stack:
        # Of gunicorn's arguments, the last is the application.
        _, *configuration, application = GUNICORN
        ours = stack.enter_context(served(environment, *configuration, application))
        bare = stack.enter_context(served(environment, *configuration, "benchmarks.bare"))
        plain = stack.enter_context(served(dict(os.environ), "benchmarks.plain"))
        for probe in (f"{ours[0]}/readyz?only=database", f"{bare[0]}/", f"{plain[0]}/orders"):
            wait_until(lambda probe=probe: answers(probe), seconds=60, what=probe)
        yield Servers(
            gatekeeper=Gatekeeper(ours[0], ADMIN_TOKEN, environment, ours[1], None),
            plain=Server(plain[0], plain[1].pid),
            bare=Server(bare[0], bare[1].pid),
            database_pid=psutil.Process(connection.info.backend_pid).ppid(),
            cursor=connection.cursor(),
        )
    connection.close()
