"""`manage.py create_token`: makes a token, and its user if there is none."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from gatekeeper_site.access.models import Role
from gatekeeper_site.access.services import create_token, user_of_name
from gatekeeper_site.core.registry import SETTINGS
from gatekeeper_site.core.tenants import tenant_validator

SHORTEST_DAYS = 1 / 86400
MAX_DAYS = 36500


class Command(BaseCommand):
    """Prints the token alone on standard output, this once."""

    help = "Make a token and print it; it cannot be shown again."
    requires_system_checks = [SETTINGS]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the contract (http.md, Who may call)."""
        parser.add_argument("--user", required=True, help="made, without a password, if unknown")
        parser.add_argument("--role", required=True, choices=Role.values)
        parser.add_argument("--tenant", default="", help="32 hex digits")
        parser.add_argument("--days", type=float, help="how long it works; for ever if left out")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        """Make the token.

        Raises:
            CommandError: an option makes no sense.
        """
        name = User.normalize_username(options["user"])
        tenant_id, days = options["tenant"].lower(), options["days"]
        check("--user", name, lambda text: User._meta.get_field("username").clean(text, None))
        if tenant_id:
            check("--tenant", tenant_id, tenant_validator)
        if days is not None and not SHORTEST_DAYS <= days <= MAX_DAYS:
            raise CommandError(
                f"--days must be from {SHORTEST_DAYS:.5f} (a second) to {MAX_DAYS}, not {days:g}."
            )
        user = user_of_name(name=name)
        if not user.is_active:
            raise CommandError(
                f"--user {name}: this user is inactive, and a token of his would not work."
            )
        lifetime = timedelta(days=days) if days is not None else None
        token = create_token(
            user=user, role=options["role"], tenant_id=tenant_id, lifetime=lifetime
        )
        self.stdout.write(token)


def check(option: str, value: str, validator: Callable[[str], object]) -> None:
    """Check the value of an option by a model's validator.

    Raises:
        CommandError: it is not valid.
    """
    try:
        validator(value)
    except ValidationError as error:
        raise CommandError(f"{option} {value!r}: {' '.join(error.messages)}") from error
