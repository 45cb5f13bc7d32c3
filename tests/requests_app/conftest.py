"""What the tests of requests begin with."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import pytest
from django.test import override_settings
from django.utils import timezone

from gatekeeper_site.core import clock
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import Request
from tests.fixtures import onboarded_service, submitted
from tests.requests_app.orders import made_ready, ordered


@pytest.fixture(autouse=True, scope="package")
def few_steps() -> Iterator[None]:
    """Have the simulator take its time, so that tests are the MANO themselves."""
    with override_settings(SIMULATOR_STEP_SECONDS=1000):
        yield


@pytest.fixture(autouse=True)
def own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a millisecond pass with each look at the clock, and else only what a test lets pass.

    However long the test itself takes, on a busy machine.
    """
    began_at, looks = clock.now(), count()
    # The second is Django's, by which django-q takes tasks.
    for each in (clock, timezone):
        monkeypatch.setattr(each, "now", lambda: began_at + timedelta(milliseconds=next(looks)))


@pytest.fixture
def service(db: None) -> ServiceDescriptor:
    """A service of TENANT."""
    return onboarded_service()


@pytest.fixture
def newer_service(service: ServiceDescriptor) -> ServiceDescriptor:
    """The next version of the service."""
    return onboarded_service(version="2.0")


@pytest.fixture
def new_request(service: ServiceDescriptor) -> Request:
    """A CREATE that the MANO has not got."""
    return submitted(service)


@pytest.fixture
def instance(new_request: Request) -> ServiceRecord:
    """An instance of the service, with two functions."""
    return made_ready(new_request)


@pytest.fixture
def update(instance: ServiceRecord, newer_service: ServiceDescriptor) -> Request:
    """An UPDATE of the instance to the newer service."""
    return ordered("UPDATE", instance, latest_nsd_id=str(newer_service.pk))


@pytest.fixture
def terminate(instance: ServiceRecord) -> Request:
    """A TERMINATE of the instance."""
    return ordered("TERMINATE", instance)
