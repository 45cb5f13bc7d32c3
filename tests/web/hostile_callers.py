"""500 callers who say nothing, or say it byte by byte, while others want to be served.

By hand, beside `make run`: `python -m tests.web.hostile_callers http://127.0.0.1:8000 [token]`.
"""

import contextlib
import socket
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

SILENT = SLOW_HEADERS = 200
SLOW_BODIES = 100
MAX_SECONDS = 2
CALLS = 20

HEADERS = b"GET /requests HTTP/1.1\r\nHost: gatekeeper\r\nX-Slow: "
BODY = b"POST /requests HTTP/1.1\r\nHost: gatekeeper\r\nContent-Length: 1000000\r\n\r\n{"


@contextmanager
def hostile_callers(url: str) -> Iterator[list[socket.socket]]:
    """Open the connections, and say a byte each second on those that are slow."""
    address = (urlsplit(url).hostname, urlsplit(url).port)
    connections: list[socket.socket] = []
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(1):
            for connection in connections[SILENT:]:
                with contextlib.suppress(OSError):  # closed by the server
                    connection.send(b"a")

    try:
        for begin in [b""] * SILENT + [HEADERS] * SLOW_HEADERS + [BODY] * SLOW_BODIES:
            connections.append(socket.create_connection(address, timeout=60))
            connections[-1].sendall(begin)
        dripping = threading.Thread(target=drip)
        dripping.start()
        yield connections
        ended.set()
        dripping.join()
    finally:
        ended.set()
        for connection in connections:
            connection.close()


def slowest_call(url: str, token: str = "") -> float:
    """Return how long the slowest of some calls took, each on a connection of its own."""
    path = "/requests" if token else "/healthz"
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    seconds = []
    for _ in range(CALLS):
        began = time.monotonic()
        with urllib.request.urlopen(urllib.request.Request(url + path, headers=headers)) as answer:
            answer.read()
        seconds.append(time.monotonic() - began)
    return max(seconds)


def main(url: str, token: str = "") -> int:
    """Say how long others wait; return 1 where that is too long."""
    with hostile_callers(url) as connections:
        time.sleep(1)
        seconds = slowest_call(url, token)
    hostile = len(connections)
    print(f"Beside {hostile} hostile callers, the slowest of {CALLS} calls took {seconds:.3f} s.")
    return int(seconds > MAX_SECONDS)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
