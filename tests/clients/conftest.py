"""A running server for the clients' tests, and the Python client of it."""

from collections.abc import Iterator

import pytest

from gatekeeper_client import Client
from tests.processes import Gatekeeper, directory_of_the_run, gatekeeper_processes


@pytest.fixture(scope="session")
def server() -> Iterator[Gatekeeper]:
    """A web process and a worker, on SQLite, with the demo's descriptors."""
    directory = directory_of_the_run("clients")
    with gatekeeper_processes(directory, SIMULATOR_STEP_SECONDS="0.1") as gatekeeper:
        yield gatekeeper


@pytest.fixture
def client(server: Gatekeeper) -> Iterator[Client]:
    """A client with an admin's token."""
    with Client(server.url, server.admin_token) as client:
        yield client
