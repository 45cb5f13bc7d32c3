"""Receivers of callbacks, on this machine, that answer as badly as any out there."""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

Behaviour = Callable[[socket.socket], None]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@dataclass
class NastyServer:
    """A listening port, and the requests that came in whole (headers and body)."""

    host: str
    port: int
    connections: int = 0
    requests: list[bytes] = field(default_factory=list)
    names_asked_for: list[str | None] = field(default_factory=list)  # TLS: server name indication

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"


@contextmanager
def nasty_server(
    *behaviours: Behaviour | bytes,
    host: str = "127.0.0.1",
    port: int = 0,
    certificate: Path | None = None,
) -> Iterator[NastyServer]:
    """Serve each connection by the next behaviour, and by the last one from then on.

    Bytes are an answer to a request that is read whole, after which the connection is closed. With
    a certificate (and its key, in one file) it speaks TLS.
    """
    listener = socket.create_server((host, port))
    server = NastyServer(host, listener.getsockname()[1])
    open_sockets = [listener]
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        context.sni_callback = lambda _, name, __: server.names_asked_for.append(name)

    def serve(connection: socket.socket, behaviour: Behaviour | bytes) -> None:
        # The gatekeeper leaves when it likes.
        with suppress(OSError):
            if context:
                connection = context.wrap_socket(connection, server_side=True)
                open_sockets.append(connection)
            if isinstance(behaviour, bytes):
                server.requests.append(read_request(connection))
                connection.sendall(behaviour)
                connection.close()
            else:
                behaviour(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                behaviour = behaviours[min(server.connections, len(behaviours) - 1)]
                server.connections += 1
                open_sockets.append(connection)
                threading.Thread(target=serve, args=(connection, behaviour), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield server
    finally:
        for each in open_sockets:
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)
            each.close()


def read_request(connection: socket.socket) -> bytes:
    """Return a request with its body, if any, of which Content-Length tells the size."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += received(connection)
    head, _, body = read.partition(b"\r\n\r\n")
    lines = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    while len(body) < int(lines.get(b"content-length", b"0")):
        body += received(connection)
    return head + b"\r\n\r\n" + body


def received(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionResetError("the request ended before its end")
    return data


def redirect(location: str, status: int = 302) -> bytes:
    return (
        f"HTTP/1.1 {status} Elsewhere\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    )


# Behaviours


def falls_silent(connection: socket.socket) -> None:
    """Take everything and answer nothing."""
    while connection.recv(65536):
        pass


def closes_at_once(connection: socket.socket) -> None:
    connection.close()


def closes_after_request(connection: socket.socket) -> None:
    read_request(connection)
    connection.close()


def resets(connection: socket.socket) -> None:
    """Break the connection off with an RST."""
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def repeats(start: bytes, again: bytes, pause: float = 0) -> Behaviour:
    """Return a behaviour that answers with the start, then the rest over and over, for ever."""

    def behaviour(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(start)
        while True:
            connection.sendall(again)
            time.sleep(pause)

    return behaviour


def answers_and_waits(answer: bytes) -> Behaviour:
    """Return a behaviour that answers and then neither goes on nor closes."""

    def behaviour(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(answer)
        falls_silent(connection)

    return behaviour
