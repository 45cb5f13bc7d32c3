"""Users, their roles, and tokens in the admin."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from gatekeeper_site.access.caller import caller_of_user
from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import create_token, digest_of, log_in_by_token, usable_token
from gatekeeper_site.core import clock
from tests.adminsite.pages import list_of, page_of, text_of
from tests.fixtures import TENANT, new_user

MAKE_TOKEN = "/admin/access/token/add/"


def test_a_token_is_made_and_shown_once(superuser: Client) -> None:
    user = new_user()

    response = superuser.post(
        MAKE_TOKEN,
        {"user": "customer", "role": "operator", "tenant_id": TENANT, "days": "30"},
        follow=True,
    )

    stored = Token.objects.get()
    assert response.redirect_chain == [(page_of("tokens", stored.pk), 302)]
    shown = re.search(r"shown only this once: (\S+)", text_of(response))
    assert shown is not None
    usable = usable_token(shown[1])
    assert usable is not None
    assert usable.pk == stored.pk
    assert (stored.user, stored.role, stored.tenant_id) == (user, "operator", TENANT)
    assert stored.expires_at is not None
    lifetime = stored.expires_at - stored.created_at
    assert abs(lifetime - timedelta(days=30)) < timedelta(minutes=1)
    again = superuser.get(page_of("tokens", stored.pk)).content.decode()
    assert shown[1] not in again
    assert stored.digest not in again


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"user": "nobody"}, "There is no active user of this name."),
        ({"role": "owner"}, "owner is not one of the available choices."),
        ({"tenant_id": "acme"}, "A tenant is 32 hex digits, in lower case."),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "99999999"}, "less than or equal to 36500"),
    ],
)
def test_a_bad_token_is_not_made(fields: dict[str, str], message: str, superuser: Client) -> None:
    new_user()

    response = superuser.post(MAKE_TOKEN, {"user": "customer", "role": "viewer"} | fields)

    assert message in text_of(response)
    assert not Token.objects.exists()


def test_a_token_is_revoked_on_its_page_once_that_is_confirmed(superuser: Client) -> None:
    token = create_token(user=new_user(), role=Role.VIEWER)
    page = f"/admin/access/token/{Token.objects.get().pk}/revoke/"

    assert "at once and for good?" in text_of(superuser.get(page))
    assert usable_token(token) is not None

    superuser.post(page)
    assert usable_token(token) is None


def test_ticked_tokens_are_revoked_once_that_is_confirmed(superuser: Client) -> None:
    revoked, kept = (create_token(user=new_user(), role=Role.VIEWER) for _ in range(2))
    first = Token.objects.get(digest=digest_of(revoked))
    log_in_by_token(source_id=first.pk, lifetime=timedelta(days=1), tenant_id="")
    ticked = {"action": "revoke_selected", "_selected_action": [first.pk]}

    asked = superuser.post(list_of("tokens"), ticked, follow=True)

    text = text_of(asked)
    assert "Revoke 1 token, at once and for good?" in text
    assert "customer viewer usable – 1 login by it" in text
    assert usable_token(revoked) is not None
    address = f"{asked.request['PATH_INFO']}?{asked.request['QUERY_STRING']}"
    response = superuser.post(address, follow=True)
    assert response.redirect_chain == [(list_of("tokens"), 302)]
    assert f"{first} is revoked." in text_of(response)
    assert usable_token(revoked) is None
    assert usable_token(kept) is not None
    assert Token.objects.filter(revoked_at=None).count() == 1
    for nonsense in ("?ids=x", "?ids=" + "9" * 400, "?ids=%00", ""):
        assert superuser.get(f"{list_of('tokens')}revoke/{nonsense}").status_code == 200


def test_the_list_of_tokens_tells_and_filters_their_state(superuser: Client) -> None:
    create_token(user=new_user("one"), role=Role.VIEWER)
    create_token(user=new_user("two"), role=Role.VIEWER, lifetime=timedelta(days=1))
    create_token(user=new_user("three"), role=Role.VIEWER)
    Token.objects.filter(user__username="two").update(expires_at=clock.now())
    Token.objects.filter(user__username="three").update(revoked_at=clock.now())

    for state, name in (("usable", "one"), ("expired", "two"), ("revoked", "three")):
        response = superuser.get(list_of("tokens"), {"state": state})
        rows = response.context["cl"].result_list
        assert [row.user.username for row in rows] == [name]
        assert f"{name} viewer – {state}" in text_of(response)


def test_tokens_are_for_admins(operating_staff: Client, admin_of_all: Client) -> None:
    create_token(user=new_user(), role=Role.VIEWER)
    pk = Token.objects.get().pk

    own_page = page_of("tokens", pk)
    several = f"/admin/access/token/revoke/?ids={pk}"
    for path in (MAKE_TOKEN, f"/admin/access/token/{pk}/revoke/", several, own_page):
        assert operating_staff.get(path).status_code == 403
        assert operating_staff.post(path).status_code == 403
        assert admin_of_all.get(path).status_code == 200
    assert Token.objects.get().revoked_at is None


def user_form(user: User, **fields: str) -> dict[str, str]:
    """Return the fields of a user's page as a browser sends them."""
    return {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "access-TOTAL_FORMS": "1",
        "access-INITIAL_FORMS": "0",
        "access-0-user": str(user.pk),
    } | fields


def test_an_admin_gives_a_user_a_role_and_tenant(admin_of_all: Client) -> None:
    user = new_user()
    fields = {"access-0-role": "operator", "access-0-tenant_id": TENANT}

    response = admin_of_all.post(page_of("users", user.pk), user_form(user, **fields))

    assert response.status_code == 302
    caller = caller_of_user(User.objects.get(pk=user.pk))
    assert (caller.role, caller.tenant_id) == ("operator", TENANT)


def test_a_user_that_is_saved_without_a_role_gets_none(superuser: Client) -> None:
    user = new_user()
    assert "no role" in text_of(superuser.get(page_of("users", user.pk)))

    superuser.post(page_of("users", user.pk), user_form(user, **{"access-0-role": ""}))

    assert not UserAccess.objects.exists()


def test_a_new_user_may_use_the_admin_unless_that_is_unticked(superuser: Client) -> None:
    page = superuser.get("/admin/auth/user/add/")
    assert page.context["adminform"].form.initial["is_staff"] is True
    password = "a long enough one"
    common = {"usable_password": "true", "password1": password, "password2": password}
    access = {"access-TOTAL_FORMS": "1", "access-INITIAL_FORMS": "0", "access-0-role": "viewer"}

    for name, ticked in (("vera", {"is_staff": "on"}), ("otto", {})):
        fields = {"username": name, **common, **access, **ticked}
        assert superuser.post("/admin/auth/user/add/", fields).status_code == 302

    for name, url in (("vera", "/admin/"), ("otto", None)):
        login = {"username": name, "password": password, "next": "/admin/"}
        answer = Client().post("/admin/login/", login)
        assert answer.get("Location") == url, name


def test_a_user_is_added(superuser: Client) -> None:
    password = "a long enough one"
    superuser.post(
        "/admin/auth/user/add/",
        {
            "username": "newcomer",
            "usable_password": "true",
            "password1": password,
            "password2": password,
            "access-TOTAL_FORMS": "0",
            "access-INITIAL_FORMS": "0",
        },
    )

    assert User.objects.get(username="newcomer").check_password(password)


def test_only_superusers_make_or_change_superusers(admin_of_all: Client) -> None:
    user = new_user()
    root = new_user("root", is_superuser=True, is_staff=True)

    admin_of_all.post(page_of("users", user.pk), user_form(user, is_superuser="on"))
    refused = admin_of_all.post(page_of("users", root.pk), user_form(root, username="mine"))
    password = admin_of_all.get(f"/admin/auth/user/{root.pk}/password/")

    assert not User.objects.get(pk=user.pk).is_superuser
    assert refused.status_code == password.status_code == 403
    assert User.objects.get(pk=root.pk).username == "root"


def test_users_are_not_deleted(superuser: Client) -> None:
    user = new_user()

    assert superuser.post(f"/admin/auth/user/{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=user.pk).exists()
