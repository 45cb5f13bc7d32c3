"""An etcd for the tests of a process, one that a test may kill, and a client.

A start costs 0.03 s of processor: the processes of a run need not share one.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ha_app.etcd import client, watch_stream
from ha_app.etcd.client import EtcdClient
from ha_app.etcd.connection import Connection
from tests.etcd_server import EtcdServer
from tests.processes import WAIT_SECONDS, directory_of_the_run


@pytest.fixture(autouse=True)
def silent_addresses(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Have an etcd be waited for that a busy machine keeps from answering, but at these addresses.

    There the product's own limits hold; a test puts in where etcd is silent.
    """
    silent: set[str] = set()
    send_with_token = client.send_with_token

    def patiently(connection: Connection, send: client.Send, seconds: float) -> Any:
        is_silent = connection.address in silent
        return send_with_token(connection, send, seconds if is_silent else WAIT_SECONDS)

    monkeypatch.setattr(client, "send_with_token", patiently)
    monkeypatch.setattr(watch_stream, "PROBE_SECONDS", WAIT_SECONDS)
    return silent


def let_probe_come(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have open watches look after their connections now, and give them a second to answer."""
    monkeypatch.setattr(watch_stream, "monotonic", lambda: time.monotonic() + WAIT_SECONDS)
    monkeypatch.setattr(watch_stream, "PROBE_SECONDS", 1)


@pytest.fixture(scope="session")
def etcd_of_the_session() -> Iterator[EtcdServer]:
    server = EtcdServer(directory_of_the_run("etcd"))
    server.start()
    yield server
    server.kill()


@pytest.fixture
def etcd(etcd_of_the_session: EtcdServer, settings: Any) -> EtcdServer:
    """An etcd without keys, to which the settings lead; it is shared and not to be killed."""
    etcd_of_the_session.wipe()
    settings.ETCD_ENDPOINTS = [etcd_of_the_session.url]
    return etcd_of_the_session


@pytest.fixture
def own_etcd(tmp_path: Path, settings: Any) -> Iterator[EtcdServer]:
    """An etcd of the test's own, to which the settings lead; it may be killed."""
    server = EtcdServer(tmp_path / "etcd")
    server.start()
    settings.ETCD_ENDPOINTS = [server.url]
    yield server
    server.kill()


@pytest.fixture
def etcd_client() -> Iterator[EtcdClient]:
    """A client of the etcd that the settings lead to when the test begins."""
    client = EtcdClient()
    yield client
    client.close()
