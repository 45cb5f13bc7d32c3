"""/tokens: who has which token, and making and revoking them (contract: http.md)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import create_token, digest_of, revoke_token
from gatekeeper_site.core import clock
from tests.fixtures import OTHER_TENANT, TENANT, Api, assert_faults, assert_problem, new_user

pytestmark = pytest.mark.django_db

FIELDS = [
    "id",
    "user",
    "role",
    "tenant_id",
    "created_at",
    "expires_at",
    "last_used_at",
    "revoked_at",
]


def made(user: str = "shop", role: str = Role.VIEWER, tenant_id: str = TENANT) -> Token:
    token = create_token(user=new_user(user), role=role, tenant_id=tenant_id)
    return Token.objects.get(digest=digest_of(token))


def test_tokens_are_listed_newest_first_and_never_shown(admin: Api) -> None:
    older, newer = made("shop"), made("portal", Role.OPERATOR, OTHER_TENANT)
    revoke_token(token=older)

    response = admin.get("/tokens")

    assert (response.status_code, response["Record-Count"]) == (200, "3")
    rows = response.json()
    assert [list(row) for row in rows] == [FIELDS] * 3
    assert [row["user"] for row in rows] == ["portal", "shop", "admin"]
    assert rows[0]["id"] == newer.pk
    assert (rows[0]["role"], rows[0]["tenant_id"]) == ("operator", OTHER_TENANT)
    assert rows[0]["expires_at"] is rows[0]["last_used_at"] is rows[0]["revoked_at"] is None
    assert rows[1]["revoked_at"].endswith("Z")
    assert rows[2]["tenant_id"] is None
    assert rows[2]["last_used_at"].endswith("Z")
    for secret in (admin.token, newer.digest, older.digest):
        assert secret is not None
        assert secret not in response.content.decode()


@pytest.mark.parametrize(
    ("query", "users"),
    [
        ("user=shop", ["shop"]),
        ("user=shop&user=portal", ["portal", "shop"]),
        ("user=sho", []),
        ("role=operator", ["portal"]),
        (f"tenant_id={TENANT}", ["shop"]),
        ("ordering=id&limit=2", ["admin", "shop"]),
        ("ordering=created_at&offset=1", ["shop", "portal"]),
    ],
)
def test_the_list_is_filtered_and_ordered(admin: Api, query: str, users: list[str]) -> None:
    made("shop")
    made("portal", Role.OPERATOR, OTHER_TENANT)

    response = admin.get(f"/tokens?{query}")

    assert [row["user"] for row in response.json()] == users


def test_the_list_is_walked_by_cursor(admin: Api) -> None:
    tokens = [made(f"user {number}").pk for number in range(5)]
    found, url = [], "/tokens?cursor=&limit=2&fields=id"
    while url:
        response = admin.get(url)
        found += [row["id"] for row in response.json()]
        links = dict(reversed(part.split("; ")) for part in response["Link"].split(", "))
        url = links.get('rel="next"', "").strip("<>")

    assert found[:5] == tokens[::-1]
    assert len(found) == 6


def test_wrong_parameters_of_the_list_are_400s(admin: Api) -> None:
    response = admin.get("/tokens?role=king&digest=x&ordering=digest&fields=token")

    assert_faults(response, "role", "digest", "ordering", "fields")


def test_one_token_is_read_by_its_id(admin: Api) -> None:
    token = made()

    response = admin.get(f"/tokens/{token.pk}")

    assert response.status_code == 200
    assert list(response.json()) == FIELDS
    assert response.json()["id"] == token.pk


@pytest.mark.parametrize("given", ["0", "999999999", "x", "-1", "1.0", "9" * 30, "%D9%A1", "1%00"])
def test_an_id_that_names_nothing_is_a_404(admin: Api, given: str) -> None:
    assert_problem(admin.get(f"/tokens/{given}"), 404, "not_found")
    assert_problem(admin.delete(f"/tokens/{given}"), 404, "not_found")


def test_a_token_is_made_and_shown_this_once(admin: Api) -> None:
    user = new_user("shop")
    order = {"user": "shop", "role": "operator", "tenant": TENANT.upper(), "expires_in": 60}

    response = admin.post("/tokens", order)

    assert response.status_code == 201
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    assert list(body) == [*FIELDS, "token"]
    assert (body["user"], body["role"], body["tenant_id"]) == ("shop", "operator", TENANT)
    assert response["Location"] == f"http://testserver/tokens/{body['id']}"
    assert body["token"].keys() == {"access_token", "token_type", "expires_in"}
    assert (body["token"]["token_type"], body["token"]["expires_in"]) == ("bearer", 60)
    row = Token.objects.get(pk=body["id"])
    assert (row.user, row.role, row.tenant_id) == (user, "operator", TENANT)
    assert row.expires_at is not None
    assert row.expires_at - row.created_at == timedelta(seconds=60)
    assert row.digest == digest_of(body["token"]["access_token"])
    assert Api(body["token"]["access_token"]).get("/requests").status_code == 200
    assert "token" not in admin.get(f"/tokens/{row.pk}").json()


def test_a_token_needs_neither_tenant_nor_end(admin: Api) -> None:
    new_user("shop")

    for more in ({}, {"tenant": None, "expires_in": None}):
        body = admin.post("/tokens", {"user": "shop", "role": "admin"} | more).json()

        assert (body["tenant_id"], body["expires_at"]) == (None, None)
        assert body["token"]["expires_in"] is None


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"user": "no body"}, ("user",)),
        ({"user": "inactive"}, ("user",)),
        ({"user": 5, "role": "king", "tenant": "x", "expires_in": 0}, None),
        ({"tenant": ""}, ("tenant",)),
        ({"tenant": 7}, ("tenant",)),
        ({"expires_in": "60"}, ("expires_in",)),
        ({"expires_in": True}, ("expires_in",)),
        ({"expires_in": 1.5}, ("expires_in",)),
        ({"expires_in": 10**18}, ("expires_in",)),
        ({"id": 1, "tenant_id": TENANT, "token": "mine"}, ("id", "tenant_id", "token")),
        ({"digest": "0" * 64}, ("digest",)),
    ],
)
def test_a_wrong_order_is_a_400_that_names_its_faults(
    admin: Api, changes: dict[str, Any], fields: tuple[str, ...] | None
) -> None:
    new_user("shop")
    User.objects.create_user("inactive", is_active=False)
    before = Token.objects.count()

    response = admin.post("/tokens", {"user": "shop", "role": "viewer"} | changes)

    assert_faults(response, *(fields if fields is not None else changes))
    assert Token.objects.count() == before


def test_an_idempotency_key_is_refused(admin: Api) -> None:
    order = {"user": "admin", "role": "viewer"}

    assert_faults(admin.post("/tokens", order, **{"Idempotency-Key": "one"}), "Idempotency-Key")
    assert Token.objects.count() == 1


def test_a_token_is_revoked_at_once_and_only_it(admin: Api) -> None:
    user = new_user("shop")
    first, second = (Api(create_token(user=user, role=Role.VIEWER)) for _ in range(2))
    assert first.token is not None
    token = Token.objects.get(digest=digest_of(first.token))

    response = admin.delete(f"/tokens/{token.pk}")

    assert (response.status_code, response.content) == (204, b"")
    assert first.get("/requests").status_code == 401
    assert second.get("/requests").status_code == 200
    token.refresh_from_db()
    revoked_at = token.revoked_at
    assert revoked_at is not None
    assert revoked_at <= clock.now()
    # Again changes nothing.
    assert admin.delete(f"/tokens/{token.pk}").status_code == 204
    token.refresh_from_db()
    assert token.revoked_at == revoked_at


def test_a_token_that_has_changed_since_it_was_read_is_not_revoked(admin: Api) -> None:
    token = made()

    response = admin.delete(f"/tokens/{token.pk}", headers={"If-Match": '"as it was"'})

    assert_problem(response, 412, "precondition_failed")
    token.refresh_from_db()
    assert token.revoked_at is None


@pytest.mark.parametrize("role", [Role.VIEWER, Role.OPERATOR])
def test_other_roles_may_do_nothing_with_tokens(
    role: str, row_counts: Callable[[], dict[str, int]]
) -> None:
    token = made(role=role)
    api = Api(create_token(user=token.user, role=role, tenant_id=TENANT))
    assert api.get("/requests").status_code == 200
    before = row_counts()

    for method, path in [
        ("GET", "/tokens"),
        ("GET", f"/tokens/{token.pk}"),
        ("GET", "/tokens/999999999"),
        ("POST", "/tokens"),
        ("DELETE", f"/tokens/{token.pk}"),
    ]:
        response = api.send(method, path, {"user": "shop", "role": "viewer"})
        assert_problem(response, 403, "permission_denied")

    assert row_counts() == before


def test_nobody_is_a_401(anonymous: Api) -> None:
    assert_problem(anonymous.get("/tokens"), 401, "not_authenticated")


def test_a_person_makes_a_token_in_the_browsable_api(person: Client) -> None:
    UserAccess.objects.update(role=Role.ADMIN)
    page = person.get("/tokens", headers={"accept": "text/html"})
    assert page.status_code == 200
    csrf = page.cookies["csrftoken"].value
    form = {
        "csrfmiddlewaretoken": csrf,
        "user": "person",
        "role": "viewer",
        "tenant": "",
        "expires_in": "90",
    }

    response = person.post("/tokens", form, headers={"accept": "text/html"})

    assert response.status_code == 201, response.content
    token = Token.objects.get()
    assert (token.user.username, token.role, token.tenant_id) == ("person", "viewer", "")
    assert token.expires_at == token.created_at + timedelta(seconds=90)


def test_a_tokens_user_is_made_without_a_password_if_there_is_none(admin: Api) -> None:
    response = admin.post("/tokens", {"user": "newcomer", "role": "viewer"})

    assert response.status_code == 201
    user = User.objects.get(username="newcomer")
    assert not user.has_usable_password()
    assert not user.is_staff and not user.is_superuser
    assert Token.objects.get(pk=response.json()["id"]).user == user
