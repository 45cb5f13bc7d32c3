"""`manage.py purge_audit --older-than DAYS`: forgets old entries of the audit."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gatekeeper_site.core import clock
from gatekeeper_site.core.audit.services import purge

MAX_DAYS = 36_500


class Command(BaseCommand):
    """Prints how many entries there were. For a daily job; stopped, it goes on where it was."""

    help = "Delete the entries of the audit that are older than so many days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the option."""
        parser.add_argument(
            "--older-than", type=float, required=True, metavar="DAYS", help="1 to 36500"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete them.

        Raises:
            CommandError: the number of days makes no sense.
        """
        days = options["older_than"]
        if not 1 <= days <= MAX_DAYS:
            raise CommandError(f"--older-than must be from 1 to {MAX_DAYS} days, not {days:g}.")
        before = clock.now() - timedelta(days=days)
        number = sum(purge(before=before))
        self.stdout.write(f"{number} entries of before {clock.iso_z(before)} are deleted.")
