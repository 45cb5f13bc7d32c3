"""An etcd for the tests of a process, one that a test may kill, and a client.

A start costs 0.03 s of processor: the processes of a run need not share one.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ha_app.etcd.client import EtcdClient
from tests.etcd_server import EtcdServer
from tests.processes import directory_of_the_run


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
