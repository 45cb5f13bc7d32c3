"""What /readyz says of etcd (contract: http.md, Who may call)."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker
from ha_app.etcd import readiness
from tests.etcd_server import EtcdServer
from tests.fixtures import Api, assert_problem, forget_peers

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def new_client() -> Iterator[None]:
    """Have the process ask by a client of the settings of this test."""
    readiness.client.cache_clear()
    yield
    readiness.client().close()
    readiness.client.cache_clear()


@pytest.fixture(autouse=True)
def worker(db: None) -> None:
    """A worker that counts as seen lately, however long an etcd takes to start."""
    now = clock.now()
    Worker.objects.create(name="host:1", started_at=now, seen_at=now + timedelta(hours=1))


@pytest.mark.usefixtures("etcd")
def test_readyz_is_ok_when_etcd_answers(anonymous: Api) -> None:
    response = anonymous.get("/readyz")

    assert response.status_code == 200
    assert response.json()["checks"] == {"database": "ok", "worker": "ok", "etcd": "ok"}


def test_readyz_is_a_503_that_names_etcd_while_it_is_away(
    own_etcd: EtcdServer, anonymous: Api, caplog: pytest.LogCaptureFixture
) -> None:
    own_etcd.kill()

    response = anonymous.get("/readyz")

    problem = assert_problem(response, 503, "unavailable")
    assert problem["detail"] == "etcd: does not answer"
    assert problem["checks"] == {"database": "ok", "worker": "ok", "etcd": "does not answer"}
    # Where it is, only operators learn.
    assert own_etcd.address not in response.content.decode()
    assert own_etcd.address in caplog.text
    assert anonymous.get("/healthz").status_code == 200

    own_etcd.start()
    forget_peers()
    assert anonymous.get("/readyz").status_code == 200


def test_readyz_names_an_etcd_that_is_silent(
    own_etcd: EtcdServer, anonymous: Api, silent_addresses: set[str]
) -> None:
    own_etcd.pause()
    silent_addresses.add(own_etcd.url)

    problem = assert_problem(anonymous.get("/readyz"), 503, "unavailable")

    assert problem["checks"]["etcd"] == "does not answer"


def test_readyz_says_nothing_of_an_etcd_that_is_not_configured(
    anonymous: Api, settings: Any
) -> None:
    settings.ETCD_ENDPOINTS = []

    assert anonymous.get("/readyz").json()["checks"] == {"database": "ok", "worker": "ok"}
