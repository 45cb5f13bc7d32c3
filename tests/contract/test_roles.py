"""Who may call what: every operation, by every kind of caller (contract: http.md, Who may call)."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.urls import URLPattern, get_resolver

from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import digest_of, revoke_token
from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker
from tests.contract.objects import PASSWORD, SOMEONE, Objects, operations
from tests.fixtures import OTHER_TENANT, TENANT, Api, new_api, new_user, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]

CALLERS = (
    "no token",
    "a revoked token",
    "a cookie without a role",
    "a viewer",
    "an operator",
    "another tenant's operator",
    "an admin",
)
# What is there beside the operations of the schema, and what leads to it.
BESIDE_THE_SCHEMA = ("/metrics", "/guide")
IN_THE_SCHEMA = {"healthz", "readyz", "schema", "docs"}
# Parts of the admin and of the guide have tests of their own.
REDIRECTS = {"favicon.ico", "admin", "admin/overview/", "admin/search/", "guide/<path:page>"}

# The status of each operation for each of CALLERS. The object in a path, and what a body refers
# to, is TENANT's, as are the viewer and the operator.
STATUSES: dict[str, tuple[int, int, int, int, int, int, int]] = {
    "GET /schema": (200, 200, 200, 200, 200, 200, 200),
    "GET /docs": (200, 200, 200, 200, 200, 200, 200),
    "GET /healthz": (200, 200, 200, 200, 200, 200, 200),
    "GET /readyz": (200, 200, 200, 200, 200, 200, 200),
    # As in this run nobody has built it.
    "GET /guide": (404, 404, 404, 404, 404, 404, 404),
    "GET /metrics": (401, 401, 403, 403, 403, 403, 200),
    "POST /sessions": (201, 201, 201, 201, 201, 201, 201),
    "DELETE /sessions": (401, 401, 401, 204, 204, 204, 204),
    "GET /": (300, 300, 300, 300, 300, 300, 300),
    "GET /v3": (200, 200, 200, 200, 200, 200, 200),
    "POST /v3/auth/tokens": (201, 201, 201, 201, 201, 201, 201),
    # Whoever has a token, and does not say that he is somebody else, may.
    "GET /v3/auth/tokens": (200, 401, 200, 403, 403, 403, 200),
    "DELETE /v3/auth/tokens": (204, 401, 204, 403, 403, 403, 204),
    "GET /v2.0": (200, 200, 200, 200, 200, 200, 200),
    "POST /v2.0/tokens": (200, 200, 200, 200, 200, 200, 200),
    "GET /v2.0/tenants": (401, 401, 403, 200, 200, 200, 200),
    "GET /api/v2/public-key": (200, 200, 200, 200, 200, 200, 200),
    "GET /api/v2/micro-services/public-key": (200, 200, 200, 200, 200, 200, 200),
    "GET /api/v2/micro-services": (200, 200, 200, 200, 200, 200, 200),
    "POST /api/v2/micro-services": (201, 201, 201, 201, 201, 201, 201),
    "GET /tokens": (401, 401, 403, 403, 403, 403, 200),
    "POST /tokens": (401, 401, 403, 403, 403, 403, 201),
    "GET /tokens/{id}": (401, 401, 403, 403, 403, 403, 200),
    "DELETE /tokens/{id}": (401, 401, 403, 403, 403, 403, 204),
    "GET /audit": (401, 401, 403, 403, 403, 403, 200),
    "GET /services": (401, 401, 403, 200, 200, 200, 200),
    # An admin of no tenant onboards what is everybody's, which a tenant's function is not part of.
    "POST /services": (401, 401, 403, 403, 201, 400, 400),
    "GET /services/{uuid}": (401, 401, 403, 200, 200, 404, 200),
    "DELETE /services/{uuid}": (401, 401, 403, 403, 204, 404, 204),
    "GET /functions": (401, 401, 403, 200, 200, 200, 200),
    "POST /functions": (401, 401, 403, 403, 201, 201, 201),
    "GET /functions/{uuid}": (401, 401, 403, 200, 200, 404, 200),
    "DELETE /functions/{uuid}": (401, 401, 403, 403, 204, 404, 204),
    "GET /requests": (401, 401, 403, 200, 200, 200, 200),
    "POST /requests": (401, 401, 403, 403, 201, 400, 201),
    "GET /requests/{id}": (401, 401, 403, 200, 200, 404, 200),
    "GET /requests/{id}/events": (401, 401, 403, 200, 200, 404, 200),
    "GET /requests/{id}/callbacks": (401, 401, 403, 200, 200, 404, 200),
    "POST /requests/{id}/callbacks/{delivery_id}/redeliver": (401, 401, 403, 403, 202, 404, 202),
    "POST /requests/{id}/cancel": (401, 401, 403, 403, 200, 404, 200),
    "POST /requests/{id}/retry": (401, 401, 403, 403, 201, 404, 201),
    "POST /requests/{id}/give-up": (401, 401, 403, 403, 200, 404, 200),
    "GET /requests/{id}/case": (401, 401, 403, 200, 200, 404, 200),
    "PATCH /requests/{id}/case": (401, 401, 403, 403, 200, 404, 200),
    "GET /mano": (401, 401, 403, 200, 200, 200, 200),
    "PUT /mano": (401, 401, 403, 403, 403, 403, 200),
    "POST /requests/{id}/clean-up": (401, 401, 403, 403, 202, 404, 202),
    "GET /records/services": (401, 401, 403, 200, 200, 200, 200),
    "GET /records/services/{uuid}": (401, 401, 403, 200, 200, 404, 200),
    "GET /records/services/{uuid}/sync": (401, 401, 403, 200, 200, 404, 200),
    "POST /records/services/{uuid}/sync": (401, 401, 403, 403, 202, 404, 202),
    "POST /records/services/{uuid}/sync/adopt": (401, 401, 403, 403, 200, 404, 200),
    "PUT /records/services/{uuid}": (401, 401, 403, 403, 201, 404, 201),
    "GET /records/functions": (401, 401, 403, 200, 200, 200, 200),
    "GET /records/functions/{uuid}": (401, 401, 403, 200, 200, 404, 200),
    "GET /gohan/v0.1/schemas": (401, 401, 403, 200, 200, 200, 200),
    "GET /gohan/v0.1/schemas/{id}": (401, 401, 403, 200, 200, 200, 200),
    "GET /gohan/v0.1/version": (401, 401, 403, 200, 200, 200, 200),
    "GET /v2.0/ha_routers": (401, 401, 403, 200, 200, 200, 200),
    "POST /v2.0/ha_routers": (401, 401, 403, 403, 201, 403, 201),
    "GET /v2.0/ha_routers/{id}": (401, 401, 403, 200, 200, 404, 200),
    "PUT /v2.0/ha_routers/{id}": (401, 401, 403, 403, 200, 404, 200),
    "PATCH /v2.0/ha_routers/{id}": (401, 401, 403, 403, 200, 404, 200),
    "DELETE /v2.0/ha_routers/{id}": (401, 401, 403, 403, 204, 404, 204),
    "GET /v2.0/ha_routers/{id}/events": (401, 401, 403, 200, 200, 404, 200),
    "GET /v2.0/ha_interfaces": (401, 401, 403, 200, 200, 200, 200),
    "POST /v2.0/ha_interfaces": (401, 401, 403, 403, 201, 403, 201),
    "GET /v2.0/ha_interfaces/{id}": (401, 401, 403, 200, 200, 404, 200),
    "PUT /v2.0/ha_interfaces/{id}": (401, 401, 403, 403, 200, 404, 200),
    "PATCH /v2.0/ha_interfaces/{id}": (401, 401, 403, 403, 200, 404, 200),
    "DELETE /v2.0/ha_interfaces/{id}": (401, 401, 403, 403, 204, 404, 204),
    "GET /v2.0/ha_interfaces/{id}/events": (401, 401, 403, 200, 200, 404, 200),
    "GET /v2.0/ha_interfaces/{id}/vlans": (401, 401, 403, 200, 200, 404, 200),
    "GET /v2.0/gateways": (401, 401, 403, 200, 200, 200, 200),
    "POST /v2.0/gateways": (401, 401, 403, 403, 201, 403, 201),
    "GET /v2.0/gateways/{id}": (401, 401, 403, 200, 200, 404, 200),
    "PUT /v2.0/gateways/{id}": (401, 401, 403, 403, 200, 404, 200),
    "PATCH /v2.0/gateways/{id}": (401, 401, 403, 403, 200, 404, 200),
    "DELETE /v2.0/gateways/{id}": (401, 401, 403, 403, 204, 404, 204),
    "GET /v2.0/gateways/{id}/events": (401, 401, 403, 200, 200, 404, 200),
}


@pytest.fixture
def objects(db: None) -> Objects:
    """TENANT's objects, a worker, and a user whom every login knows."""
    now = clock.now()
    Worker.objects.create(name="host:1", started_at=now, seen_at=now)
    someone = User.objects.create_user(SOMEONE, password=PASSWORD)
    UserAccess.objects.create(user=someone, role=Role.VIEWER, tenant_id=TENANT)
    return Objects()


@pytest.fixture
def callers(db: None) -> dict[str, Api]:
    """One of each of CALLERS."""
    revoked = new_api(Role.ADMIN, user="revoked")
    revoke_token(token=Token.objects.get(digest=digest_of(str(revoked.token))))
    cookie = Api()
    cookie.force_login(new_user("without a role"))
    return {
        "no token": Api(),
        "a revoked token": revoked,
        "a cookie without a role": cookie,
        "a viewer": new_api(Role.VIEWER, TENANT),
        "an operator": new_api(Role.OPERATOR, TENANT),
        "another tenant's operator": new_api(Role.OPERATOR, OTHER_TENANT),
        "an admin": new_api(Role.ADMIN, user="admin"),
    }


def test_the_table_has_every_operation_and_no_other() -> None:
    there = {f"{method} {path}" for method, path in operations()}

    assert set(STATUSES) == there | {f"GET {path}" for path in BESIDE_THE_SCHEMA}


def test_there_is_no_page_beside_the_schema_that_the_table_has_not() -> None:
    pages = {
        str(pattern.pattern)
        for pattern in get_resolver().url_patterns
        if isinstance(pattern, URLPattern)
    }

    assert pages - REDIRECTS - IN_THE_SCHEMA == {
        path.removeprefix("/") for path in BESIDE_THE_SCHEMA
    }


def test_every_kind_of_caller_is_answered_as_the_table_says(
    objects: Objects, callers: dict[str, Api], row_counts: Callable[[], dict[str, int]]
) -> None:
    before = row_counts()
    answers = {}
    for operation in STATUSES:
        method, path = operation.split(" ")
        body, headers = objects.body(method, path), objects.headers(method, path)
        statuses = []
        for name in CALLERS:
            with rolled_back():
                response = callers[name].send(
                    method, objects.path(method, path), body or b"", **headers
                )
                if response.status_code >= 400:
                    assert row_counts() == before, (operation, name)
            if response.status_code == 401:
                assert response["WWW-Authenticate"] == "Bearer", (operation, name)
            statuses.append(response.status_code)
        answers[operation] = tuple(statuses)

    assert answers == STATUSES
