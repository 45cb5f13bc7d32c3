"""`manage.py check_vlan_pools [--repair]`: compares counters and bitmaps with the allocations."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gatekeeper_site.core.registry import SETTINGS
from ha_app.services import check_capacity


class Command(BaseCommand):
    """Prints each difference; fails if there is one that was not repaired."""

    help = (
        "Compare every HA interface's VLAN bitmap and all counters with the allocations they "
        "stand for. Callers wait for the moment in which their HA router is compared."
    )
    requires_system_checks = [SETTINGS]

    def add_arguments(self, parser: CommandParser) -> None:
        """Take --repair."""
        parser.add_argument("--repair", action="store_true", help="rebuild what differs")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compare.

        Raises:
            CommandError: something differs and was not repaired (exit code 1).
        """
        unrepaired = 0
        for difference in check_capacity(repair=options["repair"]):
            self.stdout.write(str(difference))
            unrepaired += not difference.is_repaired
        if unrepaired:
            raise CommandError(f"Not repaired: {unrepaired}.")
