"""`manage.py run_cluster`: the task cluster of one worker; `run_worker` starts it."""

from typing import Any

from django.core.management.base import BaseCommand

from gatekeeper_site.core import cluster


class Command(BaseCommand):
    """Not for use by hand: nothing replaces it when it ends."""

    help = "Run django-q's processes; started by run_worker, which see."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM."""
        cluster.run()
