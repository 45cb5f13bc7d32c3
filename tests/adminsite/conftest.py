"""Who uses the admin in these tests."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gatekeeper_site.access.models import Role, UserAccess
from tests.fixtures import TENANT


def staff(name: str, role: str | None, tenant_id: str = TENANT, **fields: Any) -> Client:
    """Return the browser of a member of staff, logged in."""
    user = User.objects.create(username=name, is_staff=True, **fields)
    if role is not None:
        UserAccess.objects.create(user=user, role=role, tenant_id=tenant_id)
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def superuser(db: None) -> Client:
    """A superuser, an admin of every tenant."""
    return staff("olivia", None, is_superuser=True)


@pytest.fixture
def admin_of_all(db: None) -> Client:
    """A member of staff with the role admin."""
    return staff("adam", Role.ADMIN, tenant_id="")


@pytest.fixture
def operating_staff(db: None) -> Client:
    """A member of staff with the role operator, in TENANT."""
    return staff("oscar", Role.OPERATOR)


@pytest.fixture
def viewing_staff(db: None) -> Client:
    """A member of staff with the role viewer, in TENANT."""
    return staff("vera", Role.VIEWER)


@pytest.fixture
def staff_without_role(db: None) -> Client:
    """A member of staff who was given no role."""
    return staff("nora", None)
