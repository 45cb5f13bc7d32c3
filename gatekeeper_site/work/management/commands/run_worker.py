"""`manage.py run_worker`: runs tasks, and looks for rows whose time has come."""

from typing import Any

from django.core.management.base import BaseCommand

from gatekeeper_site.core.registry import SETTINGS
from gatekeeper_site.work import supervisor


class Command(BaseCommand):
    """Several may run, on any number of machines."""

    help = "Run tasks and sweeps until SIGTERM or SIGINT."
    requires_system_checks = [SETTINGS]

    def handle(self, *args: Any, **options: Any) -> None:
        """Supervise."""
        supervisor.run()
