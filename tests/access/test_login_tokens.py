"""What a change of a user does to his tokens: a login's ends with it, others state their own role.

Each way in which a user is changed is tried, also those that nobody of us writes.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import create_token, digest_of
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from tests.adminsite.pages import list_of, page_of, text_of
from tests.fixtures import OTHER_TENANT, TENANT, Api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_static_files")]

PASSWORD = "correct horse"
NEW_PASSWORD = "another horse"


@pytest.fixture
def ann(db: None) -> User:
    """A member of staff, an operator of TENANT."""
    user = User.objects.create_user("ann", password=PASSWORD, is_staff=True)
    UserAccess.objects.create(user=user, role=Role.OPERATOR, tenant_id=TENANT)
    return user


@pytest.fixture
def root(db: None) -> Client:
    """The browser of a superuser, in the admin."""
    browser = Client()
    browser.force_login(User.objects.create_superuser("root"))
    return browser


def logged_in(username: str = "ann", password: str = PASSWORD) -> Api:
    response = Api().post("/sessions", {"username": username, "password": password})
    assert response.status_code == 201
    return Api(response.json()["token"]["access_token"])


def works(api: Api) -> bool:
    code = api.get("/requests").status_code
    assert code in (200, 401)
    return bool(code == 200)


def save_in_the_admin(root: Client, user: User, **fields: str) -> Any:
    """Send the form of a user's page, with what it has now but for some fields."""
    access = user.access
    form = {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "access-TOTAL_FORMS": "1",
        "access-INITIAL_FORMS": "1",
        "access-0-id": str(access.pk),
        "access-0-user": str(user.pk),
        "access-0-role": access.role,
        "access-0-tenant_id": access.tenant_id,
    } | fields
    response = root.post(page_of("users", user.pk), form, follow=True)
    assert response.redirect_chain
    return response


def lower_in_the_admin(root: Client, user: User) -> None:
    save_in_the_admin(root, user, **{"access-0-role": "viewer"})


def move_in_the_admin(root: Client, user: User) -> None:
    save_in_the_admin(root, user, **{"access-0-tenant_id": OTHER_TENANT})


def deactivate_in_the_admin(root: Client, user: User) -> None:
    save_in_the_admin(root, user, is_active="")


def take_the_role_in_the_admin(root: Client, user: User) -> None:
    save_in_the_admin(root, user, **{"access-0-DELETE": "on"})


def set_password_in_the_admin(root: Client, user: User) -> None:
    form = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    assert root.post(f"/admin/auth/user/{user.pk}/password/", form).status_code == 302


def take_the_password_in_the_admin(root: Client, user: User) -> None:
    form = {"usable_password": "false", "unset-password": "yes"}
    assert root.post(f"/admin/auth/user/{user.pk}/password/", form).status_code == 302


def set_the_own_password(root: Client, user: User) -> None:
    browser = Client()
    browser.force_login(user)
    form = {
        "old_password": PASSWORD,
        "new_password1": NEW_PASSWORD,
        "new_password2": NEW_PASSWORD,
    }
    assert browser.post("/admin/password_change/", form).status_code == 302


def set_password_by_the_command(root: Client, user: User) -> None:
    call_command("changepassword", user.username)


def set_password_by_prepare(root: Client, user: User) -> None:
    call_command("prepare")


def lower_past_all_services(root: Client, user: User) -> None:
    UserAccess.objects.filter(user=user).update(role=Role.VIEWER)


def move_past_all_services(root: Client, user: User) -> None:
    UserAccess.objects.filter(user=user).update(tenant_id=OTHER_TENANT)


def take_the_role_past_all_services(root: Client, user: User) -> None:
    UserAccess.objects.filter(user=user).delete()


def set_password_past_all_services(root: Client, user: User) -> None:
    user.set_password(NEW_PASSWORD)
    user.save()


def deactivate_past_all_services(root: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)


Change = Callable[[Client, User], None]
# Those that our own code writes, and so can tell the list and the audit of.
OWN_WAYS: list[Change] = [
    lower_in_the_admin,
    move_in_the_admin,
    deactivate_in_the_admin,
    take_the_role_in_the_admin,
    set_password_in_the_admin,
    take_the_password_in_the_admin,
    set_the_own_password,
    set_password_by_the_command,
    set_password_by_prepare,
]
OTHER_WAYS: list[Change] = [
    lower_past_all_services,
    move_past_all_services,
    take_the_role_past_all_services,
    set_password_past_all_services,
    deactivate_past_all_services,
]


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is asked for a password types the new one; `prepare` is given it."""
    monkeypatch.setattr(changepassword.Command, "_get_pass", lambda *args: NEW_PASSWORD)
    monkeypatch.setenv("GATEKEEPER_ADMIN_USER", "ann")
    monkeypatch.setenv("GATEKEEPER_ADMIN_PASSWORD", NEW_PASSWORD)


@pytest.mark.parametrize("change", OWN_WAYS + OTHER_WAYS)
def test_a_login_ends_with_any_change_of_what_its_user_may(
    change: Change, ann: User, root: Client
) -> None:
    login = logged_in()
    User.objects.create_user("ben", password=PASSWORD)
    UserAccess.objects.create(user=User.objects.get(username="ben"), role=Role.VIEWER)
    other = logged_in("ben")
    assert works(login)

    change(root, ann)

    assert not works(login)
    assert works(other)


@pytest.mark.parametrize("change", OWN_WAYS)
def test_a_login_that_a_change_ends_is_revoked_in_the_audit(
    change: Change, ann: User, root: Client
) -> None:
    tokens = [logged_in().token, logged_in().token]
    rows = Token.objects.filter(digest__in=[digest_of(str(token)) for token in tokens])

    change(root, ann)

    assert not rows.filter(revoked_at=None).exists()
    revoked = AuditEntry.objects.filter(action="revoke", object_type="token")
    assert {entry.object_id for entry in revoked} == {str(row.pk) for row in rows}
    password = AuditEntry.objects.filter(action="set_password", object_id=str(ann.pk))
    assert password.count() == ("password" in change.__name__)


@pytest.mark.parametrize("change", OTHER_WAYS)
def test_the_list_tells_of_a_login_that_ended_by_any_other_way(
    change: Change, ann: User, root: Client
) -> None:
    logged_in()

    change(root, ann)

    state = "user inactive" if change is deactivate_past_all_services else "user changed"
    assert f"ann operator {TENANT} {state}" in text_of(root.get(list_of("tokens")))


@pytest.mark.parametrize(
    "change", [way for way in OWN_WAYS + OTHER_WAYS if "deactivate" not in way.__name__]
)
def test_a_token_that_was_made_as_such_keeps_its_own_role(
    change: Change, ann: User, root: Client
) -> None:
    made = Api(create_token(user=ann, role=Role.ADMIN))
    assert made.get("/tokens").status_code == 200

    change(root, ann)

    assert made.get("/tokens").status_code == 200


@pytest.mark.parametrize("change", [deactivate_in_the_admin, deactivate_past_all_services])
def test_no_token_of_an_inactive_user_works_and_his_logins_never_again(
    change: Change, ann: User, root: Client
) -> None:
    login, made = logged_in(), Api(create_token(user=ann, role=Role.VIEWER))

    change(root, ann)
    assert not works(login)
    assert not works(made)

    User.objects.filter(pk=ann.pk).update(is_active=True)
    assert works(made)
    if change is deactivate_in_the_admin:
        assert not works(login)


def test_a_deleted_users_tokens_are_gone(ann: User) -> None:
    login, made = logged_in(), Api(create_token(user=ann, role=Role.ADMIN))

    ann.delete()

    assert not works(login)
    assert not works(made)
    assert not Token.objects.exists()


def test_a_superuser_who_is_none_any_more_has_no_logins(root: Client) -> None:
    User.objects.create_superuser("olivia", password=PASSWORD)
    login = logged_in("olivia")
    assert login.get("/tokens").status_code == 200

    User.objects.filter(username="olivia").update(is_superuser=False)

    assert login.get("/tokens").status_code == 401


def test_other_changes_of_a_user_end_nothing(ann: User, root: Client) -> None:
    login = logged_in()

    save_in_the_admin(root, ann, email="ann@example.net", username="anna")

    assert works(login)
    assert Token.objects.get().revoked_at is None


def test_the_admin_is_told_what_a_change_has_ended_and_what_not(ann: User, root: Client) -> None:
    logged_in()
    logged_in()
    create_token(user=ann, role=Role.ADMIN)
    create_token(user=ann, role=Role.ADMIN, lifetime=timedelta(days=1))
    Token.objects.filter(role=Role.ADMIN, expires_at__isnull=False).update(expires_at=clock.now())

    text = text_of(save_in_the_admin(root, ann, **{"access-0-role": "viewer"}))

    assert "Logins of ann by POST /sessions that are ended: 2." in text
    assert (
        "ann has 1 tokens with a role and tenant of their own, which this does not change" in text
    )
    assert "role and tenant of their own, and stay" in text_of(root.get(page_of("users", ann.pk)))


def test_a_users_change_is_audited_with_what_was_before(ann: User, root: Client) -> None:
    AuditEntry.objects.all().delete()

    save_in_the_admin(
        root, ann, is_superuser="on", is_staff="", **{"access-0-role": "admin"}, email="a@b.example"
    )

    entry = AuditEntry.objects.get()
    assert (entry.actor, entry.action, entry.object_id) == ("root", "update", str(ann.pk))
    assert entry.changes == {
        "email": ["", "a@b.example"],
        "is_staff": [True, False],
        "is_superuser": [False, True],
        "role": ["operator", "admin"],
    }


def test_a_call_costs_no_query_more_for_that(ann: User) -> None:
    login, made = logged_in(), Api(create_token(user=ann, role=Role.OPERATOR, tenant_id=TENANT))
    numbers = []
    for api in (login, made):
        api.get("/requests")
        with CaptureQueriesContext(connection) as queries:
            assert works(api)
        numbers.append(len(queries))

    # That the token is looked up with its user and his access, and the list: its rows are counted.
    assert numbers[0] == numbers[1]
    assert numbers[0] <= 3


# The command


def test_a_lost_password_is_set_anew(ann: User, capsys: Any) -> None:
    call_command("changepassword", "ann")

    ann.refresh_from_db()
    assert ann.check_password(NEW_PASSWORD)
    entry = AuditEntry.objects.get()
    assert (entry.via, entry.actor, entry.action) == ("command", "gatekeeper", "set_password")


@pytest.mark.parametrize("name", ["nobody", "\udcff"])
def test_no_user_of_the_name_is_a_sentence(name: str, db: None) -> None:
    with pytest.raises(CommandError, match=r"^user '.*' does not exist$"):
        call_command("changepassword", name)


@pytest.mark.parametrize("error", [EOFError, KeyboardInterrupt])
def test_no_password_at_the_prompt_changes_nothing(
    error: type[BaseException], ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nothing(*args: Any) -> str:
        raise error

    monkeypatch.setattr(changepassword.Command, "_get_pass", nothing)

    with pytest.raises(CommandError, match="No password was typed"):
        call_command("changepassword", "ann")

    ann.refresh_from_db()
    assert ann.check_password(PASSWORD)
    assert not AuditEntry.objects.exists()
