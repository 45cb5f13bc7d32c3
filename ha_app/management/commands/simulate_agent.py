"""`manage.py simulate_agent`: plays the agents, for demonstrations and tests."""

import signal
import threading
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gatekeeper_site.core.registry import SETTINGS
from ha_app.etcd.agent import MODES, Manner, play
from ha_app.etcd.client import EtcdClient

STOP_SECONDS = 4
LONGEST_DELAY = 86400


class Command(BaseCommand):
    """Not for use beside real agents: both would answer."""

    help = "Answer each change in etcd as the agents would, until SIGTERM or SIGINT."
    requires_system_checks = [SETTINGS]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        usual = Manner()
        parser.add_argument(
            "--delay",
            type=float,
            default=usual.delay,
            metavar="SECONDS",
            help="from a change to its answer; %(default)s if left out",
        )
        parser.add_argument(
            "--error", default=usual.error, metavar="TEXT", help="let each change fail, saying so"
        )
        parser.add_argument(
            "--mode",
            choices=MODES,
            default=usual.mode,
            help="; ".join(f"{mode}: {meaning}" for mode, meaning in MODES.items()),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer.

        Raises:
            CommandError: there is no etcd, or an option makes no sense.
        """
        if not settings.ETCD_ENDPOINTS:
            raise CommandError("There is no etcd to answer in: set ETCD_ENDPOINTS=http://host:port")
        delay = options["delay"]
        if not 0 <= delay <= LONGEST_DELAY:
            raise CommandError(f"--delay must be from 0 to {LONGEST_DELAY} s, not {delay:g}.")
        stop = threading.Event()

        def end(number: int, frame: FrameType | None) -> None:
            stop.set()
            # A call that etcd leaves unanswered would take longer, and nothing is lost with it.
            signal.alarm(STOP_SECONDS)

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        client = EtcdClient()
        play(client, Manner(delay, options["error"], options["mode"]), stop)
        client.close()
