"""Lists of 50 and records by id, with 10 thousand rows and with a million."""

import re

import psycopg2

from benchmarks.setting import call, figures, in_parallel, postgres, timed
from tests.processes import Gatekeeper, gatekeeper_processes

SIZES = (10_000, 1_000_000)
CALLS = 200
# One token makes more calls than the default allows. They are counted all the same.
UNHINDERED = {"THROTTLE_PER_TOKEN": "1000000/minute"}

FILL_REQUESTS = """
INSERT INTO requests_app_request (
    id, tenant_id, request_type, status, service_uuid, service_instance_uuid, ingresses, egresses,
    began_at, created_at, updated_at, handover, has_late_success
)
SELECT
    gen_random_uuid(), lpad(to_hex(n % 100), 32, '0'), 'CREATE',
    CASE WHEN n %% 100 = 0 THEN 'ERROR' ELSE 'READY' END,
    '9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1', gen_random_uuid(), '[]', '[]', at, at, at, 'SENT', false
FROM generate_series(%s, %s) AS n, LATERAL (
    SELECT timestamptz '2026-01-01' + n * interval '7 milliseconds' AS at
) AS times
""".replace("n % 100)", "n %% 100)")

FILL_RECORDS = """
INSERT INTO records_app_servicerecord (
    uuid, tenant_id, status, version, descriptor_reference, descriptor_id, body, created_at,
    updated_at
)
SELECT
    service_instance_uuid, tenant_id, 'normal operation', 1, service_uuid, service_uuid,
    '{"network_functions": [], "virtual_links": [], "forwarding_graphs": []}', created_at,
    updated_at
FROM requests_app_request
ON CONFLICT DO NOTHING
"""


def fill(database_url: str, low: int, high: int) -> None:
    """Add requests of these numbers, and their records."""
    connection = psycopg2.connect(database_url)
    with connection, connection.cursor() as cursor:
        cursor.execute(FILL_REQUESTS, (low, high))
        cursor.execute(FILL_RECORDS)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE requests_app_request")
        cursor.execute("VACUUM ANALYZE records_app_servicerecord")
    connection.close()


def cursor_at_depth(server: Gatekeeper, depth: int) -> str:
    """Return the path of the page that begins after so many rows, by following `next`."""
    path = "/requests?limit=1000&cursor=&fields=id"
    for _ in range(depth // 1000):
        _, headers, _ = call(server, "GET", path)
        found = re.search(r'<https?://[^/]+([^>]+)>; rel="next"', headers["Link"])
        path = "" if found is None else found[1]
    return path.replace("limit=1000", "limit=50").replace("&fields=id", "")


def run() -> None:
    """Print the figures."""
    with (
        postgres() as (directory, database_url),
        gatekeeper_processes(directory, database_url, **UNHINDERED) as server,
    ):
        filled = 0
        for size in SIZES:
            fill(database_url, filled + 1, size)
            filled = size
            print(f"\n{size} requests and as many service records")
            record = call(server, "GET", "/records/services?limit=1&fields=uuid")[2].decode()
            paths = {
                "page 1": "/requests",
                "page 1, filtered by status": "/requests?status=ERROR",
                "page 1, filtered by time": "/requests?created_at__gte=2026-01-01T00:01:00Z",
                f"page at cursor depth {size * 9 // 10}": cursor_at_depth(server, size * 9 // 10),
                "page at offset 5000": "/requests?offset=5000",
                "page 1 of records": "/records/services",
                "record by id": f"/records/services/{record.split(chr(34))[3]}",
                "request count=exact": "/requests?count=exact&limit=1",
            }
            for name, path in paths.items():
                status, _, _ = call(server, "GET", path)
                if status != 200:
                    raise SystemExit(f"{path} answered {status}")
                print(f"  {name:36} {figures(timed(lambda p=path: call(server, 'GET', p), CALLS))}")
            seconds = in_parallel(lambda: call(server, "GET", "/requests"), times=1000, clients=8)
            print(f"  page 1, 8 clients, 2 web processes   {1000 / seconds:.0f} lists/s")
