"""The RabbitMQ of a run of the tests, with a virtual host for each of its processes.

The first process starts it as soon as a test that needs it has been collected.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.processes import wait_until
from tests.rabbitmq_server import IS_THERE, START_SECONDS, RabbitServer, server_script
from tests.silent_proxy import SilentProxy, silent_proxy

# Where it is started, and what tells the other processes its ports.
DIRECTORY = Path(os.environ["GATEKEEPER_DATA_DIR"]) / "rabbitmq"
PORTS = DIRECTORY / "ports.json"
VIRTUAL_HOST = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
STARTED: list[RabbitServer] = []


# Before the first process is told that this one has collected.
@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Say that the broker is needed; start it, where this is the only process of the run."""
    needs = ("rabbit_of_the_run" in getattr(item, "fixturenames", ()) for item in session.items)
    if IS_THERE and not session.config.option.collectonly and any(needs):
        DIRECTORY.mkdir(exist_ok=True)
        if "PYTEST_XDIST_WORKER" not in os.environ:
            begin_broker_of_the_run(1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Start the broker for the other processes, once one has said that it needs it."""
    if DIRECTORY.exists() and not STARTED:
        begin_broker_of_the_run(node.workerinput["workercount"])


def begin_broker_of_the_run(processes: int) -> None:
    server = RabbitServer(DIRECTORY)
    STARTED.append(server)
    server.begin([f"gw{number}" for number in range(processes)])
    told = PORTS.with_suffix(".new")
    told.write_text(json.dumps({"port": server.port, "tls_port": server.tls_port}))
    told.rename(PORTS)


@pytest.hookimpl(tryfirst=True)
def pytest_unconfigure() -> None:
    """End the broker before its directory is removed; when this process is killed, it ends too."""
    for server in STARTED:
        server.kill()


@pytest.fixture(scope="session")
def rabbit_of_the_run() -> RabbitServer:
    """The broker with this process's virtual host; it is shared and not to be killed or paused."""
    server_script()
    wait_until(PORTS.exists, seconds=START_SECONDS, what="the start of RabbitMQ")
    server = RabbitServer(DIRECTORY, VIRTUAL_HOST)
    ports = json.loads(PORTS.read_text())
    server.port, server.tls_port = ports["port"], ports["tls_port"]
    server.await_answer()
    return server


@pytest.fixture
def rabbit(rabbit_of_the_run: RabbitServer, settings: Any) -> Iterator[RabbitServer]:
    """The same without queues, to which the settings lead."""
    from requests_app.mano import sonata

    rabbit_of_the_run.wipe()
    settings.MANO_DRIVER = "sonata"
    settings.MANO_AMQP_URL = rabbit_of_the_run.url
    yield rabbit_of_the_run
    sonata.drop_line()


@pytest.fixture
def way_to_rabbit(rabbit: RabbitServer, settings: Any) -> Iterator[SilentProxy]:
    """The way that the settings lead to the broker; it may fall silent, as if the broker hung."""
    with silent_proxy(rabbit.port) as proxy:
        settings.MANO_AMQP_URL = rabbit.url_at(proxy.port)
        yield proxy
