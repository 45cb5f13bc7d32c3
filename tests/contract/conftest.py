"""The fixtures of the scripted attack."""

from collections.abc import Iterator

import pytest

from tests.contract.attack import Theirs, rows_of
from tests.contract.objects import Objects
from tests.fixtures import OTHER_TENANT, TENANT


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
