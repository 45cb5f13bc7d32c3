"""`manage.py run_cluster`: the task cluster of one worker; `run_worker` starts it."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gatekeeper_site.work import cluster


class Command(BaseCommand):
    """Not for use by hand: nothing replaces it when it ends."""

    help = "Run django-q's processes; started by run_worker, which see."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name, which is there to be seen: django-q reads it from the environment."""
        parser.add_argument("name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until SIGTERM.

        Raises:
            CommandError: somebody has started it by hand.
        """
        if cluster.PARENT_VARIABLE not in os.environ:
            raise CommandError("Start run_worker, which starts this and looks after it.")
        cluster.run()
