"""`manage.py reconcile_etcd [--dry-run|--repair]`: compares etcd with the database."""

from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gatekeeper_site.core.registry import SETTINGS
from ha_app.etcd import comparison, reconcile
from ha_app.etcd.client import EtcdClient, EtcdRefused, EtcdUnavailable
from ha_app.etcd.leader import LeadershipLostError


class Command(BaseCommand):
    """Prints each difference; fails if there is one that was not repaired."""

    help = (
        "Compare /config in etcd, and the agents' answers, with the database. What is on its way "
        "is waited for, and no difference."
    )
    requires_system_checks = [SETTINGS]

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --dry-run, which is the default, or --repair."""
        mode = parser.add_mutually_exclusive_group()
        mode.add_argument("--dry-run", action="store_true", help="only print (the default)")
        mode.add_argument("--repair", action="store_true", help="put right what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare.

        Raises:
            CommandError: something differs and was not repaired (exit code 1), or etcd is away.
        """
        if not settings.ETCD_ENDPOINTS:
            raise CommandError("ETCD_ENDPOINTS is empty: there is no etcd to compare with.")
        client = EtcdClient()
        try:
            left = self.reconcile(client, must_repair=options["repair"])
        except (EtcdUnavailable, EtcdRefused, LeadershipLostError) as error:
            raise CommandError(str(error)) from error
        finally:
            client.close()
        if left:
            raise CommandError(f"Differences: {left}.")
        self.stdout.write("etcd and the database agree.")

    def reconcile(self, client: EtcdClient, *, must_repair: bool) -> int:
        """Print each difference; return how many are left."""
        found = 0
        differences = comparison.compare(client)
        while batch := list(islice(differences, comparison.BATCH)):
            for difference in batch:
                self.stdout.write(str(difference))
            found += len(batch)
            if must_repair:
                reconcile.repair(client, batch)
        if not (found and must_repair):
            return found
        left = 0
        for difference in comparison.compare(client):
            self.stdout.write(f"not repaired: {difference}")
            left += 1
        if not left:
            self.stdout.write(f"Repaired: {found}.")
        return left
