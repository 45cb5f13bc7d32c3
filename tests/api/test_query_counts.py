"""What each hot endpoint costs in queries, in one table: a change of it is a decision."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.fixtures import DEMO_SERVICE, TENANT, VFOO, instantiated, many_requests, new_api

# The token's row comes first in each. Of a list then the count and the page, however long it is.
QUERIES = {
    "GET /requests": 3,
    "GET /requests?limit=1000": 3,
    "GET /requests?cursor=&status=READY&limit=1": 3,
    "GET /requests?count=exact": 3,
    "GET /requests/{request}": 2,
    "GET /requests/{request}/events": 4,
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
    "GET /healthz": 0,
    "GET /schema": 0,
}


@pytest.mark.django_db
@pytest.mark.usefixtures("unthrottled")
@pytest.mark.parametrize("role", ["viewer", "admin"])
def test_each_endpoint_costs_what_the_table_says(demo: ServiceDescriptor, role: str) -> None:
    api = new_api(role, TENANT)
    record = instantiated(demo)
    instantiated(demo)
    function_record = record.functions.first()
    assert function_record is not None
    ids = {
        "request": Request.objects.filter(service_instance_uuid=record.pk).get().pk,
        "service": DEMO_SERVICE,
        "function": VFOO,
        "record": record.pk,
        "function_record": function_record.pk,
        "absent": "95e9b668-5726-4998-8ed4-d8d7e7fd2225",
    }
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
