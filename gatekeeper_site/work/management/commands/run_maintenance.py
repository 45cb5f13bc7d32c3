"""`manage.py run_maintenance KEY`: what an admin has asked for; `run_worker` starts it."""

import io
import logging
import os
import signal
import threading
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from gatekeeper_site.work.maintenance import (
    MAX_OUTPUT_LENGTH,
    PARENT_VARIABLE,
    end_if_open,
)
from gatekeeper_site.work.models import MaintenanceRun
from gatekeeper_site.work.parent_death import die_with_parent

KEPT_EVERY_SECONDS = 1

logger = logging.getLogger(__name__)


class Output(io.TextIOBase):
    """What a command says, kept in its row, where its page shows it."""

    def __init__(self, key: int) -> None:
        """Begin with nothing."""
        self.key = key
        self.text = self.kept = ""
        self.is_over = threading.Event()

    def write(self, text: str) -> int:
        """Take a text."""
        self.text = (self.text + text)[-MAX_OUTPUT_LENGTH:]
        return len(text)

    def keep(self) -> None:
        """Write all of it into the row."""
        self.kept = self.text
        MaintenanceRun.objects.filter(pk=self.key).update(output=self.kept)

    def keep_on(self) -> None:
        """Write it now and then, beside whatever the command does, until it is over."""
        while not self.is_over.wait(KEPT_EVERY_SECONDS):
            if self.kept != self.text:
                self.keep()
        connection.close()


class Command(BaseCommand):
    """Not for use by hand: nothing watches it."""

    help = "Run the command of a row and keep what it says; started by run_worker, which see."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the key of the row."""
        parser.add_argument("key", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command, and note how it has ended.

        Raises:
            CommandError: somebody has started it by hand.
        """
        if PARENT_VARIABLE not in os.environ:
            raise CommandError("An admin asks for it in the admin; run_worker starts it.")
        die_with_parent(int(os.environ[PARENT_VARIABLE]), signal.SIGTERM)
        run = MaintenanceRun.objects.get(pk=options["key"])
        output = Output(run.pk)
        outcome = MaintenanceRun.Outcome.FAILED
        keeper = threading.Thread(target=output.keep_on)
        keeper.start()
        try:
            call_command(run.command, *run.arguments, stdout=output, stderr=output)
        except CommandError as error:
            output.write(f"{error}\n")
        except Exception:
            logger.exception("%s failed", run)
            output.write("It failed by a fault of Gatekeeper's own: see the worker's log.\n")
        else:
            outcome = MaintenanceRun.Outcome.DONE
        finally:
            output.is_over.set()
            keeper.join()
        output.keep()
        run.refresh_from_db(fields=["is_to_stop"])
        if run.is_to_stop:
            # Some commands end in order when they are told to.
            outcome = MaintenanceRun.Outcome.STOPPED
        end_if_open(run.pk, outcome)
