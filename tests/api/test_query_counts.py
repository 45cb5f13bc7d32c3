"""What each hot endpoint costs in queries, in one table: a change of it is a decision."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.access.models import Role
from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.contract.objects import LOGINS, Objects, operations
from tests.fixtures import (
    DEMO_SERVICE,
    TENANT,
    VFOO,
    instantiated,
    many_requests,
    new_api,
    rolled_back,
)
from tests.ha_app.objects import new_gateway, new_interface, new_router

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]

# The token's row comes first in each. Of a list then the count and the page, however long it is.
QUERIES = {
    "GET /requests": 3,
    "GET /requests?limit=1000": 3,
    "GET /requests?cursor=&status=READY&limit=1": 3,
    "GET /requests?count=exact": 3,
    "GET /requests/{request}": 2,
    "GET /requests/{request}/events": 4,
    "GET /requests/{failed}/case": 3,
    # There are none; the others are counted in requests_app/test_callbacks_api.py.
    "GET /requests/{request}/callbacks": 3,
    "GET /services": 3,
    "GET /services/{service}": 2,
    "GET /functions": 3,
    "GET /functions/{function}": 2,
    "GET /records/services": 3,
    "GET /records/services?vnfr_id={function_record}": 3,
    "GET /records/services/{record}": 2,
    "GET /records/functions": 3,
    "GET /records/functions/{function_record}": 2,
    "GET /requests/{absent}": 2,
    "GET /v2.0/ha_routers": 3,
    "GET /v2.0/ha_routers?limit=1000": 3,
    "GET /v2.0/ha_routers?cursor=&status=ACTIVE&limit=1": 3,
    "GET /v2.0/ha_routers/{router}": 2,
    "GET /v2.0/ha_interfaces": 3,
    "GET /v2.0/ha_interfaces?ha_router_id={router}": 3,
    "GET /v2.0/ha_interfaces/{interface}": 2,
    "GET /v2.0/gateways": 3,
    "GET /v2.0/gateways?ha_router_id={router}": 3,
    "GET /v2.0/gateways/{gateway}": 2,
    "GET /v2.0/gateways/{gateway}/events": 4,
    "GET /v2.0/gateways/{absent}": 2,
    "GET /mano": 4,
    "GET /healthz": 0,
    "GET /schema": 0,
}
# The token's row comes first here too; savepoints count. Rows that are written together are one.
WRITES = {
    "POST /requests": 5,
    "POST /requests/{id}/callbacks/{delivery_id}/redeliver": 14,
    "POST /requests/{id}/cancel": 8,
    "POST /requests/{id}/give-up": 8,
    "PATCH /requests/{id}/case": 12,
    "POST /requests/{id}/clean-up": 11,
    "POST /requests/{id}/retry": 11,
    "PUT /mano": 13,
    "POST /records/services/{uuid}/sync": 7,
    "POST /records/services/{uuid}/sync/adopt": 18,
    "PUT /records/services/{uuid}": 11,
    "POST /services": 10,
    "DELETE /services/{uuid}": 12,
    "POST /functions": 6,
    "DELETE /functions/{uuid}": 11,
    "POST /tokens": 12,
    "DELETE /v3/auth/tokens": 9,
    "DELETE /tokens/{id}": 8,
    "POST /v2.0/ha_routers": 7,
    "PUT /v2.0/ha_routers/{id}": 8,
    "PATCH /v2.0/ha_routers/{id}": 8,
    "DELETE /v2.0/ha_routers/{id}": 12,
    "POST /v2.0/ha_interfaces": 8,
    "PUT /v2.0/ha_interfaces/{id}": 8,
    "PATCH /v2.0/ha_interfaces/{id}": 8,
    "DELETE /v2.0/ha_interfaces/{id}": 14,
    "POST /v2.0/gateways": 7,
    "PUT /v2.0/gateways/{id}": 8,
    "PATCH /v2.0/gateways/{id}": 8,
    "DELETE /v2.0/gateways/{id}": 13,
}


@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_each_endpoint_costs_what_the_table_says(demo: ServiceDescriptor, role: str) -> None:
    api = new_api(role, TENANT)
    record = instantiated(demo)
    instantiated(demo)
    function_record = record.functions.first()
    assert function_record is not None
    ids = {
        "request": Request.objects.filter(service_instance_uuid=record.pk).get().pk,
        "failed": many_requests(1, status="ERROR", error="x", case_state="open")[0].pk,
        "service": DEMO_SERVICE,
        "function": VFOO,
        "record": record.pk,
        "function_record": function_record.pk,
        "absent": "95e9b668-5726-4998-8ed4-d8d7e7fd2225",
    }
    router = new_router()
    interfaces = [new_interface(router), new_interface(router, "uplink")]
    ids |= {"router": router.pk, "interface": interfaces[0].pk, "gateway": new_gateway(router).pk}
    many_requests(100)
    # The first use of a token in a minute is noted, once.
    api.get("/requests")

    counted = {}
    for call in QUERIES:
        method, path = call.format(**ids).split(" ")
        with CaptureQueriesContext(connection) as queries:
            assert api.generic(method, path).status_code in (200, 404)
        counted[call] = len(queries)

    assert counted == QUERIES


@pytest.mark.skipif(connection.vendor == "sqlite", reason="it takes one statement at a time")
def test_each_write_costs_what_the_table_says() -> None:
    objects = Objects()
    bound, of_all = new_api(Role.ADMIN, TENANT), new_api(Role.ADMIN)

    counted = {}
    for method, path in operations():
        if method == "GET" or path == "/sessions" or (method == "POST" and path in LOGINS):
            continue
        body, headers = objects.body(method, path), objects.headers(method, path)
        api = of_all if path == "/mano" else bound
        with rolled_back():
            with CaptureQueriesContext(connection) as queries:
                response = api.send(method, objects.path(method, path), body or b"", **headers)
            assert response.status_code in (200, 201, 202, 204), (method, path, response.content)
        counted[f"{method} {path}"] = len(queries)

    assert counted == WRITES
