"""A PostgreSQL whose processes are stopped: it breaks no connection, and takes what it is sent."""

import http.client
import importlib.metadata
import json
import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest

from tests.postgres_server import BINARIES, PACKAGE, PostgresServer
from tests.preloaded import CLUSTERS
from tests.processes import (
    ADMIN_TOKEN,
    OWN_DATABASE,
    WAIT_SECONDS,
    Gatekeeper,
    answers,
    descendants,
    environment_for,
    gatekeeper_processes,
    is_gone,
    kill,
    new_postgres_database,
    prepare_database,
    wait_until,
)

pytestmark = pytest.mark.processes


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL that a test may stop."""
    # Beside the tests' own: whose it is, if root runs them, may pass through there alone.
    directory = Path(os.environ["GATEKEEPER_DATA_DIR"]).parent / f"stopped-{secrets.token_hex(4)}"
    postgresql = PostgresServer(directory)
    postgresql.start("gatekeeper")
    yield postgresql
    postgresql.stop()


def prepare(url: str, directory: Path) -> None:
    """Have a database as `prepare` makes it: copied, where there is one, as that is done sooner."""
    if OWN_DATABASE == "sqlite":
        prepare_database(environment_for(directory, url))
        return
    programs = importlib.metadata.distribution(PACKAGE).locate_file(Path(PACKAGE) / BINARIES)
    with new_postgres_database() as prepared:
        dump = subprocess.run(
            [f"{programs}/pg_dump", prepared], check=True, stdout=subprocess.PIPE
        ).stdout
    subprocess.run(
        [f"{programs}/psql", "--quiet", "--set=ON_ERROR_STOP=1", url],
        check=True,
        input=dump,
        stdout=subprocess.DEVNULL,
    )


@contextmanager
def stopped(server: PostgresServer) -> Iterator[None]:
    """Have none of the server's processes do anything."""
    assert server.process is not None
    every = descendants(server.process.pid)
    for process in every:
        process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        for process in every:
            process.send_signal(signal.SIGCONT)


def call(gatekeeper: Gatekeeper, path: str) -> tuple[int, http.client.HTTPMessage, Any, float]:
    """Return status, headers and body of an answer, and how many seconds it took."""
    address = urlsplit(gatekeeper.url)
    began = time.monotonic()
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=120)
    connection.request("GET", path, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
    response = connection.getresponse()
    body = json.loads(response.read())
    connection.close()
    return response.status, response.headers, body, time.monotonic() - began


def await_answers(gatekeeper: Gatekeeper) -> None:
    """Wait until each web process answers from the database."""
    wait_until(
        lambda: all(call(gatekeeper, "/requests")[0] == 200 for _ in range(4)),
        what="an answer of each web process",
    )


def cluster_of(gatekeeper: Gatekeeper, name: str) -> psutil.Process | None:
    """Return the main process of a task cluster, if it is there."""
    for process in psutil.Process(gatekeeper.worker.pid).children():
        with suppress(psutil.NoSuchProcess):  # it has ended just now
            if process.environ().get("Q_CLUSTER_NAME") == name:
                return process
    return None


def test_what_waits_for_a_stopped_database_waits_in_vain_but_not_for_ever(
    server: PostgresServer, tmp_path: Path
) -> None:
    url = server.url("gatekeeper")
    prepare(url, tmp_path)
    # Shorter than the default, with which what is below takes ten seconds each.
    url += "?connect_timeout=2"
    with gatekeeper_processes(tmp_path / "data", url, **{CLUSTERS: "3"}) as gatekeeper:
        # Given a web whose processes have been connected
        await_answers(gatekeeper)
        callbacks = cluster_of(gatekeeper, "callbacks")
        assert callbacks is not None

        with stopped(server):
            # Then callers are told in time
            status, _, body, seconds = call(gatekeeper, "/readyz")
            assert (status, seconds < 60) == (503, True), seconds
            assert body["checks"]["database"] == "does not answer"
            assert call(gatekeeper, "/healthz")[0] == 200
            status, headers, body, seconds = call(gatekeeper, "/requests")
            assert (status, body["code"], seconds < 60) == (503, "unavailable", True), seconds
            assert headers["Retry-After"] == "5"

            # and the worker goes on tending its clusters
            kill(callbacks)
            wait_until(
                lambda: (other := cluster_of(gatekeeper, "callbacks")) and other != callbacks,
                what="another cluster",
            )

        # When it goes on, then all is well by itself
        wait_until(lambda: answers(f"{gatekeeper.url}/readyz"), what="a ready server")
        await_answers(gatekeeper)

        # When it is stopped again, then the worker still ends when it is told to
        family = descendants(gatekeeper.worker.pid)
        with stopped(server):
            gatekeeper.worker.terminate()
            assert gatekeeper.worker.wait(WAIT_SECONDS) == 0
            for process in family:
                wait_until(lambda p=process: is_gone(p), what=f"the end of {process}")
        with (
            psycopg2.connect(server.url("gatekeeper")) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute("SELECT 1")
