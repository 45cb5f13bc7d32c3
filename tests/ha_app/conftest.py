"""An HA router and two of its interfaces, which most tests of gateways begin with."""

from typing import Any

import pytest

from ha_app.models import HaInterface, HaRouter
from tests.ha_app.objects import new_interface, new_router


@pytest.fixture
def router(db: None) -> HaRouter:
    return new_router()


@pytest.fixture
def downlink(router: HaRouter) -> HaInterface:
    return new_interface(
        router,
        name="north",
        restricted_vlans="0-1024,4094",
        maximum_ga_bandwidth=500,
        maximum_be_bandwidth=500,
    )


@pytest.fixture
def uplink(router: HaRouter) -> HaInterface:
    return new_interface(router, "uplink", name="south")


@pytest.fixture
def mirrored(settings: Any) -> None:
    """Have changes go to etcd, which no service asks anything."""
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]
