"""The web's connections and threads, served in this process, with an application to look at."""

import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from django.db import connection

from gatekeeper_site.web.adapter import in_threads
from gatekeeper_site.web.worker import Worker
from tests.processes import WAIT_SECONDS

MAX_BODY = 1000
HELD = 4711
BIG = b"0123456789abcdef" * 500_000

HoldingUp = Callable[[], AbstractContextManager[None]]


class Application:
    """Answers a call with what it was told of it, and remembers; /big, /wait, … do as they say."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        self.begun = threading.Event()
        self.may_end = threading.Event()
        self.closed = threading.Event()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        body = environ["wsgi.input"].read()
        told = {name: value for name, value in environ.items() if isinstance(value, str)}
        self.calls.append(told | {"body": body.decode("latin-1")})
        match environ["PATH_INFO"]:
            case "/big":
                start_response("200 OK", [("Content-Length", str(len(BIG)))])
                return [BIG]
            case "/parts":
                start_response("200 OK", [("Content-Type", "text/plain")])
                return self.parts()
            case "/nothing":
                start_response("304 Not Modified", [("ETag", '"1"')])
                return []
            case "/fails":
                raise RuntimeError("on purpose")
            case "/wait":
                self.begun.set()
                assert self.may_end.wait(WAIT_SECONDS)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [json.dumps(self.calls[-1]).encode()]

    def parts(self) -> Iterable[bytes]:
        try:
            for _ in range(3):
                yield b"part "
        finally:
            self.closed.set()


class Caller:
    """A connection to the server that says what it is told to, byte by byte if need be."""

    def __init__(self, port: int, received_at_once: int = 0) -> None:
        self.opened = time.monotonic()
        self.socket = socket.socket()
        if received_at_once:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received_at_once)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(WAIT_SECONDS)

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def hear(self, size: int = 65536) -> bytes:
        return self.socket.recv(size)

    def hear_all(self, saying: bytes = b"") -> bytes:
        """Return all that comes until the server closes; say something again and again."""
        heard = b""
        if saying:
            self.socket.settimeout(0.05)
        while time.monotonic() - self.opened < WAIT_SECONDS:
            try:
                if saying:
                    self.socket.sendall(saying)
                data = self.socket.recv(1 << 20)
            except TimeoutError:
                continue
            except ConnectionError:
                return heard
            if not data:
                return heard
            heard += data
        raise AssertionError(f"The server has not closed the connection; it said {heard[:200]!r}")

    def closed_after(self, saying: bytes = b"") -> float:
        """Return how many seconds after `opened` the server closed the connection, unheard."""
        assert self.hear_all(saying) == b""
        return time.monotonic() - self.opened

    def is_cut_off(self) -> bool:
        """Return whether the server has given the connection up, whatever is still to be heard."""
        poll = select.poll()
        poll.register(self.socket, 0)  # what is left is POLLERR and POLLHUP
        return bool(poll.poll(0))

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of the next answer."""
        heard = b""
        while b"\r\n\r\n" not in heard:
            data = self.hear(1)
            assert data, heard
            heard += data
        line, *lines = heard.decode("latin-1").strip().split("\r\n")
        headers = dict(each.split(": ", 1) for each in lines)
        body = b""
        while len(body) < int(headers.get("content-length", 0)):
            data = self.hear(int(headers["content-length"]) - len(body))
            assert data
            body += data
        return int(line.split()[1]), headers, body


@dataclass
class Server:
    """Serves what a test puts in as its application, with one thread for calls."""

    port: int
    application: Application | None = None
    # Those that the server has now.
    connections: Sized = ()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        assert self.application is not None
        return self.application(environ, start_response)


@pytest.fixture
def holding_up(db: None) -> HoldingUp:
    """Return what has statements wait that want the advisory lock HELD, in PostgreSQL."""
    connection.ensure_connection()
    own = connection.connection

    @contextmanager
    def hold() -> Iterator[None]:
        with own.cursor() as cursor:
            cursor.execute("SAVEPOINT held; SELECT pg_advisory_xact_lock(%s)", [HELD])
            yield
            cursor.execute("ROLLBACK TO SAVEPOINT held")

    return hold


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    served = Server(listener.getsockname()[1])
    asgi = in_threads(served, threads=1, max_body_bytes=MAX_BODY)
    running = uvicorn.Server(uvicorn.Config(asgi, log_config=None, **Worker.CONFIG_KWARGS))
    served.connections = running.server_state.connections
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]})
    thread.start()
    yield served
    running.should_exit = True
    thread.join(WAIT_SECONDS)
    assert not thread.is_alive()


@pytest.fixture
def application(server: Server) -> Application:
    server.application = Application()
    return server.application


@pytest.fixture
def callers(server: Server, application: Application) -> Iterator[Callable[..., Caller]]:
    """A function that connects to the server."""
    opened: list[Caller] = []

    def connect(**options: Any) -> Caller:
        opened.append(Caller(server.port, **options))
        return opened[-1]

    yield connect
    application.may_end.set()
    for caller in opened:
        caller.socket.close()
