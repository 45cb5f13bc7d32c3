"""A customer's system: a server that keeps what callbacks tell it, and answers as it is told to."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(frozen=True)
class Received:
    """A callback that arrived."""

    path: str
    delivery_id: str
    signature: str | None
    content_type: str | None
    body: bytes
    at: float = field(default_factory=time.monotonic)

    @property
    def request(self) -> dict[str, Any]:
        """The request, as it is told."""
        told: dict[str, Any] = json.loads(self.body)
        return told


class Receiver(ThreadingHTTPServer):
    """A running server. `answer` is called with each callback; what it returns is the status."""

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, answer: Callable[[Received], int]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer = answer
        self.received: list[Received] = []

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/changes"

    def statuses(self) -> list[str]:
        """Return the requests' statuses that were told, in the order of their arrival."""
        return [each.request["status"] for each in self.received]

    def ids(self) -> list[str]:
        return [each.delivery_id for each in self.received]


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received = Received(
            path=self.path,
            delivery_id=self.headers["X-Gatekeeper-Delivery"],
            signature=self.headers["X-Gatekeeper-Signature"],
            content_type=self.headers["Content-Type"],
            body=body,
        )
        self.server.received.append(received)
        self.send_response(self.server.answer(received))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_request(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def receiving(answer: Callable[[Received], int] = lambda received: 200) -> Iterator[Receiver]:
    """Run a receiver."""
    with Receiver(answer) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def failing(times: int, status: int = 500) -> Callable[[Received], int]:
    """Return an answer that is a failure so many times, and then 200."""
    left = [status] * times
    return lambda received: left.pop() if left else 200
