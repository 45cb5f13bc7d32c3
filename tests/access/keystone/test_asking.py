"""Asking about a token, and ending it (contract: ha.md)."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gatekeeper_site.access.models import Token
from gatekeeper_site.core import clock
from tests.access.keystone.client import (
    ask,
    assert_error,
    by_password,
    log_in,
    made_token,
    token_of,
)
from tests.fixtures import Api, new_user

pytestmark = pytest.mark.django_db


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
