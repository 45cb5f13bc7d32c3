"""A request's way from POST to READY, and how many one worker process moves end to end."""

import json
import time

import psycopg2

from benchmarks.setting import call, figures, in_parallel, postgres
from tests.processes import Gatekeeper, gatekeeper_processes, wait_until

SERVICE = "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"
ORDER = {"service_uuid": SERVICE, "ingresses": [], "egresses": []}
SINGLE = 30
LOAD = 1000


def post_to_ready(server: Gatekeeper) -> float:
    """Return how many seconds one request took, seen from outside."""
    started = time.perf_counter()
    location = call(server, "POST", "/requests", ORDER)[1]["Location"]
    path = location.removeprefix(server.url)
    while json.loads(call(server, "GET", path)[2])["status"] != "READY":
        time.sleep(0.005)
    return time.perf_counter() - started


def run() -> None:
    """Print the figures."""
    with (
        postgres() as (directory, database_url),
        gatekeeper_processes(directory, database_url, SIMULATOR_STEP_SECONDS="0") as server,
    ):
        seconds_each = [post_to_ready(server) for _ in range(SINGLE)]
        print(f"\nPOST to READY, one at a time: {figures(seconds_each)}")

        connection = psycopg2.connect(database_url)
        connection.autocommit = True
        cursor = connection.cursor()

        def ready() -> int:
            cursor.execute("SELECT count(*) FROM requests_app_request WHERE status = 'READY'")
            return int(cursor.fetchone()[0])

        started = time.perf_counter()
        posting = in_parallel(
            lambda: call(server, "POST", "/requests", ORDER), times=LOAD, clients=8
        )
        wait_until(lambda: ready() == LOAD + SINGLE, seconds=300, what="all requests READY")
        seconds = time.perf_counter() - started
        print(
            f"{LOAD} requests posted by 8 clients in {posting:.1f} s ({LOAD / posting:.0f}/s), all "
            f"READY after {seconds:.1f} s: {LOAD / seconds:.0f} requests/s end to end, one worker"
        )
