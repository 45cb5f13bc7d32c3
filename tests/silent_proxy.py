"""A way to a server that can fall silent, as a network does, without breaking a connection."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class SilentProxy:
    """Passes bytes on between its clients and a port, or a Unix socket, while it `is_open`."""

    def __init__(self, upstream: int | str) -> None:
        self.upstream = upstream
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.sockets: list[socket.socket] = [self.listener]
        self.is_open = threading.Event()
        self.is_open.set()
        threading.Thread(target=self.accept, daemon=True).start()

    @property
    def port(self) -> int:
        port: int = self.listener.getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        if isinstance(self.upstream, int):
            return socket.create_connection(("127.0.0.1", self.upstream))
        server = socket.socket(socket.AF_UNIX)
        server.connect(self.upstream)
        return server

    def accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = self.connect()
                self.sockets += [client, server]
                for source, target in ((client, server), (server, client)):
                    threading.Thread(
                        target=self.pass_on, args=(source, target), daemon=True
                    ).start()

    def pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                self.is_open.wait()
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def fall_silent(self) -> None:
        self.is_open.clear()

    def speak(self) -> None:
        self.is_open.set()

    def close(self) -> None:
        for each in self.sockets:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        self.is_open.set()


@contextmanager
def silent_proxy(upstream: int | str) -> Iterator[SilentProxy]:
    proxy = SilentProxy(upstream)
    try:
        yield proxy
    finally:
        proxy.close()
