"""`manage.py run_worker`: runs tasks, and looks for rows whose time has come."""

from typing import Any

from django.core.management.base import BaseCommand

from gatekeeper_site.work import supervisor


class Command(BaseCommand):
    """Several may run, on any number of machines."""

    help = "Run tasks and sweeps until SIGTERM or SIGINT."

    def handle(self, *args: Any, **options: Any) -> None:
        """Supervise."""
        supervisor.run()
