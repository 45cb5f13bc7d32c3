"""What the tests of OSM begin with."""

import pytest

from records_app.models import ServiceDescriptor
from tests.fixtures import sol006_service


@pytest.fixture
def service(db: None) -> ServiceDescriptor:
    """A service in SOL006."""
    return sol006_service()
