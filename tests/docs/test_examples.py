"""Every example of README.md, CONTRIBUTING.md and docs/ works as it is printed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.docs.examples import pages, reader
from tests.etcd_server import EtcdServer
from tests.processes import (
    ADMIN_TOKEN,
    PROJECT,
    free_port,
    gatekeeper_processes,
    manage,
    new_postgres_database,
    running,
)

# As a page has its reader set them for `make run`.
SETTINGS = {
    "CALLBACK_SECRET": "sesame",
    "CALLBACK_ALLOWED_NETWORKS": "127.0.0.0/8",
    "CALLBACK_RETRY_SECONDS": "1,2",
    # The reader waits less than he would.
    "SIMULATOR_STEP_SECONDS": "0.2",
}
TENANT = "0b576f6f4cbf414f829cd12f008bf08f"
# What stops the agents, for good, comes last.
LAST = "etcd.md"


@contextmanager
def started(directory: Path) -> Iterator[EtcdServer]:
    """Give an etcd with its data in a directory."""
    server = EtcdServer(directory)
    try:
        server.start()
        yield server
    finally:
        server.kill()


@dataclass
class Place:
    """What the readers of all pages share."""

    environment: dict[str, str]
    url: str
    ports: dict[str, str]
    agents: psutil.Process


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server as `make run` starts it, with etcd and agents."""
    directory = tmp_path_factory.mktemp("place")
    with (
        started(directory / "etcd-data") as etcd,
        new_postgres_database() as database_url,
        gatekeeper_processes(
            directory / "data", database_url, ETCD_ENDPOINTS=etcd.url, **SETTINGS
        ) as server,
        running(server.environment, "manage.py", "sync_etcd"),
        running(server.environment, "manage.py", "simulate_agent") as agents,
    ):
        # The user whom an administrator has made for docs/gohan.md
        ann = ("--name", "ann", "--password", "correct-horse", "--tenant", TENANT)
        manage(server.environment, "create_service_user", *ann)
        variables = server.environment | {"BASE": server.url, "TOKEN": ADMIN_TOKEN}
        variables["ETCDCTL_ENDPOINTS"] = etcd.url
        ports = {"9000": str(free_port()), "2379": str(etcd.port)}
        yield Place(variables, server.url, ports, agents)


@pytest.mark.processes
@pytest.mark.parametrize(
    "page",
    sorted(pages(), key=lambda page: page.name == LAST),
    ids=lambda page: str(page.relative_to(PROJECT)),
)
def test_every_example_works(place: Place, page: Path, tmp_path: Path) -> None:
    # Where the command line keeps what it is told, beside the reader's own
    variables = place.environment | {"XDG_CONFIG_HOME": str(tmp_path / "configuration")}

    with reader(variables, place.url, place.ports, place.agents, tmp_path / "sources") as somebody:
        somebody.read(page)
