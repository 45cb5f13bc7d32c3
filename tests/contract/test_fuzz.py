"""Whatever is sent: never a 5xx, and what is refused changes nothing (contract: http.md)."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import connection
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.fixtures import (
    DEMO_SERVICE,
    VFOO,
    Api,
    assert_problem,
    every_endpoint,
    instantiated,
    nsd,
    rolled_back,
    submitted,
    vnfd,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]

COUNTS = Callable[[], dict[str, int]]
fuzz = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

text = st.text(st.characters(codec="utf-8"), max_size=20)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | text
    | st.uuids().map(str)
    | st.sampled_from([str(DEMO_SERVICE), "CREATE", "UPDATE", "TERMINATE", "http://[::1]/", "0.1"])
)
values = st.recursive(
    scalars,
    lambda children: st.lists(children, max_size=3) | st.dictionaries(text, children, max_size=3),
    max_leaves=8,
)
MEMBERS = [
    *("request_type", "service_uuid", "service_instance_uuid", "nsd_id", "latest_nsd_id"),
    *("ingresses", "egresses", "callback", "id", "status", "tenant_id"),
]
orders = st.dictionaries(st.sampled_from(MEMBERS) | text, values, max_size=6)


def changed(document: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return a descriptor with values of any kind in some places."""

    def part(value: Any) -> st.SearchStrategy[Any]:
        if isinstance(value, dict):
            same = st.fixed_dictionaries({name: part(inner) for name, inner in value.items()})
        elif isinstance(value, list):
            same = st.tuples(*(part(inner) for inner in value)).map(list)
        else:
            same = st.just(value)
        return st.integers(0, 9).flatmap(lambda choice: values if choice == 0 else same)

    return part(document).filter(lambda value: isinstance(value, dict))


@pytest.fixture
def ids(demo: ServiceDescriptor) -> list[str]:
    """One of everything that has an id in a path."""
    record = instantiated(demo)
    function = record.functions.first()
    assert function is not None
    request = submitted(demo)
    done = Request.objects.exclude(pk=request.pk).get()
    return [
        *(str(request.pk), str(done.pk), str(demo.pk), str(VFOO)),
        *(str(record.pk), str(function.pk)),
    ]


def state() -> Any:
    """Return what a refused call must leave as it was, besides the number of rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status, updated_at FROM requests_app_request ORDER BY id")
        requests = cursor.fetchall()
        cursor.execute(
            "SELECT uuid, status, version, updated_at FROM records_app_servicerecord ORDER BY uuid"
        )
        return requests, cursor.fetchall()


def call(api: Api, counts: COUNTS, method: str, path: str, body: bytes, **headers: str) -> None:
    """Call, check the answer, and undo what it did."""
    before = counts(), state()
    with rolled_back():
        response = api.send(method, path, body, **headers)
        if 400 <= response.status_code < 500:
            assert (counts(), state()) == before
            problem = json.loads(response.content)
            assert_problem(response, response.status_code, problem["code"])
        else:
            assert response.status_code in (200, 201, 204), response.content


@fuzz
@given(data=st.data(), order=orders)
def test_no_order_breaks_the_server(
    admin: Api, row_counts: COUNTS, ids: list[str], data: st.DataObject, order: dict[str, Any]
) -> None:
    body = json.dumps(order).encode()
    object_id = data.draw(st.sampled_from(ids))
    for path in ("/requests", f"/requests/{object_id}/cancel", f"/requests/{object_id}/retry"):
        call(admin, row_counts, "POST", path, body)
    call(admin, row_counts, "PUT", f"/records/services/{object_id}", body)


@fuzz
@given(function=changed(vnfd()), service=changed(nsd()))
def test_no_descriptor_breaks_the_server(
    operator: Api, row_counts: COUNTS, function: dict[str, Any], service: dict[str, Any]
) -> None:
    call(operator, row_counts, "POST", "/functions", json.dumps(function).encode())
    call(operator, row_counts, "POST", "/services", json.dumps(service).encode())


PARAMETERS = [
    *("limit", "offset", "cursor", "ordering", "fields", "count", "format", "status", "state"),
    *("request_type", "service_uuid", "created_at", "updated_at__gte", "created_at__lt"),
    *("vendor", "name", "version", "descriptor_reference", "vnfr_id"),
]
words = (
    text
    | st.integers().map(str)
    | st.datetimes().map(str)
    | st.uuids().map(str)
    | st.sampled_from(
        ["", "%", "%s", "json", "api", "exact", "created_at", "-uuid", "NEW", "uuid,status"]
    )
)
queries = st.lists(st.tuples(st.sampled_from(PARAMETERS) | text, words), max_size=4).map(urlencode)


@fuzz
@given(data=st.data(), query=queries)
def test_no_query_breaks_the_server(
    admin: Api, row_counts: COUNTS, ids: list[str], data: st.DataObject, query: str
) -> None:
    object_id = data.draw(st.sampled_from(ids))
    before = row_counts(), state()
    for method, path in every_endpoint(object_id):
        if method != "GET":
            continue
        response = admin.get(f"{path}?{query}")
        assert response.status_code in (200, 400, 404), response.content
    assert (row_counts(), state()) == before


@fuzz
@given(query=st.binary(max_size=40).map(lambda raw: quote(raw, safe="&=;%+")))
def test_no_raw_query_string_breaks_the_server(admin: Api, query: str) -> None:
    for path in ("/requests", "/functions", "/records/services"):
        assert admin.get(f"{path}?{query}").status_code in (200, 400)


@fuzz
@given(
    path=st.lists(
        st.sampled_from(
            ["requests", "services", "records", "functions", "events", str(DEMO_SERVICE)]
        )
        | text,
        max_size=4,
    ),
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "X"]),
)
@example(path=["?"], method="GET")
def test_no_path_breaks_the_server(
    operator: Api, row_counts: COUNTS, demo: ServiceDescriptor, path: list[str], method: str
) -> None:
    before = row_counts()
    with rolled_back():
        url = "/" + "/".join(quote(part, safe="") for part in path)
        response = operator.send(method, url, b"{}")
        assert response.status_code < 500, (method, url)
        if response.status_code >= 400:
            assert row_counts() == before


header_text = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=40)


@fuzz
@given(
    accept=header_text | st.sampled_from(["text/html", "*/*"]),
    content_type=st.sampled_from(["application/json", "multipart/form-data", "text/plain"]),
    authorization=header_text,
    name=st.sampled_from(["authorization", "x-auth-token", "host", "cookie", "x-csrftoken"]),
)
def test_no_header_breaks_the_server(
    operator: Api, accept: str, content_type: str, authorization: str, name: str
) -> None:
    for method in ("GET", "POST"):
        response = operator.send(
            method, "/requests", b"{}", content_type, accept=accept, **{name: authorization}
        )
        assert response.status_code in (200, 400, 401, 406), response.content
