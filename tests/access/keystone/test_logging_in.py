"""Keystone's door: logging in by a password or a token, as its clients do (contract: ha.md)."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from gatekeeper_site.access.models import Role, ThrottleWindow, Token, UserAccess
from gatekeeper_site.access.services import digest_of, revoke_token
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core.rates import Rate
from tests.access.hashing import COUNTING_HASHER, CountingHasher
from tests.access.keystone.client import (
    DOMAIN,
    PASSWORD,
    WRONG,
    assert_error,
    by_password,
    by_token,
    log_in,
    log_in_v2,
    made_token,
    token_of,
)
from tests.fixtures import OTHER_TENANT, TENANT, Api

pytestmark = pytest.mark.django_db


def test_a_password_gets_a_token_of_the_users_role_and_project(user: User, settings: Any) -> None:
    settings.SESSION_TOKEN_SECONDS = 600
    settings.KEYSTONE_REGION = "Ulm"

    response = Api(HTTP_HOST="gk.example:8000").post("/v3/auth/tokens", by_password())

    secret = token_of(response)
    assert response["Cache-Control"] == "no-store"
    row = Token.objects.get(digest=digest_of(secret))
    assert (row.user, row.role, row.tenant_id) == (user, "operator", TENANT)
    token = response.json()["token"]
    catalog = token.pop("catalog")
    assert token == {
        "methods": ["password"],
        "issued_at": f"{row.created_at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "expires_at": f"{row.created_at + timedelta(seconds=600):%Y-%m-%dT%H:%M:%S.%f}Z",
        "audit_ids": [str(row.pk)],
        "user": {"id": str(user.pk), "name": "ann", "domain": DOMAIN},
        "project": {"id": TENANT, "name": TENANT, "domain": DOMAIN},
        "roles": [{"id": "operator", "name": "operator"}],
    }
    assert [(one["type"], one["name"]) for one in catalog] == [
        ("gohan", "gohan"),
        ("nfv-orchestration", "nfv-orchestration"),
    ]
    for service in catalog:
        endpoints = {endpoint["interface"]: endpoint for endpoint in service["endpoints"]}
        assert endpoints.keys() == {"public", "internal", "admin"}
        for endpoint in endpoints.values():
            assert endpoint["url"] == "http://gk.example:8000"
            assert endpoint["region"] == endpoint["region_id"] == "Ulm"
    assert Api(secret).get("/requests").status_code == 200


def test_version_2_gets_one_too(user: User) -> None:
    response = log_in_v2(passwordCredentials={"username": "ann", "password": PASSWORD})

    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    access = response.json()["access"]
    row = Token.objects.get(digest=digest_of(access["token"]["id"]))
    assert row.expires_at is not None
    assert access["token"] == {
        "id": access["token"]["id"],
        "expires": f"{row.expires_at:%Y-%m-%dT%H:%M:%S}Z",
        "issued_at": f"{row.created_at:%Y-%m-%dT%H:%M:%S.%f}Z",
        "tenant": {"id": TENANT, "name": TENANT, "enabled": True, "description": ""},
    }
    assert access["user"] == {
        "id": str(user.pk),
        "name": "ann",
        "username": "ann",
        "roles": [{"name": "operator"}],
        "roles_links": [],
    }
    gohan = access["serviceCatalog"][0]
    assert (gohan["type"], gohan["name"]) == ("gohan", "gohan")
    (endpoint,) = gohan["endpoints"]
    assert endpoint == {
        "id": "gohan",
        "region": "RegionOne",
        "publicURL": "http://testserver",
        "internalURL": "http://testserver",
        "adminURL": "http://testserver",
    }


@pytest.mark.parametrize(
    "project",
    [None, {"id": TENANT}, {"name": TENANT.upper(), "domain": {"id": "default"}}],
)
def test_a_user_of_one_tenant_gets_its_project(user: User, project: Any) -> None:
    assert log_in(by_password(project)).json()["token"]["project"]["id"] == TENANT


@pytest.mark.parametrize("scope", ["unscoped", {}, {"domain": {"name": "Default"}}])
def test_a_scope_that_is_no_project_is_none(user: User, root: User, scope: Any) -> None:
    for name, project in (("ann", TENANT), ("root", None)):
        body = by_password(name=name)
        body["auth"]["scope"] = scope
        token = log_in(body).json()["token"]
        assert token.get("project", {}).get("id") == project


def test_a_user_can_be_named_by_his_id(user: User) -> None:
    token = log_in(by_password(id=str(user.pk))).json()["token"]

    assert token["user"]["name"] == "ann"


def test_an_admin_of_all_gets_the_project_that_he_asks_for_or_none(root: User) -> None:
    unscoped = log_in(by_password(name="root"))
    scoped = log_in(by_password({"id": OTHER_TENANT}, name="root"))

    assert "project" not in unscoped.json()["token"]
    assert scoped.json()["token"]["project"]["id"] == OTHER_TENANT
    rows = [Token.objects.get(digest=digest_of(token_of(one))) for one in (unscoped, scoped)]
    assert [(row.role, row.tenant_id) for row in rows] == [("admin", ""), ("admin", OTHER_TENANT)]
    credentials = {"username": "root", "password": PASSWORD}
    for member in ("tenantId", "tenantName"):
        access = log_in_v2(passwordCredentials=credentials, **{member: OTHER_TENANT}).json()
        assert access["access"]["token"]["tenant"]["id"] == OTHER_TENANT
    assert "tenant" not in log_in_v2(passwordCredentials=credentials).json()["access"]["token"]


@pytest.mark.parametrize("project", [{"id": OTHER_TENANT}, {"name": "demo"}, {"id": "0" * 32}])
def test_a_project_of_others_is_a_401(user: User, project: dict[str, str]) -> None:
    (named,) = project.values()

    message = assert_error(log_in(by_password(project)), 401, "Unauthorized")

    assert message == f"You have no project '{named}'."
    assert not Token.objects.exists()
    credentials = {"username": "ann", "password": PASSWORD}
    refused = log_in_v2(passwordCredentials=credentials, tenantName=named)
    assert assert_error(refused, 401, "Unauthorized") == message
    entry = AuditEntry.objects.filter(action="refuse_login").latest("id")
    assert (entry.user_id, entry.changes["reason"][1]) == (user.pk, "project of another")


def test_an_admin_of_one_tenant_has_no_other_project(user: User) -> None:
    UserAccess.objects.update(role=Role.ADMIN)

    assert log_in(by_password({"id": TENANT})).status_code == 201
    assert log_in(by_password({"id": OTHER_TENANT})).status_code == 401


@pytest.mark.parametrize(
    "named", [{"name": "ann", "secret": "wrong"}, {"name": "ben"}, {"id": "0"}, {"id": "ann"}]
)
def test_wrong_credentials_are_a_401(user: User, named: dict[str, str]) -> None:
    response = log_in(by_password(**named))

    assert assert_error(response, 401, "Unauthorized") == WRONG
    assert "X-Subject-Token" not in response
    assert not Token.objects.exists()
    assert AuditEntry.objects.filter(action="refuse_login").count() == 1


def test_a_401_costs_one_hash_whoever_and_whatever_is_asked_for(user: User, settings: Any) -> None:
    settings.PASSWORD_HASHERS = [COUNTING_HASHER]
    user.set_password(PASSWORD)
    user.save()
    for project in (None, {"id": TENANT}, {"id": OTHER_TENANT}, {"name": "unknown"}):
        for named in ({"name": "ann"}, {"name": "ben"}, {"id": str(user.pk)}, {"id": "999999"}):
            CountingHasher.runs = 0
            body = by_password(project, secret="wrong", **named)
            assert log_in(body).status_code == 401
            assert CountingHasher.runs == 1, (project, named)
            ThrottleWindow.objects.all().delete()
    CountingHasher.runs = 0
    assert log_in(by_password({"id": OTHER_TENANT})).status_code == 401
    assert CountingHasher.runs == 1


def test_a_user_without_a_role_gets_a_403_once_he_knows_the_password() -> None:
    User.objects.create_user("new", password=PASSWORD)

    assert_error(log_in(by_password(name="new", secret="wrong")), 401, "Unauthorized")
    assert_error(log_in(by_password(name="new")), 403, "Forbidden")


def test_failures_are_counted_with_those_of_sessions(user: User, settings: Any) -> None:
    settings.LOGIN_FAILURES_PER_USER = Rate(4, seconds=300)
    wrong = {"username": "ann", "password": "wrong"}

    assert log_in(by_password(secret="wrong")).status_code == 401
    assert log_in(by_password(secret="wrong", id=str(user.pk))).status_code == 401
    assert log_in_v2(passwordCredentials=wrong).status_code == 401
    assert Api().post("/sessions", wrong).status_code == 401

    for response in (
        log_in(by_password()),
        log_in(by_password(id=str(user.pk))),
        log_in_v2(passwordCredentials=wrong | {"password": PASSWORD}),
    ):
        assert_error(response, 429, "Too Many Requests")
        assert 290 <= int(response["Retry-After"]) <= 300
    assert log_in(by_password(), REMOTE_ADDR="192.0.2.7").status_code == 201


# By a token


def test_a_token_gets_another_of_its_role_and_tenant(user: User, settings: Any) -> None:
    settings.SESSION_TOKEN_SECONDS = 600
    given = made_token(user, Role.VIEWER)
    credential = {
        "methods": ["application_credential"],
        "application_credential": {"id": "mine", "secret": given},
    }

    answers = [
        log_in({"auth": {"identity": credential}}),
        log_in(by_token(given, {"id": TENANT})),
    ]
    v2 = log_in_v2(token={"id": given}, tenantId=TENANT)

    tokens = [*map(token_of, answers), v2.json()["access"]["token"]["id"]]
    for row in Token.objects.filter(digest__in=map(digest_of, tokens)):
        assert (row.user, row.role, row.tenant_id) == (user, "viewer", TENANT)
        assert row.expires_at is not None
        assert row.expires_at - row.created_at == timedelta(seconds=600)
    assert len({given, *tokens}) == 4
    # Each says how it was got just now.
    methods = [answer.json()["token"]["methods"] for answer in answers]
    assert methods == [["application_credential"], ["token"]]
    login = token_of(log_in(by_password()))
    assert log_in(by_token(login)).json()["token"]["methods"] == ["token"]


def test_what_a_token_gets_ends_with_it(user: User) -> None:
    given = made_token(user, lifetime=timedelta(seconds=100))
    first = token_of(log_in(by_token(given)))
    second = token_of(log_in(by_token(first)))
    expiry = Token.objects.get(digest=digest_of(given)).expires_at
    assert expiry is not None

    for token in (first, second):
        row = Token.objects.get(digest=digest_of(token))
        assert row.expires_at is not None
        assert abs(row.expires_at - expiry) < timedelta(seconds=1)
        assert row.expires_at <= expiry
    revoke_token(token=Token.objects.get(digest=digest_of(given)))

    assert [Api(each).get("/requests").status_code for each in (first, second)] == [401, 401]
    assert AuditEntry.objects.filter(action="revoke").count() == 3


def test_what_a_login_gets_ends_with_the_users_password(user: User) -> None:
    derived = token_of(log_in(by_token(token_of(log_in(by_password())))))
    assert Api(derived).get("/requests").status_code == 200

    user.set_password("another")
    user.save()

    assert Api(derived).get("/requests").status_code == 401


def test_an_admins_token_gets_one_for_a_project_and_that_one_no_other(root: User) -> None:
    given = made_token(root, Role.ADMIN, "")

    scoped = log_in(by_token(given, {"name": OTHER_TENANT}))

    assert scoped.json()["token"]["project"]["id"] == OTHER_TENANT
    assert "project" not in log_in(by_token(given)).json()["token"]
    refused = log_in(by_token(token_of(scoped), {"id": TENANT}))
    assert_error(refused, 401, "Unauthorized")


def test_a_token_that_does_not_work_is_a_401_audited_and_throttled(
    user: User, settings: Any
) -> None:
    settings.LOGIN_FAILURES_PER_USER = Rate(2, seconds=300)
    revoked = made_token(user)
    revoke_token(token=Token.objects.get())

    codes = [log_in(by_token(revoked)).status_code for _ in range(3)]

    assert codes == [401, 401, 429]
    entries = AuditEntry.objects.filter(action="refuse_login")
    reasons = [entry.changes["reason"][1] for entry in entries.order_by("id")]
    assert reasons[:2] == ["unknown, expired or revoked token"] * 2
    assert reasons[2].startswith("too many failures: the user from this address")
    # Who has another token there is not kept waiting.
    assert log_in(by_token(made_token(user))).status_code == 201
    assert log_in_v2(token={"id": "unknown"}).status_code == 401
