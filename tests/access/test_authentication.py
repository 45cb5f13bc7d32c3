"""Who calls: tokens in headers, the session cookie (contract: http.md, Who may call)."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import create_token, digest_of, revoke_token
from gatekeeper_site.core import clock
from tests.fixtures import TENANT, Api, assert_problem, every_endpoint, new_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def token() -> str:
    """A viewer's token of TENANT."""
    return create_token(user=new_user(), role=Role.VIEWER, tenant_id=TENANT)


def status_with(**headers: str) -> int:
    status: int = Api().get("/requests", headers=headers).status_code
    return status


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer "])
def test_a_bearer_token_is_taken_with_the_scheme_in_any_case(token: str, scheme: str) -> None:
    assert status_with(authorization=f"{scheme} {token}") == 200


def test_a_token_is_taken_in_the_x_auth_token_header(token: str) -> None:
    assert status_with(**{"x-auth-token": token}) == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Bearer"},
        {"authorization": "Bearer "},
        {"authorization": "{token}"},
        {"authorization": "Basic {token}"},
        {"authorization": "Token {token}"},
        {"authorization": "Bearer {token}x"},
        {"authorization": "Bearer {token} {token}"},
        {"authorization": "Bearer unknown"},
        {"authorization": "Bearer \xe9\xff"},
        {"authorization": "Bearer " + "x" * 5000},
        {"authorization": "Basic x", "x-auth-token": "{token}"},
        {"x-auth-token": ""},
        {"x-auth-token": "unknown"},
        {"x-auth-token": "Bearer {token}"},
        {"x-auth-token": "\xe9"},
        {"x-auth-token": "\udce9"},
        {"x-auth-token": "two words"},
        {"x-auth-token": "x" * 100_000},
        {"authorization": "Bearer \udce9"},
        {"authorization": "Bearer " + "x" * 100_000},
    ],
)
def test_a_missing_malformed_or_unknown_token_is_a_401(token: str, headers: dict[str, str]) -> None:
    given = {name: value.format(token=token) for name, value in headers.items()}

    response = Api().get("/requests", headers=given)

    assert_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Bearer"
    assert token not in response.content.decode()


def test_every_endpoint_needs_a_token(anonymous: Api) -> None:
    for method, path in every_endpoint():
        response = anonymous.send(method, path, {})
        assert_problem(response, 401, "not_authenticated")
        assert response["WWW-Authenticate"] == "Bearer", (method, path)


def test_an_expired_token_is_a_401(token: str) -> None:
    Token.objects.update(expires_at=clock.now() - timedelta(milliseconds=1))
    assert status_with(authorization=f"Bearer {token}") == 401

    Token.objects.update(expires_at=clock.now() + timedelta(minutes=1))
    assert status_with(authorization=f"Bearer {token}") == 200


def test_a_token_without_an_end_does_not_expire(token: str) -> None:
    assert Token.objects.get().expires_at is None
    assert status_with(authorization=f"Bearer {token}") == 200


def test_a_revoked_token_is_a_401_at_once_and_keeps_the_first_time(token: str) -> None:
    assert status_with(authorization=f"Bearer {token}") == 200

    revoke_token(token=Token.objects.get())

    revoked_at = Token.objects.get().revoked_at
    assert status_with(authorization=f"Bearer {token}") == 401
    revoke_token(token=Token.objects.get())
    assert Token.objects.get().revoked_at == revoked_at


def test_a_token_of_an_inactive_user_is_a_401(token: str) -> None:
    User.objects.update(is_active=False)

    assert status_with(authorization=f"Bearer {token}") == 401


def test_another_token_of_the_user_is_not_revoked_with_the_first(token: str) -> None:
    other = create_token(user=new_user(), role=Role.VIEWER, tenant_id=TENANT)

    revoke_token(token=Token.objects.get(digest=digest_of(token)))

    assert status_with(authorization=f"Bearer {other}") == 200


def test_only_the_digest_of_a_token_is_stored(token: str) -> None:
    row = Token.objects.get()
    assert row.digest == digest_of(token) != token
    assert len(row.digest) == 64
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM core_token")
        assert token not in str(cursor.fetchall())


def test_no_token_is_logged(token: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)

    assert status_with(authorization=f"Bearer {token}") == 200
    assert status_with(authorization=f"Bearer x{token}") == 401
    assert status_with(**{"x-auth-token": f"x{token}"}) == 401

    assert token not in caplog.text


def test_tokens_are_long_and_differ() -> None:
    tokens = {create_token(user=new_user(), role=Role.VIEWER) for _ in range(10)}

    assert len(tokens) == 10
    assert min(len(token) for token in tokens) >= 32


def test_the_last_use_of_a_token_is_noted_to_the_minute(token: str) -> None:
    assert Token.objects.get().last_used_at is None

    status_with(authorization=f"Bearer {token}")
    first = Token.objects.get().last_used_at
    assert first is not None and clock.now() - first < timedelta(minutes=1)

    status_with(authorization=f"Bearer {token}")
    assert Token.objects.get().last_used_at == first

    Token.objects.update(last_used_at=first - timedelta(minutes=2))
    status_with(authorization=f"Bearer {token}")
    last = Token.objects.get().last_used_at
    assert last is not None and last >= first


# The session cookie


def logged_in(**user: Any) -> Client:
    client = Client()
    client.force_login(new_user("person", **user))
    return client


def test_a_superuser_is_an_admin_under_the_cookie() -> None:
    client = logged_in(is_superuser=True)

    assert client.get("/requests").status_code == 200
    assert client.delete("/services/95e9b668-5726-4998-8ed4-d8d7e7fd2225").status_code == 404


def test_a_user_without_a_role_is_a_403_under_the_cookie() -> None:
    client = logged_in(is_staff=True)

    for method, path in every_endpoint():
        assert_problem(client.generic(method, path), 403, "permission_denied")


@pytest.mark.parametrize(
    ("role", "reads", "deletes"),
    [("viewer", 200, 403), ("operator", 200, 404), ("admin", 200, 404)],
)
def test_a_user_has_his_role_under_the_cookie(role: str, reads: int, deletes: int) -> None:
    client = logged_in()
    UserAccess.objects.create(user=new_user("person"), role=role, tenant_id=TENANT)

    assert client.get("/requests").status_code == reads
    path = "/services/95e9b668-5726-4998-8ed4-d8d7e7fd2225"
    assert client.delete(path).status_code == deletes


def test_an_inactive_user_is_a_401_under_the_cookie() -> None:
    client = logged_in(is_superuser=True)
    User.objects.update(is_active=False)

    assert_problem(client.get("/requests"), 401, "not_authenticated")


def test_a_bad_token_is_a_401_also_beside_a_good_cookie() -> None:
    client = logged_in(is_superuser=True)

    response = client.get("/requests", headers={"authorization": "Bearer unknown"})

    assert_problem(response, 401, "not_authenticated")


def test_a_token_needs_no_csrf_token_and_is_who_calls_also_beside_a_cookie(token: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(new_user("root", is_superuser=True))

    response = client.post("/requests", {}, headers={"authorization": f"Bearer {token}"})

    # The token's role decides: a viewer's.
    assert "role" in assert_problem(response, 403, "permission_denied")["detail"]
