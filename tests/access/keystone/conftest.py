"""Users who log in by Keystone's door."""

import pytest
from django.contrib.auth.models import User

from gatekeeper_site.access.models import Role, UserAccess
from tests.access.keystone.client import PASSWORD
from tests.fixtures import TENANT


@pytest.fixture
def user(db: None) -> User:
    """An operator of TENANT with a password."""
    user = User.objects.create_user("ann", password=PASSWORD)
    UserAccess.objects.create(user=user, role=Role.OPERATOR, tenant_id=TENANT)
    return user


@pytest.fixture
def root(db: None) -> User:
    """An admin of all, with the same password."""
    return User.objects.create_superuser("root", password=PASSWORD)
