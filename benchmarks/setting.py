"""What the benchmarks share: a PostgreSQL of their own, a client, and figures of many calls."""

import http.client
import json
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from tests.postgres_server import SETTINGS, PostgresServer
from tests.processes import (
    Gatekeeper,
    new_postgres_database,
    prepared_database,
    prepared_directory,
)

# Unlike the tests, benchmarks pay for what production pays for.
SETTINGS.update({"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"})


@contextmanager
def postgres() -> Iterator[tuple[Path, str]]:
    """Yield a directory and the URL of a prepared database in it."""
    with tempfile.TemporaryDirectory(prefix="gatekeeper-bench-") as name:
        directory = Path(name)
        directory.chmod(0o711)
        server = PostgresServer(directory / f"postgresql-{secrets.token_hex(3)}")
        server.start(database="gatekeeper")
        # The helpers of the tests make their databases beside this one.
        os.environ |= {"DATABASE_URL": server.url("gatekeeper"), "GATEKEEPER_DATA_DIR": name}
        for prepared in (prepared_database, prepared_directory):
            prepared.cache_clear()
        data = directory / "data"
        data.mkdir()
        try:
            with new_postgres_database() as url:
                yield data, url
        finally:
            server.stop()


def call(
    server: Gatekeeper, method: str, path: str, body: object = None
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """Make one call on a connection of its own; return status, headers and body."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    headers = {"Authorization": f"Bearer {server.admin_token}"}
    data = None if body is None else json.dumps(body)
    try:
        connection.request(method, path, data, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


def figures(seconds: list[float]) -> str:
    """Return median and 99th percentile in milliseconds."""
    ordered = sorted(seconds)
    p99 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
    return f"p50 {statistics.median(ordered) * 1000:7.1f} ms   p99 {p99 * 1000:7.1f} ms"


def in_parallel(action: Callable[[], object], *, times: int, clients: int) -> float:
    """Return how many seconds it took several clients to run an action so many times in all."""
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        for future in [pool.submit(action) for _ in range(times)]:
            future.result()
    return time.perf_counter() - started
