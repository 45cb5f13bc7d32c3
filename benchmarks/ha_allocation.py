"""Gateways a second, through HTTP: on one HA interface and on 16, the pools at 0, 50 and 99 % full.

16 clients create and delete gateways, so that a pool stays as full as it was. Each interface is of
a router of its own. Counted and timed are the creations, each of which is followed by a deletion.
"""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, product
from typing import Any
from uuid import uuid4

import psycopg2

from benchmarks.setting import call, figures, postgres
from tests.processes import Gatekeeper, gatekeeper_processes, manage, wait_until

CLIENTS = 16
INTERFACE_COUNTS = (1, 16)
FILLS = (0, 50, 99)
SECONDS = 5
TENANT = "0b576f6f4cbf414f829cd12f008bf08f"
# 4096 less the two reserved ones; VLAN 1 is the first.
POOL_SIZE = 4094

INSERT_GATEWAYS = """
    INSERT INTO ha_app_gateway (id, tenant_id, name, description, status, version, created_at,
        service_type, ha_router_id, downlink_interface_id, vlan_id, bandwidth, vrf_name)
    SELECT gen_random_uuid(), tenant_id, '', '', 'ACTIVE', 1, now(), 'internet', ha_router_id, id,
        vlan, 0, 'vrf_gw__' || vlan
    FROM ha_app_hainterface, generate_series(1, %s) AS vlan
    WHERE id = ANY(%s::uuid[])
"""
INSERT_ALLOCATIONS = """
    INSERT INTO ha_app_vlanallocation (ha_interface_id, vlan_id, gateway_id)
    SELECT downlink_interface_id, vlan_id, id
    FROM ha_app_gateway WHERE downlink_interface_id = ANY(%s::uuid[])
"""


def send(server: Gatekeeper, method: str, path: str, body: Any = None) -> Any:
    """Make one call that succeeds; return its JSON."""
    status, _, text = call(server, method, path, body)
    if status >= 300:
        raise SystemExit(f"{method} {path} answered {status}: {text.decode()}")
    return json.loads(text) if text else None


def created(server: Gatekeeper, plural: str, **fields: Any) -> dict[str, Any]:
    """Create an object; return it."""
    answer = send(server, "POST", f"/v2.0/{plural}", {"tenant_id": TENANT} | fields)
    shown: dict[str, Any] = next(iter(answer.values()))
    return shown


def new_interface(server: Gatekeeper) -> str:
    """Return the id of an interface that takes gateways, of a router of its own."""
    router = created(
        server,
        "ha_routers",
        primary_router_id=str(uuid4()),
        secondary_router_id=str(uuid4()),
        maximum_gateways=100_000,
    )
    interface = created(
        server,
        "ha_interfaces",
        ha_router_id=router["id"],
        primary_interface_id=str(uuid4()),
        secondary_interface_id=str(uuid4()),
        link_type="downlink",
    )
    path = f"/v2.0/ha_interfaces/{interface['id']}"
    wait_until(
        lambda: send(server, "GET", path)["ha_interface"]["status"] == "ACTIVE",
        seconds=20,
        what="an ACTIVE interface",
    )
    interface_id: str = interface["id"]
    return interface_id


def fill(server: Gatekeeper, database_url: str, interface_ids: list[str], percent: int) -> None:
    """Allocate the lowest VLANs of interfaces, as rows, and have the projections rebuilt."""
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(INSERT_GATEWAYS, [POOL_SIZE * percent // 100, interface_ids])
        cursor.execute(INSERT_ALLOCATIONS, [interface_ids])
    connection.close()
    if percent:
        manage(server.environment, "check_vlan_pools", "--repair")


def create_and_delete(server: Gatekeeper, interface_id: str) -> list[float]:
    """Create and delete gateways for a while; return what each creation took, in seconds."""
    fields = {"service_type": "internet", "downlink_interface_id": interface_id}
    seconds = []
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        started = time.perf_counter()
        gateway = created(server, "gateways", **fields)
        seconds.append(time.perf_counter() - started)
        send(server, "DELETE", f"/v2.0/gateways/{gateway['id']}")
    return seconds


def run() -> None:
    """Print the figures."""
    with (
        postgres() as (directory, database_url),
        gatekeeper_processes(directory, database_url, THROTTLE_PER_TOKEN="0") as server,
    ):
        for count, percent in product(INTERFACE_COUNTS, FILLS):
            interface_ids = [new_interface(server) for _ in range(count)]
            fill(server, database_url, interface_ids, percent)
            of_clients = [interface_ids[number % count] for number in range(CLIENTS)]
            with ThreadPoolExecutor(CLIENTS) as pool:
                runs = pool.map(lambda each: create_and_delete(server, each), of_clients)
                seconds = list(chain.from_iterable(runs))
            name = f"{count} interfaces, {percent} % full"
            rate = len(seconds) / SECONDS
            print(f"  {name:28} {rate:5.0f} gateways/s   {figures(seconds)}", flush=True)
