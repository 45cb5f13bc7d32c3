"""`manage.py purge --older-than DAYS`: forgets what is old."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import QuerySet

from gatekeeper_site.core import clock, registry
from gatekeeper_site.core.retention import forget

MAX_DAYS = 36_500
AUDIT = "audit_entries"
RECORDS = "service_records"
SAID_EVERY_ROWS = 50_000


class Command(BaseCommand):
    """Prints how many there were of each. For a daily job; stopped, it goes on where it was."""

    help = "Delete what ended or happened more than so many days ago (docs/operations.md)."
    requires_system_checks = [registry.SETTINGS]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--older-than", type=float, required=True, metavar="DAYS", help="1 to 36500"
        )
        parser.add_argument(
            "--audit-older-than", type=float, metavar="DAYS", help="for the audit, if others"
        )
        parser.add_argument(
            "--records", action="store_true", help="also records of terminated services"
        )
        parser.add_argument("--dry-run", action="store_true", help="only count")

    def handle(self, *args: Any, **options: Any) -> None:
        """Delete or count.

        Raises:
            CommandError: the number of days makes no sense.
        """
        before = moment_before("--older-than", options["older_than"])
        moments = dict.fromkeys(registry.retention, before)
        if options["audit_older_than"] is not None:
            moments[AUDIT] = moment_before("--audit-older-than", options["audit_older_than"])
        if not options["records"]:
            del moments[RECORDS]
        for kind, moment in moments.items():
            old = registry.retention[kind](moment)
            noun = kind.replace("_", " ")
            number = old.count() if options["dry_run"] else self.forgotten(old, noun)
            done = "would be deleted" if options["dry_run"] else "deleted"
            self.stdout.write(f"{number} {noun} of before {clock.iso_z(moment)} {done}")

    def forgotten(self, old: QuerySet[Any], noun: str) -> int:
        """Delete rows; return how many there were, and say so meanwhile of very many."""
        number = said = 0
        for count in forget(old):
            number += count
            if number - said >= SAID_EVERY_ROWS:
                said = number
                self.stdout.write(f"{number} {noun} so far")
        return number


def moment_before(option: str, days: float) -> datetime:
    """Return the moment so many days ago.

    Raises:
        CommandError: the number makes no sense.
    """
    if not 1 <= days <= MAX_DAYS:
        raise CommandError(f"{option} must be from 1 to {MAX_DAYS} days, not {days:g}.")
    return clock.now() - timedelta(days=days)
