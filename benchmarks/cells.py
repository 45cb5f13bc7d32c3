"""What is measured: each kind of call, of Gatekeeper, of plain DRF, and of what is below both."""

import itertools
import json
import re
import urllib.request
from collections.abc import Callable, Iterable
from typing import Any

from benchmarks.rows import TENANT
from benchmarks.servers import Servers
from benchmarks.setting import call
from benchmarks.turns import CONNECTIONS, Cell, Server
from tests.processes import ADMIN_TOKEN

ORDER = {"service_uuid": "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1", "ingresses": [], "egresses": []}
JSON = "Content-Type: application/json"


def bearer(token: str) -> str:
    """Return the header of a caller."""
    return f"Authorization: Bearer {token}"


def posted(path: str, *bodies: object) -> list[str]:
    """Return a call for each body."""
    return [f"{path}\t{json.dumps(body)}" for body in bodies]


def cells_of(servers: Servers, size: int) -> list[Cell]:
    """Return what is measured with so many requests in the database, in the order of its turns."""
    some = servers.column(
        f"SELECT id FROM requests_app_request TABLESAMPLE BERNOULLI ({200_000 / size}) LIMIT 1000"
    )
    plain = plain_cells(servers.plain)
    read, listed, inserted, bit = plain
    lists = gatekeeper_lists(servers, size, listed)
    return [
        read,
        of_gatekeeper(
            servers,
            "read one request",
            lambda: [f"/requests/{each}" for each in some],
            yardstick=read,
            goal=2.5,
        ),
        not_modified(servers, some[0], read),
        Cell(
            "bare: token and row by psycopg2",
            servers.bare,
            lambda: [f"/requests/{each}" for each in some],
            headers=[bearer(ADMIN_TOKEN)],
            yardstick=read,
        ),
        Cell("bare: 500 bytes", servers.bare, lambda: ["/"], yardstick=read),
        of_gatekeeper(servers, "`/healthz`", lambda: ["/healthz"], yardstick=read),
        listed,
        *lists,
        inserted,
        creation(servers, inserted),
        bit,
        allocation(servers, "allocate a gateway, all on one interface", 1, bit, goal=1.0),
        allocation(servers, f"allocate a gateway, on {CONNECTIONS} interfaces", CONNECTIONS, bit),
    ]


def plain_cells(plain: Server) -> list[Cell]:
    """Return plain's: read one, list, insert, take the lowest free bit."""
    with urllib.request.urlopen(f"{plain.url}/orders?limit=1000") as response:
        some = [row["id"] for row in json.load(response)["results"]]
    pools = itertools.count(1)
    order = {"service_uuid": ORDER["service_uuid"]}
    return [
        Cell("plain: read one", plain, lambda: [f"/orders/{each}" for each in some]),
        Cell("plain: list of 50", plain, lambda: ["/orders"]),
        Cell("plain: insert", plain, lambda: posted("/orders", order), "POST", [JSON]),
        Cell(
            "plain: lowest free bit",
            plain,
            # A pool of its own for each turn.
            lambda: posted(f"/pools/{next(pools)}/allocate", {}),
            "POST",
            [JSON],
        ),
    ]


def of_gatekeeper(
    servers: Servers,
    name: str,
    calls: Callable[[], Iterable[str]],
    *,
    token: str = ADMIN_TOKEN,
    headers: Iterable[str] = (),
    **more: Any,
) -> Cell:
    """Return a cell of Gatekeeper's."""
    server = Server(servers.gatekeeper.url, servers.gatekeeper.web.pid)
    return Cell(name, server, calls, headers=[bearer(token), *headers], **more)


def not_modified(servers: Servers, request_id: str, read: Cell) -> Cell:
    """Return what a caller costs who has the request already."""
    path = f"/requests/{request_id}"
    etag = call(servers.gatekeeper, "GET", path)[1]["ETag"]
    return of_gatekeeper(
        servers,
        "304 for one request",
        lambda: [path],
        headers=[f"If-None-Match: {etag}"],
        yardstick=read,
        goal=3.75,
    )


def gatekeeper_lists(servers: Servers, size: int, listed: Cell) -> list[Cell]:
    """Return the lists of 50."""
    server = servers.gatekeeper
    body = {"user": "bench", "role": "viewer", "tenant": TENANT, "expires_in": 86_400}
    made = json.loads(call(server, "POST", "/tokens", body)[2])
    of_tenant = {"token": made["token"]["access_token"]}
    paths: dict[str, tuple[list[str], dict[str, Any]]] = {
        "list of 50 requests": (["/requests"], {"goal": 3.5}),
        "50 requests, another page each time": (pages("/requests"), {"goal": 3.5}),
        "list of 50 service records": (["/records/services"], {"goal": 3.5}),
        "50 service records, another page each time": (pages("/records/services"), {"goal": 3.5}),
        "list of 1000 requests": (["/requests?limit=1000"], {"yardstick": None}),
        "list of 50, `status=ERROR`": (["/requests?status=ERROR"], {}),
        "list of 50 of a tenant": (["/requests"], of_tenant),
        "list of 50 at nine tenths, by cursor": ([page_by_cursor(servers, size * 9 // 10)], {}),
    }
    return [
        of_gatekeeper(servers, name, lambda calls=calls: calls, **({"yardstick": listed} | more))
        for name, (calls, more) in paths.items()
    ]


def pages(path: str) -> list[str]:
    """Return more pages of 50 than a process keeps, so that each is read from the database."""
    return [f"{path}?offset={offset}" for offset in range(2900)]


def page_by_cursor(servers: Servers, depth: int) -> str:
    """Return the path of the page that begins after so many rows.

    To follow `next` to there takes a minute; a cursor is one whatever the list was filtered by.
    """
    [last] = servers.column(
        "SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"') "
        f"FROM requests_app_request ORDER BY created_at DESC, id DESC LIMIT 1 OFFSET {depth - 1}"
    )
    path = f"/requests?limit=1&cursor=&created_at__lte={last}"
    link = call(servers.gatekeeper, "GET", path)[1]["Link"]
    [cursor] = re.findall(r'cursor=([^&>]+)[^>]*>; rel="next"', link)
    return f"/requests?limit=50&cursor={cursor}"


def creation(servers: Servers, inserted: Cell | None = None) -> Cell:
    """Return orders of the demo's service."""
    return of_gatekeeper(
        servers,
        "create a request",
        lambda: posted("/requests", ORDER),
        method="POST",
        headers=[JSON],
        yardstick=inserted,
        goal=0.9,
    )


def allocation(
    servers: Servers, name: str, interfaces: int, bit: Cell, goal: float | None = None
) -> Cell:
    """Return gateways, of so many interfaces, those that are freest at each turn."""

    def calls() -> list[str]:
        freest = servers.column(
            "SELECT id FROM ha_app_hainterface "
            f"ORDER BY gateway_instances_count, id LIMIT {interfaces}"
        )
        gateway = {"service_type": "internet", "tenant_id": TENANT}
        bodies = [{"gateway": gateway | {"downlink_interface_id": each}} for each in freest]
        return posted("/v2.0/gateways", *bodies)

    return of_gatekeeper(
        servers, name, calls, method="POST", headers=[JSON], yardstick=bit, goal=goal
    )
