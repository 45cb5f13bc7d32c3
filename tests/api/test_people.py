"""What people's pages need, calls of programs pass by; and no page is the less protected for it."""

from typing import Any

import pytest
from django.test import Client

from tests.fixtures import Api, assert_problem

FORGED = {"HTTP_AUTHORIZATION": "Bearer x", "HTTP_X_AUTH_TOKEN": "x"}


def is_of_person(answer: Any) -> bool:
    """Tell whether a session was looked for, who is logged in, and messages."""
    found = {hasattr(answer.wsgi_request, name) for name in ("session", "_messages")}
    assert len(found) == 1
    return found.pop()


def test_a_call_with_a_token_has_no_session(operator: Api, person: Client) -> None:
    assert not is_of_person(operator.get("/requests/x"))
    assert not is_of_person(operator.post("/requests", {}))
    # Also with a cookie, and where the token is none.
    with_both = person.get("/requests/x", HTTP_AUTHORIZATION=f"Bearer {operator.token}")
    assert_problem(with_both, 404, "not_found")
    assert not is_of_person(with_both)
    assert not with_both.cookies
    refused = person.get("/requests/x", HTTP_AUTHORIZATION="Bearer x")
    assert_problem(refused, 401, "not_authenticated")
    assert not is_of_person(refused)


def test_a_call_with_the_cookie_has_one(person: Client) -> None:
    answer = person.get("/requests", HTTP_ACCEPT="text/html")
    assert answer.status_code == 200
    assert is_of_person(answer)


@pytest.mark.parametrize("path", ["/admin/", "/admin/requests_app/request/", "/api-auth/login/"])
def test_pages_have_one_whatever_is_sent(admin_client: Client, path: str) -> None:
    for header, value in FORGED.items():
        answer = admin_client.get(path, **{header: value})  # type: ignore[arg-type]
        assert answer.status_code == 200
        assert is_of_person(answer)


@pytest.mark.django_db
def test_who_is_not_logged_in_is_led_to_the_login_whatever_is_sent() -> None:
    for header, value in FORGED.items():
        answer = Client().get("/admin/", **{header: value})  # type: ignore[arg-type]
        assert answer.status_code == 302
        assert answer["Location"] == "/admin/login/?next=/admin/"


@pytest.mark.parametrize("path", ["/admin/logout/", "/api-auth/logout/"])
def test_a_forged_form_is_refused_whatever_is_sent(admin_client: Client, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin_client.cookies
    for header, value in FORGED.items():
        answer = strict.post(path, **{header: value})  # type: ignore[arg-type]
        assert answer.status_code == 403
    assert admin_client.get("/admin/").status_code == 200


def test_a_forged_order_by_the_cookie_is_refused(person: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = person.cookies
    answer = strict.post("/requests", "{}", content_type="application/json")
    assert_problem(answer, 403, "permission_denied")


def test_a_browser_without_a_login_is_led_there_and_back() -> None:
    page = Client().get("/requests?status=ERROR", HTTP_ACCEPT="text/html")

    assert page.status_code == 401
    assert page["WWW-Authenticate"] == "Bearer"
    assert 'href="/api-auth/login/?next=/requests%3Fstatus%3DERROR">Log in' in page.content.decode()
