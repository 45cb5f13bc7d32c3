"""The mirror in etcd: changes a second, how long one takes to get there, and an answer back.

Routers are changed as the services do it: the object and its outbox row in one transaction. When
they arrive, a watch tells. etcd syncs its log to disk, as PostgreSQL does.
"""

import json
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
import psycopg2

from benchmarks.setting import figures, postgres
from tests import etcd_server
from tests.processes import gatekeeper_processes, running, wait_until

if TYPE_CHECKING:
    from ha_app.etcd.client import EtcdClient

ROUTERS = 2000
SINGLE = 200
RATE = 100
SECONDS_OF_LOAD = 20
# How many answers go into one transaction of etcd.
CHUNK = 100
CONFIG = "/config/v2.0/ha_routers/"
STATE = "/state/v2.0/ha_routers/"
ANSWER = b'{"version": %d, "error": "", "state": {"worker_state": "CREATE_COMPLETED"}}'

INSERT_ROUTERS = """
    INSERT INTO ha_app_harouter (id, tenant_id, name, description, status, version, created_at,
        marked_for_deletion, is_monitored, primary_router_id, secondary_router_id,
        maximum_gateways, available_gateways)
    SELECT gen_random_uuid(), '0b576f6f4cbf414f829cd12f008bf08f', '', '', 'ACTIVE', 1, now(),
        false, false, gen_random_uuid(), gen_random_uuid(), 500, 500
    FROM generate_series(1, %s)
"""
INSERT_ENTRIES = """
    INSERT INTO core_outboxentry (object_type, object_id, created_at, error)
    SELECT 'ha_routers', id, now(), '' FROM ha_app_harouter WHERE id = ANY(%s::uuid[])
"""
UPDATE_ROUTERS = "UPDATE ha_app_harouter SET version = version + 1 WHERE id = ANY(%s::uuid[])"
MAKE_PENDING = "UPDATE ha_app_harouter SET status = 'PENDING_CREATE' WHERE id = ANY(%s::uuid[])"
COUNT_ACTIVE = (
    "SELECT count(*) FROM ha_app_harouter WHERE status = 'ACTIVE' AND id = ANY(%s::uuid[])"
)


@contextmanager
def etcd(directory: Path) -> Iterator[etcd_server.EtcdServer]:
    """Run an etcd of its own."""
    etcd_server.OPTIONS = ("--log-level=warn",)
    server = etcd_server.EtcdServer(directory / "etcd")
    server.start()
    try:
        yield server
    finally:
        server.stop()


class Arrivals(threading.Thread):
    """When which version of a router was first seen in etcd, in seconds of `perf_counter`."""

    def __init__(self, client: "EtcdClient") -> None:
        super().__init__(daemon=True)
        self.client = client
        self.is_over = threading.Event()
        self.times: dict[tuple[str, int], float] = {}

    def run(self) -> None:
        """Watch until it is over."""
        for _, events in self.client.watch({CONFIG: 1}, self.is_over):
            now = time.perf_counter()
            for event in events:
                name = event.key.removeprefix(CONFIG), json.loads(event.value or b"")["version"]
                self.times.setdefault(name, now)

    def await_number(self, number: int) -> None:
        """Wait until so many have been seen."""
        wait_until(lambda: len(self.times) >= number, seconds=60, what=f"{number} arrivals")


def change(cursor: Any, router_ids: list[str]) -> float:
    """Change routers in one transaction; return when it began to be committed."""
    cursor.execute(UPDATE_ROUTERS, [router_ids])
    cursor.execute(INSERT_ENTRIES, [router_ids])
    began = time.perf_counter()
    cursor.connection.commit()
    return began


def bulk(cursor: Any, arrivals: Arrivals, router_ids: list[str]) -> float:
    """Return how many seconds it takes to mirror all routers, changed at once."""
    seen = len(arrivals.times)
    began = change(cursor, router_ids)
    arrivals.await_number(seen + len(router_ids))
    return max(arrivals.times.values()) - began


def one_by_one(cursor: Any, arrivals: Arrivals, router_ids: list[str]) -> list[float]:
    """Return how long each change takes to get to etcd, when nothing else goes on."""
    seconds = []
    for router_id in router_ids:
        seen = len(arrivals.times)
        # At any moment between two looks of the mirror.
        time.sleep(random.uniform(0, 0.1))
        began = change(cursor, [router_id])
        arrivals.await_number(seen + 1)
        seconds.append(max(arrivals.times.values()) - began)
    return seconds


def under_load(cursor: Any, arrivals: Arrivals, router_ids: list[str]) -> list[float]:
    """Return how long changes take to get to etcd, of which there are RATE a second."""
    seen = dict(arrivals.times)
    start = time.perf_counter()
    began = {}
    for number, router_id in enumerate(router_ids):
        time.sleep(max(0.0, start + number / RATE - time.perf_counter()))
        began[router_id] = change(cursor, [router_id])
    arrivals.await_number(len(seen) + len(router_ids))
    new = {name[0]: at for name, at in arrivals.times.items() if name not in seen}
    return [new[router_id] - began[router_id] for router_id in router_ids]


def answered(cursor: Any, client: "EtcdClient", versions: dict[str, int]) -> float:
    """Return how many seconds it takes from answers in /state to ACTIVE routers."""
    from ha_app.etcd.client import Put

    cursor.execute(MAKE_PENDING, [list(versions)])
    cursor.connection.commit()
    puts = [Put(f"{STATE}{each}", ANSWER % version) for each, version in versions.items()]
    began = time.perf_counter()
    for start in range(0, len(puts), CHUNK):
        client.commit(puts[start : start + CHUNK])

    while True:
        cursor.execute(COUNT_ACTIVE, [list(versions)])
        [number] = cursor.fetchone()
        cursor.connection.commit()
        if number == len(versions):
            return time.perf_counter() - began
        time.sleep(0.001 if len(versions) == 1 else 0.02)


def measure(cursor: Any, client: "EtcdClient") -> None:
    """Print the figures."""
    arrivals = Arrivals(client)
    arrivals.start()
    cursor.execute(INSERT_ROUTERS, [ROUTERS])
    cursor.execute("SELECT id FROM ha_app_harouter")
    router_ids = [str(router_id) for (router_id,) in cursor.fetchall()]
    bulk(cursor, arrivals, router_ids)

    seconds = bulk(cursor, arrivals, router_ids)
    print(f"\n  {ROUTERS} changes at once: {ROUTERS / seconds:.0f}/s")
    single = one_by_one(cursor, arrivals, router_ids[:SINGLE])
    print(f"  commit to etcd, one at a time  {figures(single)}")
    loaded = under_load(cursor, arrivals, router_ids[: RATE * SECONDS_OF_LOAD])
    print(f"  commit to etcd, {RATE} a second  {figures(loaded)}", flush=True)

    cursor.execute("SELECT id, version FROM ha_app_harouter")
    versions = {str(router_id): version for router_id, version in cursor.fetchall()}
    singles = [answered(cursor, client, {each: versions[each]}) for each in router_ids[:SINGLE]]
    print(f"  /state to ACTIVE, one at a time  {figures(singles)}")
    seconds = answered(cursor, client, versions)
    print(f"  {ROUTERS} answers at once: {ROUTERS / seconds:.0f}/s", flush=True)
    arrivals.is_over.set()
    arrivals.join()


def run() -> None:
    """Start everything, and measure."""
    with postgres() as (directory, database_url), etcd(directory) as server:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "gatekeeper_site.settings",
            "GATEKEEPER_DATA_DIR": str(directory),
            "ETCD_ENDPOINTS": server.url,
        }
        django.setup()
        from ha_app.etcd.client import EtcdClient

        client = EtcdClient()
        with (
            gatekeeper_processes(directory, database_url) as gatekeeper,
            running(gatekeeper.environment, "manage.py", "sync_etcd"),
        ):
            wait_until(lambda: client.get("/gatekeeper/leader"), seconds=30, what="a leader")
            connection = psycopg2.connect(database_url)
            measure(connection.cursor(), client)
            connection.close()
        client.close()
