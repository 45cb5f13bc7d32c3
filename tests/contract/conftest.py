"""The fixtures of the scripted attack."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker
from tests.contract.attack import Theirs, rows_of
from tests.contract.objects import Objects
from tests.fixtures import OTHER_TENANT, TENANT


@pytest.fixture
def lasting_worker(db: None) -> Worker:
    """A worker that counts as seen lately however long a test takes, so that we are ready."""
    now = clock.now()
    return Worker.objects.create(name="host:1", started_at=now, seen_at=now + timedelta(hours=1))


@pytest.fixture
def theirs(db: None) -> Theirs:
    """The objects that are attacked."""
    return Theirs()


@pytest.fixture
def own(theirs: Theirs) -> Objects:
    """The attackers' own: TENANT's. They look the same."""
    return Objects(TENANT)


@pytest.fixture
def nothing_of_theirs_changes(theirs: Theirs) -> Iterator[None]:
    """Compare every row that is theirs, before the attack and after."""
    before = rows_of(OTHER_TENANT)
    yield
    assert rows_of(OTHER_TENANT) == before
