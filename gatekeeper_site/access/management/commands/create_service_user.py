"""`manage.py create_service_user`: makes a user for a program of SONATA's platform."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError

from gatekeeper_site.access.management.commands.create_token import check
from gatekeeper_site.access.services import create_service_user
from gatekeeper_site.core.registry import SETTINGS
from gatekeeper_site.core.tenants import tenant_validator


class Command(BaseCommand):
    """The password may be short: SONATA's programs have theirs built in."""

    help = "Make a user with a password and the role viewer, for a program that reads."
    requires_system_checks = [SETTINGS]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the contract (requests-and-records.md, SONATA's own paths)."""
        parser.add_argument("--name", required=True, help="as the program calls itself: son-slm")
        parser.add_argument("--password", help="read from standard input if left out")
        parser.add_argument("--tenant", default="", help="whose objects it reads: 32 hex digits")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the user.

        Raises:
            CommandError: an option makes no sense, or there is such a user.
        """
        name, tenant_id = User.normalize_username(options["name"]), options["tenant"].lower()
        check("--name", name, lambda text: User._meta.get_field("username").clean(text, None))
        if tenant_id:
            check("--tenant", tenant_id, tenant_validator)
        password = options["password"]
        if password is None:
            password = typed_password()
        try:
            password.encode()
        except UnicodeEncodeError as error:
            raise CommandError("The password is not in UTF-8.") from error
        if not password:
            raise CommandError("The password is empty: nobody is made.")
        try:
            create_service_user(name=name, password=password, tenant_id=tenant_id)
        except IntegrityError as error:
            raise CommandError(
                f"There is a user {name} already; `manage.py changepassword {name}` sets a new "
                "password."
            ) from error
        whose = f"tenant {tenant_id}" if tenant_id else "no tenant"
        self.stdout.write(f"{name} may log in, and reads what is of {whose}.")


def typed_password() -> str:
    """Return the first line of standard input, not shown if a person types it.

    Raises:
        CommandError: there is none.
    """
    try:
        if sys.stdin.isatty():
            return getpass.getpass()
        return sys.stdin.readline().removesuffix("\n").removesuffix("\r")
    except (EOFError, KeyboardInterrupt) as error:
        raise CommandError("No password was typed: nobody is made.") from error
    except UnicodeDecodeError as error:
        raise CommandError("The password is not in UTF-8.") from error
