"""Keystone's door: logging in, validating and revoking as its clients do (contract: ha.md)."""

import json
from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gatekeeper_site.access.models import Role, ThrottleWindow, Token, UserAccess
from gatekeeper_site.access.services import create_token, digest_of, revoke_token
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.core.rates import Rate
from ha_app.models import HaRouter
from requests_app.models import Request
from tests.access.test_sessions import CountingHasher
from tests.fixtures import OTHER_TENANT, TENANT, Api, many_requests, new_user

pytestmark = pytest.mark.django_db

PASSWORD = " correct horse "
WRONG = "The user name or the password is wrong."
THIRD_TENANT = "3" * 32
DOMAIN = {"id": "default", "name": "Default"}


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


def by_password(project: Any = None, *, secret: str = PASSWORD, **user: str) -> dict[str, Any]:
    """Return v3's order to log in by a password, for the project that a scope names."""
    named = {"password": secret, "domain": {"name": "Default"}} | (user or {"name": "ann"})
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": named}}}
    if project is not None:
        auth["scope"] = {"project": project}
    return {"auth": auth}


def by_token(token: str, project: Any = None) -> dict[str, Any]:
    auth: dict[str, Any] = {"identity": {"methods": ["token"], "token": {"id": token}}}
    if project is not None:
        auth["scope"] = {"project": project}
    return {"auth": auth}


def log_in(body: dict[str, Any], **environ: Any) -> Any:
    return Api(**environ).post("/v3/auth/tokens", body)


def log_in_v2(**auth: Any) -> Any:
    return Api().post("/v2.0/tokens", {"auth": auth})


def token_of(response: Any) -> str:
    assert response.status_code == 201, response.content
    token: str = response["X-Subject-Token"]
    return token


def assert_error(response: Any, status: int, title: str) -> str:
    """Check that an answer is an error as Keystone tells it; return its message."""
    assert response.status_code == status, response.content[:2000]
    assert response["Content-Type"] == "application/json"
    assert int(response["Content-Length"]) == len(response.content)
    error = json.loads(response.content)["error"]
    assert error == {"code": status, "title": title, "message": error["message"]}
    assert error["message"]
    return str(error["message"])


# Logging in


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
    settings.PASSWORD_HASHERS = ["tests.access.test_sessions.CountingHasher"]
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


def made_token(user: User, role: str = Role.OPERATOR, tenant_id: str = TENANT, **more: Any) -> str:
    return create_token(user=user, role=role, tenant_id=tenant_id, **more)


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


# What is a fault


def auth_faults(path: str, body: Any) -> str:
    return assert_error(Api().post(path, body), 400, "Bad Request")


USER = {"name": "ann", "password": "x"}
CASES_V3: list[tuple[Any, list[str]]] = [
    ({}, ["auth: Required."]),
    ({"auth": None}, ["auth: This cannot be null."]),
    ({"auth": [1]}, ["auth: [1] is not an object."]),
    ({"auth": "x", "more": 1}, ["auth: 'x' is not an object.", "more: There is no such field."]),
    ({"auth": {}}, ["auth.identity: Required."]),
    ({"auth": {"identity": 5}}, ["auth.identity: 5 is not an object."]),
    ({"auth": {"identity": {}}}, ["auth.identity.methods: Required."]),
    (
        {"auth": {"identity": {"methods": "password", "password": {"user": USER}}}},
        ['auth.identity.methods: \'password\' is not one of: ["password"], ["token"], '],
    ),
    ({"auth": {"identity": {"methods": []}}}, ["auth.identity.methods: [] is not one of"]),
    ({"auth": {"identity": {"methods": [None]}}}, ["auth.identity.methods: [null] is not"]),
    ({"auth": {"identity": {"methods": [["password"]]}}}, ['auth.identity.methods: [["pa']),
    ({"auth": {"identity": {"methods": ["totp"]}}}, ['auth.identity.methods: ["totp"] is not']),
    (
        {"auth": {"identity": {"methods": ["password", "token"]}}},
        ['auth.identity.methods: ["password", "token"] is not one of'],
    ),
    (
        {
            "auth": {
                "identity": {
                    "methods": ["password"],
                    "password": {"user": USER},
                    "token": {"id": "x"},
                }
            }
        },
        ["auth.identity.token: `methods` names password: give that alone."],
    ),
    (
        {"auth": {"identity": {"methods": ["token"]}}},
        ["auth.identity.token: Required, as `methods` names it."],
    ),
    (
        {"auth": {"identity": {"methods": ["application_credential"]}}},
        ["auth.identity.application_credential: Required, as `methods` names it."],
    ),
    (
        {
            "auth": {
                "identity": {
                    "methods": ["application_credential"],
                    "application_credential": {"id": 5, "user": {}},
                }
            }
        },
        [
            "auth.identity.application_credential.id: 5 is not a string.",
            "auth.identity.application_credential.secret: Required.",
            "auth.identity.application_credential.user.name: Required, or id.",
        ],
    ),
    (
        {"auth": {"identity": {"methods": ["password"], "password": {}}}},
        ["auth.identity.password.user: Required."],
    ),
    (by_password(name="x" * 151), ["auth.identity.password.user.name: This has more than 150"]),
    (
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {"domain": []}}}}},
        [
            "auth.identity.password.user.name: Required, or id.",
            "auth.identity.password.user.password: Required.",
            "auth.identity.password.user.domain: [] is not an object.",
        ],
    ),
    (
        by_password(name="ann", id="1"),
        ["auth.identity.password.user.id: Give either name or id."],
    ),
    (by_password({}), ["auth.scope.project.name: Required, or id."]),
    (by_password([]), ["auth.scope.project: [] is not an object."]),
    (by_password({"id": 7}), ["auth.scope.project.id: 7 is not a string."]),
    (by_password({"id": "x", "name": "x"}), ["auth.scope.project.id: Give either name or id."]),
]
CASES_V2: list[tuple[Any, list[str]]] = [
    ({}, ["auth: Required."]),
    ({"auth": 1.5}, ["auth: 1.5 is not an object."]),
    ({"auth": {}}, ["auth.passwordCredentials: Required, or token."]),
    (
        {"auth": {"passwordCredentials": USER | {"username": "ann"}, "token": {"id": "x"}}},
        [
            "auth.passwordCredentials.name: There is no such field.",
            "auth.token: Give either passwordCredentials or token.",
        ],
    ),
    (
        {"auth": {"passwordCredentials": {"username": ["ann"]}, "tenantId": 5, "tenantName": ""}},
        [
            'auth.passwordCredentials.username: ["ann"] is not a string.',
            "auth.passwordCredentials.password: Required.",
            "auth.tenantId: 5 is not a string.",
            "auth.tenantName: This cannot be empty.",
        ],
    ),
    (
        {"auth": {"token": {"id": "x"}, "tenantId": TENANT, "tenantName": TENANT}},
        ["auth.tenantName: Give either tenantId or tenantName."],
    ),
]


@pytest.mark.parametrize(("body", "faults"), CASES_V3)
def test_each_fault_of_a_login_is_named(body: Any, faults: list[str]) -> None:
    message = auth_faults("/v3/auth/tokens", body)

    assert all(fault in message for fault in faults), message
    assert message.count("; ") == len(faults) - 1
    assert not ThrottleWindow.objects.exists()


@pytest.mark.parametrize(("body", "faults"), CASES_V2)
def test_each_fault_of_a_login_by_version_2_is_named(body: Any, faults: list[str]) -> None:
    message = auth_faults("/v2.0/tokens", body)

    assert all(fault in message for fault in faults), message
    assert message.count("; ") == len(faults) - 1
    assert not ThrottleWindow.objects.exists()


LOGINS = ["/v3/auth/tokens", "/v2.0/tokens"]


@pytest.mark.parametrize("path", LOGINS)
def test_what_is_no_login_at_all_is_told_as_keystone_does(
    path: str, row_counts: Callable[[], Any]
) -> None:
    before = row_counts()
    for body in (b"", b"[]", b"{", b"\xff", b'{"auth": {"identity": "\\u0000"}}', b'"auth"'):
        assert_error(Api().post(path, body), 400, "Bad Request")
    assert_error(Api().post(path, b"x" * (1024 * 1024 + 1)), 413, HTTPStatus(413).phrase)
    encoded = Api().post(path, {}, **{"Content-Encoding": "gzip"})
    assert_error(encoded, 415, "Unsupported Media Type")
    assert encoded["Accept-Encoding"] == "identity"
    unknown = Api().post(f"{path}?nocatalog", by_password())
    assert "nocatalog" in assert_error(unknown, 400, "Bad Request")
    wrong_method = Api().put(path, {})
    assert_error(wrong_method, 405, "Method Not Allowed")
    assert "POST" in wrong_method["Allow"]
    image = Api().post(path, {}, accept="image/png")
    assert_error(image, 406, "Not Acceptable")
    assert row_counts() == before


@pytest.mark.parametrize("path", LOGINS)
def test_an_idempotency_key_is_refused(user: User, path: str) -> None:
    response = Api().post(path, by_password(), **{"Idempotency-Key": "one"})

    assert "Idempotency-Key" in assert_error(response, 400, "Bad Request")
    assert not Token.objects.exists()


def test_unknown_paths_of_keystones_are_told_as_keystone_does() -> None:
    assert_error(Api().get("/v3/projects"), 404, "Not Found")
    # And those of others are not.
    assert Api().get("/v2.0/networks")["Content-Type"] == "application/problem+json"


# Asking about a token, and ending it


def ask(api: Api, subject: str | None, method: str = "GET") -> Any:
    headers = {} if subject is None else {"X-Subject-Token": subject}
    return api.send(method, "/v3/auth/tokens", **headers)


def test_a_token_can_be_asked_about(user: User) -> None:
    login = log_in(by_password())
    token = token_of(login)

    for api in (Api(), Api(token)):
        response = ask(api, token)
        assert (response.status_code, response.json()) == (200, login.json())
        assert "X-Subject-Token" not in response
        assert token not in response.content.decode()
        head = ask(api, token, "HEAD")
        assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("accept", ["text/html, image/gif, */*; q=.2", "image/png"])
def test_who_asks_about_a_token_is_a_program_whatever_it_accepts(user: User, accept: str) -> None:
    login = log_in(by_password())
    token = token_of(login)
    headers = {"X-Subject-Token": token, "Accept": accept}

    known = Client().get("/v3/auth/tokens", headers=headers)
    unknown = Client().get("/v3/auth/tokens", headers=headers | {"X-Subject-Token": "unknown"})

    assert (known.status_code, known["Content-Type"]) == (200, "application/json")
    assert known.json() == login.json()
    assert_error(unknown, 404, "Not Found")


def test_a_token_for_ever_has_a_time_all_the_same(user: User) -> None:
    given = made_token(user)

    token = ask(Api(given), given).json()["token"]

    assert token["expires_at"] == "9999-12-31T23:59:59.999999Z"
    assert token["methods"] == ["application_credential"]


def test_a_token_is_revoked_at_once(user: User) -> None:
    token, other = (token_of(log_in(by_password())) for _ in range(2))

    response = ask(Api(other), token, "DELETE")

    assert (response.status_code, response.content) == (204, b"")
    assert Api(token).get("/requests").status_code == 401
    assert Api(other).get("/requests").status_code == 200
    assert_error(ask(Api(other), token, "DELETE"), 404, "Not Found")


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE"])
def test_anothers_token_is_an_admins_to_ask_about(user: User, admin: Api, method: str) -> None:
    token = token_of(log_in(by_password()))
    other = Api(made_token(new_user("ben")))

    refused = ask(other, token, method)

    assert refused.status_code == 403
    if method != "HEAD":
        assert_error(refused, 403, "Forbidden")
    assert Api(token).get("/requests").status_code == 200
    assert ask(admin, token, method).status_code == (204 if method == "DELETE" else 200)


@pytest.mark.parametrize("subject", ["unknown", "two words", "\u00e9", ""])
def test_an_unknown_token_is_a_404(admin: Api, subject: str) -> None:
    for api in (admin, Api()):
        assert_error(ask(api, subject), 404, "Not Found")
        assert_error(ask(api, subject, "DELETE"), 404, "Not Found")


def test_an_expired_token_is_a_404(user: User) -> None:
    token = token_of(log_in(by_password()))
    Token.objects.update(expires_at=clock.now() - timedelta(seconds=1))

    assert_error(ask(Api(), token), 404, "Not Found")


def test_who_asks_names_a_token_and_has_one_that_works(user: User) -> None:
    token = token_of(log_in(by_password()))

    assert "X-Subject-Token" in assert_error(ask(Api(token), None), 400, "Bad Request")
    refused = ask(Api("unknown"), token, "DELETE")
    assert_error(refused, 401, "Unauthorized")
    assert refused["WWW-Authenticate"] == "Bearer"
    assert Api(token).get("/requests").status_code == 200


# Tenants


def tenants_of(api: Api) -> list[str]:
    response = api.get("/v2.0/tenants")
    assert response.status_code == 200
    tenants = response.json()["tenants"]
    for tenant in tenants:
        assert tenant == {
            "id": tenant["id"],
            "name": tenant["id"],
            "enabled": True,
            "description": "",
        }
    return [tenant["id"] for tenant in tenants]


def test_an_admin_sees_the_tenants_that_have_objects_and_others_their_own(
    admin: Api, operator: Api, other_operator: Api
) -> None:
    assert tenants_of(admin) == []

    many_requests(3)
    many_requests(2, tenant_id=THIRD_TENANT)
    Request.objects.filter(tenant_id=THIRD_TENANT).update(status="ERROR")
    HaRouter.objects.create(
        tenant_id=OTHER_TENANT,
        primary_router_id="9b82b55a-551e-4069-ae77-c972e30ab0cc",
        secondary_router_id="198b93f2-006e-45b6-96d3-e7ef6f759501",
    )

    assert tenants_of(admin) == [TENANT, THIRD_TENANT, OTHER_TENANT]
    assert tenants_of(operator) == [TENANT]
    assert tenants_of(other_operator) == [OTHER_TENANT]
    assert tenants_of(Api(made_token(new_user(), Role.VIEWER, ""))) == []


def test_tenants_are_nobodys_without_a_token() -> None:
    refused = Api().get("/v2.0/tenants")

    assert_error(refused, 401, "Unauthorized")
    assert refused["WWW-Authenticate"] == "Bearer"
    assert "more" in assert_error(
        Api(made_token(new_user())).get("/v2.0/tenants?more=1"), 400, "Bad Request"
    )


# Versions


def test_the_versions_are_told_with_the_url_that_the_caller_used() -> None:
    api = Api(HTTP_HOST="gk.example")

    root, v3, v2 = (api.get(path) for path in ("/", "/v3/", "/v2.0"))

    assert (root.status_code, v3.status_code, v2.status_code) == (300, 200, 200)
    assert v3.json()["version"] == {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": "http://gk.example/v3/"}],
        "media-types": [
            {
                "base": "application/json",
                "type": "application/vnd.openstack.identity-v3+json",
            }
        ],
    }
    assert v2.json()["version"]["id"] == "v2.0"
    assert v2.json()["version"]["links"] == [{"rel": "self", "href": "http://gk.example/v2.0/"}]
    values = [v3.json()["version"], v2.json()["version"]]
    assert root.json() == {"versions": {"values": values}}
    assert_error(api.get("/v3?x=1"), 400, "Bad Request")


def test_a_browser_is_led_to_the_docs(anonymous: Api) -> None:
    page = Client().get("/", headers={"accept": "text/html,*/*;q=0.8"})
    program = anonymous.get("/", headers={"accept": "application/json"})
    with_token = Api("unknown").get("/", headers={"accept": "text/html"})

    assert (page.status_code, page["Location"]) == (302, "/docs")
    assert program.status_code == with_token.status_code == 300


@pytest.mark.parametrize("path", ["/v3", "/v2.0", "/v3/auth/tokens", "/v2.0/tokens"])
def test_a_browser_gets_a_page(person: Client, path: str) -> None:
    page = person.get(path, headers={"accept": "text/html"})

    assert page.status_code in (200, 400, 405)
    assert page["Content-Type"].startswith("text/html")
