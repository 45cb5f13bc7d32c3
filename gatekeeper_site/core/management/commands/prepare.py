"""`manage.py prepare`: makes a data directory ready to run, and says how to try it."""

import json
import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from environs import Env

from gatekeeper_site.core.access.models import Role, Token
from gatekeeper_site.core.access.services import create_token, digest_of, user_snapshot
from gatekeeper_site.core.audit.services import record

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

    def handle(self, *args: Any, **options: Any) -> None:
        """Prepare everything.

        Raises:
            CommandError: the environment gives a token that is too short.
        """
        env = Env()
        call_command("migrate", interactive=False, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_demo")
        with transaction.atomic():
            user, password = admin_user(env)
            token = admin_token(env, user)
        self.stdout.write(self.welcome(user, password, token, env.int("PORT", 8000)))

    def welcome(self, user: User, password: str | None, token: str | None, port: int) -> str:
        """Return where to look, and the secrets that were made up, this once."""
        base = f"http://localhost:{port}"
        lines = [
            "",
            f"  Gatekeeper keeps its data in {settings.DATA_DIR}",
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
        record(action="create", instance=user, after=user_snapshot(user))
        return user, None if given else password
    if given and not user.check_password(given):
        user.set_password(given)
        user.save(update_fields=["password"])
        record(action="set_password", instance=user)
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
    if Token.objects.filter(user=user, role=Role.ADMIN, revoked_at=None).exists():
        return None
    return create_token(user=user, role=Role.ADMIN)
