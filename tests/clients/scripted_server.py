"""A server that answers what it is told to, as what stands in front of ours does, or ours."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias

# Status, headers, body.
Answer: TypeAlias = tuple[int, dict[str, str], bytes]

JSON = {"Content-Type": "application/json"}
PROXY_ALONE = (502, {"Content-Type": "text/html"}, b"<h1>Bad Gateway</h1>")


@contextmanager
def scripted(*answers: Answer) -> Iterator[str]:
    """Give the URL of a server that answers one GET after the other so."""
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = left.pop(0)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def a_restart(before: dict[str, Any], after: dict[str, Any]) -> list[Answer]:
    """Return what is answered about a request that changes while the server is restarted."""
    problem = {"Content-Type": "application/problem+json", "Retry-After": "0"}
    return [
        (200, JSON | {"ETag": '"1"'}, json.dumps(before).encode()),
        (503, problem, b"not at all"),
        (304, {"ETag": '"1"'}, b""),
        PROXY_ALONE,
        (200, JSON | {"ETag": '"2"'}, json.dumps(after).encode()),
    ]
