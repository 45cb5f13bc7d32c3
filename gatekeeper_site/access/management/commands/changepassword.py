"""`manage.py changepassword [USER]`: Django's, with what goes with a new password here."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User
from django.core.management.base import CommandError

from gatekeeper_site.access.services import note_new_password


class Command(changepassword.Command):
    """Asks for the password twice; it takes the place of Django's command of this name."""

    help = "Set a user's password, also instead of a lost one, and end his logins by token."

    def handle(self, *args: Any, **options: Any) -> Any:
        """Set the password, then audit it: no transaction is open while a person types.

        Raises:
            CommandError: there is no such user, or no good password was typed.
        """
        options["username"] = options["username"] or getpass.getuser()
        try:
            done = super().handle(*args, **options)
        except (EOFError, KeyboardInterrupt) as error:
            raise CommandError("No password was typed: nothing is changed.") from error
        except UnicodeEncodeError as error:
            # An argument in another encoding than the terminal's; no database has such a name.
            raise CommandError(f"user {options['username']!r} does not exist") from error
        note_new_password(user=User.objects.get(username=options["username"]))
        return done
