"""`manage.py callback_sink`: receives callbacks and shows them, to try them out."""

import hmac
import json
import signal
import time
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gatekeeper_site.core import clock
from gatekeeper_site.core.registry import SETTINGS
from gatekeeper_site.webhooks import signature

MAX_BODY = 1024 * 1024
FAILURE = 500


class Sink(ThreadingHTTPServer):
    """What the receivers of single deliveries share."""

    def __init__(
        self, place: tuple[str, int], show: Callable[[str], None], options: dict[str, Any]
    ) -> None:
        super().__init__(place, Receiver)
        self.lock = Lock()
        self.show = show
        self.status: int = options["status"]
        self.delay: float = options["delay"]
        self.failures_left: int = options["fail_first"]


class Receiver(BaseHTTPRequestHandler):
    """Shows one delivery and answers it."""

    server: Sink
    timeout = 10

    def do_POST(self) -> None:
        """Take the delivery in."""
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            self.send_error(411)
            return
        if int(length) > MAX_BODY:
            self.send_error(413)
            return
        body = self.rfile.read(int(length))
        with self.server.lock:
            fails = self.server.failures_left > 0
            self.server.failures_left -= fails
            status = FAILURE if fails else self.server.status
            self.server.show(self.block(body, status))
        time.sleep(self.server.delay)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def block(self, body: bytes, status: int) -> str:
        """Return what is shown of the delivery, in ASCII: what is sent here may hold anything."""
        try:
            content = json.dumps(json.loads(body), indent=2)
        except (ValueError, RecursionError):
            content = f"not JSON: {body!r}"
        return (
            f"{clock.now().isoformat(timespec='seconds')} POST {in_ascii(self.path)}\n"
            f"delivery:  {in_ascii(self.headers.get('X-Gatekeeper-Delivery', ''))}\n"
            f"signature: {self.judged_signature(body)}\n"
            f"answered:  {status}\n"
            f"{content}\n"
        )

    def judged_signature(self, body: bytes) -> str:
        """Say whether the signature is that of the body."""
        sent, expected = self.headers.get("X-Gatekeeper-Signature"), signature(body)
        if expected is None:
            return "not checked: CALLBACK_SECRET is not set here"
        if sent is None:
            return "missing"
        is_right = hmac.compare_digest(sent.encode("latin-1"), expected.encode())
        return "right" if is_right else "wrong"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing: the block has said it."""


def in_ascii(text: str) -> str:
    """Return the text with everything but printable ASCII escaped."""
    return "".join(each if " " <= each <= "~" else ascii(each)[1:-1] for each in text)


class Command(BaseCommand):
    """Prints one block for each delivery."""

    help = (
        "Receive callbacks and show them, until SIGTERM or SIGINT. The gatekeeper calls this "
        "machine only with CALLBACK_ALLOWED_NETWORKS=127.0.0.0/8."
    )
    requires_system_checks = [SETTINGS]

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare where it listens and how it answers."""
        parser.add_argument("--port", type=int, default=9000, help="9000 if left out; 0: any")
        parser.add_argument("--address", default="127.0.0.1", help="127.0.0.1 if left out")
        parser.add_argument("--status", type=int, default=200, help="of its answers")
        parser.add_argument("--delay", type=float, default=0, help="seconds before each answer")
        parser.add_argument(
            "--fail-first", type=int, default=0, help=f"how many are answered {FAILURE} at first"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Receive.

        Raises:
            CommandError: an option makes no sense, or the port is not to be had.
        """
        if not 200 <= options["status"] <= 599:
            raise CommandError(f"--status must be from 200 to 599, not {options['status']}.")
        if not 0 <= options["port"] <= 65535:
            raise CommandError(f"--port must be from 0 to 65535, not {options['port']}.")
        for name in ("delay", "fail_first"):
            if not 0 <= options[name] <= 86400:
                written = name.replace("_", "-")
                raise CommandError(f"--{written} must be from 0 to 86400, not {options[name]}.")
        place = (options["address"], options["port"])
        try:
            sink = Sink(place, self.show, options)
        except (OSError, TypeError, UnicodeError) as error:
            # Of what can be no host's name, the encoding fails.
            raise CommandError(f"Cannot listen on {place[0]}:{place[1]}: {error}") from error
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with sink, suppress(KeyboardInterrupt):
            self.show(f"listening on http://{place[0]}:{sink.server_port}")
            sink.serve_forever()

    def show(self, text: str) -> None:
        """Print the text at once, also into a pipe."""
        self.stdout.write(text)
        self.stdout.flush()
