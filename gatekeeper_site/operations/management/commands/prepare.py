"""`manage.py prepare`: makes a data directory ready to run, and says how to try it."""

import json
import os
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection, transaction
from environs import Env

from gatekeeper_site.access.models import Role, Token
from gatekeeper_site.access.services import (
    create_token,
    digest_of,
    note_new_password,
    user_snapshot,
)
from gatekeeper_site.audit.services import write_audit_entry
from gatekeeper_site.core.registry import SETTINGS
from gatekeeper_site.web.listening import CannotListen, address, base_url

MIN_TOKEN_LENGTH = 32
# The demo service, as SONATA's examples order it.
SAMPLE_ORDER = {
    "service_uuid": "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1",
    "ingresses": [],
    "egresses": [],
}


class Command(BaseCommand):
    """Migrates, loads the demo, makes the admin user and token once. Safe to run again."""

    help = "Prepare the database, the static files, the demo descriptors, and the admin's access."
    # The web process, which is started next, runs all of them.
    requires_system_checks = [SETTINGS]

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare everything.

        Raises:
            CommandError: what the environment names cannot be used.
        """
        env = Env()
        try:
            base = base_url(*address(os.environ))
        except CannotListen as error:
            raise CommandError(str(error)) from error
        make_database()
        try:
            call_command("collectstatic", interactive=False, verbosity=0)
        except OSError as error:
            raise CommandError(
                f"The static files cannot be written (STATIC_ROOT): {error}."
            ) from error
        call_command("load_demo")
        with transaction.atomic():
            user, password = admin_user(env)
            token = admin_token(env, user)
        self.stdout.write(self.welcome(user, password, token, base))

    def welcome(self, user: User, password: str | None, token: str | None, base: str) -> str:
        """Return where to look, and the secrets that were made up, this once."""
        lines = [
            "",
            f"  Gatekeeper keeps its data in {database()}",
            "",
            f"  API docs       {base}/docs",
            f"  Browsable API  {base}/requests",
            f"  Admin          {base}/admin/   user {user.get_username()}",
        ]
        if settings.ETCD_ENDPOINTS:
            endpoints = ", ".join(settings.ETCD_ENDPOINTS)
            lines.append(f"  etcd           {endpoints}   (try it: docs/etcd.md)")
        if password is not None:
            lines.append(f"  Password       {password}   (shown this once)")
        else:
            lines.append(
                f"  Lost password  .venv/bin/python manage.py changepassword {user.get_username()}"
            )
        if token is not None:
            lines.append(f"  Admin token    {token}   (shown this once)")
        else:
            lines.append(
                "  Another token  .venv/bin/python manage.py create_token "
                f"--user {user.get_username()} --role admin"
            )
        sample = token or "<token>"
        lines += [
            "",
            "  Try it:",
            f"    curl {base}/services -H 'authorization:bearer {sample}'",
            f"    curl {base}/requests -H 'authorization:bearer {sample}' \\",
            f"      -d '{json.dumps(SAMPLE_ORDER)}'",
            f"    curl {base}/records/services -H 'authorization:bearer {sample}'",
            "",
        ]
        return "\n".join(lines)


def make_database() -> None:
    """Make the database what this version needs.

    Raises:
        CommandError: it cannot be used.
    """
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except Error as error:
        reason = str(error).partition("\n")[0]
        raise CommandError(
            f"The database (DATABASE_URL) is {database()}. It cannot be used: {reason}"
        ) from error


def database() -> str:
    """Say which database is used, without its password."""
    given = settings.DATABASES["default"]
    if connection.vendor == "sqlite":
        return f"SQLite, {given['NAME']}"
    host = given["HOST"] or "this machine"
    port = f", port {given['PORT']}" if given["PORT"] else ""
    return f'PostgreSQL, "{given["NAME"]}" on {host}{port}, as user "{given["USER"]}"'


def admin_user(env: Env) -> tuple[User, str | None]:
    """Return the admin user, made if there is none, and his password if it was made up now.

    A password that the environment gives is set also on a user that is there.
    """
    name = env.str("GATEKEEPER_ADMIN_USER", "") or "admin"
    given = env.str("GATEKEEPER_ADMIN_PASSWORD", "")
    user = User.objects.filter(username=name).first()
    if user is None:
        password = given or secrets.token_urlsafe(12)
        user = User.objects.create_superuser(username=name, password=password)
        write_audit_entry(action="create", instance=user, after=user_snapshot(user))
        return user, None if given else password
    if given and not user.check_password(given):
        user.set_password(given)
        user.save(update_fields=["password"])
        note_new_password(user=user)
    return user, None


def admin_token(env: Env, user: User) -> str | None:
    """Make the admin's token if he has none, and return it if it was made up now.

    Raises:
        CommandError: the environment gives one that is too short.
    """
    given = env.str("GATEKEEPER_ADMIN_TOKEN", "")
    if given:
        if len(given) < MIN_TOKEN_LENGTH:
            raise CommandError(
                f"GATEKEEPER_ADMIN_TOKEN has {len(given)} characters; it needs "
                f"{MIN_TOKEN_LENGTH} or more."
            )
        if not Token.objects.filter(digest=digest_of(given)).exists():
            create_token(user=user, role=Role.ADMIN, token=given)
        return None
    made = Token.objects.filter(user=user, role=Role.ADMIN, login_digest="")
    if made.filter(revoked_at=None).exists():
        return None
    return create_token(user=user, role=Role.ADMIN)
