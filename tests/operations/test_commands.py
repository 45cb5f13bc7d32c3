"""`manage.py create_token` and `prepare` (contract: http.md, Who may call)."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from gatekeeper_site.access.models import Token
from gatekeeper_site.core import clock
from records_app.models import FunctionDescriptor, ServiceDescriptor
from tests.fixtures import DEMO_SERVICE, TENANT, VBAR, VFOO, Api

pytestmark = pytest.mark.django_db


def printed_by(command: str, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, stdout=out, **options)
    return out.getvalue()


# create_token


def test_create_token_prints_the_token_alone_and_makes_the_user() -> None:
    printed = printed_by("create_token", user="portal", role="operator", tenant=TENANT)

    token = printed.removesuffix("\n")
    assert re.fullmatch(r"\S{32,}", token)
    user = User.objects.get(username="portal")
    assert not user.has_usable_password() and not user.is_staff and not user.is_superuser
    row = Token.objects.get()
    assert (row.user, row.role, row.tenant_id, row.expires_at) == (user, "operator", TENANT, None)
    assert Api(token).get("/requests").status_code == 200


def test_create_token_keeps_a_user_that_there_is() -> None:
    user = User.objects.create_user("portal", password="a-password-of-old")

    printed_by("create_token", user="portal", role="viewer")
    printed_by("create_token", user="portal", role="admin")

    user.refresh_from_db()
    assert user.check_password("a-password-of-old")
    assert User.objects.count() == 1
    assert Token.objects.filter(user=user).count() == 2


def test_create_token_takes_a_number_of_days() -> None:
    printed_by("create_token", user="portal", role="viewer", days=0.5)

    expires_at = Token.objects.get().expires_at
    assert expires_at is not None
    left = expires_at - clock.now()
    assert timedelta(hours=11, minutes=59) < left <= timedelta(hours=12)


def test_create_token_takes_a_tenant_in_capitals() -> None:
    printed_by("create_token", user="portal", role="viewer", tenant=TENANT.upper())

    assert Token.objects.get().tenant_id == TENANT


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"tenant": "my-tenant"}, "--tenant 'my-tenant': A tenant is 32 hex digits"),
        ({"tenant": TENANT + "0"}, f"--tenant '{TENANT}0': A tenant is 32 hex digits"),
        ({"tenant": TENANT[:-1] + "\n"}, "A tenant is 32 hex digits"),
        ({"tenant": "\udcff"}, r"--tenant '\\udcff': A tenant is 32 hex digits"),
        ({"role": "root"}, "invalid choice: 'root'"),
        ({"role": ""}, "invalid choice: ''"),
        ({"days": 0}, "--days must be from 0.00001 .a second. to 36500, not 0."),
        ({"days": -1}, "not -1."),
        ({"days": 1e9}, r"not 1e\+09."),
        ({"days": 1e-12}, "not 1e-12."),
        ({"days": float("nan")}, "not nan."),
        ({"user": "a b"}, "--user 'a b': Enter a valid username."),
        ({"user": ""}, "--user '': This field cannot be blank."),
        ({"user": "x" * 151}, "at most 150 characters"),
        ({"user": "\udcff"}, r"--user '\\udcff': Enter a valid username."),
    ],
)
def test_create_token_says_what_makes_no_sense(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        printed_by("create_token", **({"user": "portal", "role": "viewer"} | options))

    assert not Token.objects.exists()
    assert not User.objects.exists()


def test_create_token_makes_none_for_an_inactive_user() -> None:
    User.objects.create_user("gone", is_active=False)

    with pytest.raises(CommandError, match="--user gone: this user is inactive"):
        printed_by("create_token", user="gone", role="viewer")

    assert not Token.objects.exists()


def test_a_cluster_is_not_started_by_hand() -> None:
    with pytest.raises(CommandError, match="Start run_worker"):
        call_command("run_cluster", "mine")


# prepare


@pytest.fixture(autouse=True)
def _no_admin_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GATEKEEPER_ADMIN_USER", "GATEKEEPER_ADMIN_PASSWORD", "GATEKEEPER_ADMIN_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_static_files")
def test_prepare_says_where_etcd_is_if_there_is_to_be_one(settings: Any) -> None:
    settings.ETCD_ENDPOINTS = []
    assert "etcd" not in printed_by("prepare")

    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:2379", "http://127.0.0.1:3379"]
    assert "etcd           http://127.0.0.1:2379, http://127.0.0.1:3379" in printed_by("prepare")


@pytest.mark.usefixtures("no_static_files")
def test_prepare_says_where_the_server_is_to_be_and_what_database_it_uses(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.setenv("PORT", "8001")

    printed = printed_by("prepare")

    assert "API docs       http://127.0.0.1:8001/docs\n" in printed
    name = settings.DATABASES["default"]["NAME"]
    kind = f'PostgreSQL, "{name}" on ' if connection.vendor == "postgresql" else f"SQLite, {name}\n"
    assert f"Gatekeeper keeps its data in {kind}" in printed


def test_prepare_makes_everything_once_and_shows_the_secrets_that_once(
    settings: Any, tmp_path: Path
) -> None:
    settings.STATIC_ROOT = tmp_path / "static"

    # When a new database is prepared
    printed = printed_by("prepare")

    # Then what it prints works
    password = re.search(r"Password +(\S+)", printed)
    token = re.search(r"Admin token +(\S+)", printed)
    assert password is not None and token is not None
    assert Client().login(username="admin", password=password[1])
    assert ServiceDescriptor.objects.get().pk == DEMO_SERVICE
    assert set(FunctionDescriptor.objects.values_list("pk", flat=True)) == {VFOO, VBAR}
    response = Api(token[1]).post("/requests", {"service_uuid": str(DEMO_SERVICE)})
    assert response.status_code == 201

    # And doing it again changes nothing and shows no secret
    again = printed_by("prepare")
    assert password[1] not in again and token[1] not in again
    assert "Password" not in again and "Admin token" not in again
    assert "Lost password  .venv/bin/python manage.py changepassword admin\n" in again
    assert Client().login(username="admin", password=password[1])
    assert Api(token[1]).get("/requests")["Record-Count"] == "1"
    assert (User.objects.count(), Token.objects.count()) == (1, 1)
    assert (ServiceDescriptor.objects.count(), FunctionDescriptor.objects.count()) == (1, 2)


@pytest.mark.usefixtures("no_static_files")
def test_prepare_takes_the_admins_access_from_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = "t" * 32
    monkeypatch.setenv("GATEKEEPER_ADMIN_USER", "chief")
    monkeypatch.setenv("GATEKEEPER_ADMIN_PASSWORD", "a password of ours")
    monkeypatch.setenv("GATEKEEPER_ADMIN_TOKEN", token)

    printed = printed_by("prepare") + printed_by("prepare")

    assert token not in printed and "a password of ours" not in printed
    assert Client().login(username="chief", password="a password of ours")
    assert Api(token).get("/services").status_code == 200
    assert (Token.objects.get().role, Token.objects.get().tenant_id) == ("admin", "")


@pytest.mark.usefixtures("no_static_files")
def test_prepare_refuses_a_short_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEKEEPER_ADMIN_TOKEN", "t" * 31)

    with pytest.raises(CommandError, match="31 characters"):
        printed_by("prepare")

    assert not Token.objects.exists()
