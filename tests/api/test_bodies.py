"""Paths and bodies (contract: http.md): what is read of a call, and what is refused."""

import gzip
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gatekeeper_site.api.bodies import MAX_BODY_BYTES
from gatekeeper_site.wsgi import application
from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.fixtures import (
    Api,
    assert_faults,
    assert_problem,
    instantiated,
    submitted,
)

pytestmark = pytest.mark.django_db

ORDER = b'{"service_uuid": "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"}'
CONTENT_TYPES = [
    "",
    "application/json",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=latin-1",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/yaml",
    "nonsense",
]


def call_server(
    method: str, path: str, body: bytes = b"", token: str | None = None, **environ: Any
) -> tuple[int, dict[str, str], bytes]:
    """Call the WSGI application, as the web process does; return status, headers and body."""
    answer: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]]) -> None:
        answer["status"], answer["headers"] = int(status.split(maxsplit=1)[0]), dict(headers)

    path, _, query = path.partition("?")
    environment = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "CONTENT_LENGTH": str(len(body)),
    }
    if token is not None:
        environment["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    response = application(environment | environ, start_response)
    content = b"".join(response)
    if hasattr(response, "close"):
        response.close()
    return answer["status"], answer["headers"], content


# Paths


def test_a_path_with_a_trailing_slash_is_the_path_without_one(
    operator: Api, demo: ServiceDescriptor
) -> None:
    request = submitted(demo)
    for path in (
        "/requests",
        f"/requests/{request.pk}",
        f"/requests/{request.pk}/events",
        "/services",
        f"/services/{demo.pk}",
        "/functions",
        "/records/services",
        "/records/functions",
        "/healthz",
        "/schema",
    ):
        plain, slashed = operator.get(path), operator.get(f"{path}/")
        assert (slashed.status_code, slashed.content) == (200, plain.content), path
    assert operator.get("/docs/").status_code == 200


def test_a_post_to_a_path_with_a_trailing_slash_keeps_its_body(
    operator: Api, demo: ServiceDescriptor
) -> None:
    response = operator.post("/requests/", ORDER)

    assert response.status_code == 201
    request = Request.objects.get()
    assert response["Location"] == f"http://testserver/requests/{request.pk}"


def test_links_of_a_list_are_canonical_also_under_a_path_with_a_slash(operator: Api) -> None:
    link = operator.get("/requests/")["Link"]

    assert "<http://testserver/requests?offset=0>" in link and "/requests/" not in link


@pytest.mark.parametrize("path", ["/requests//", "/request", "/v4", "/requests/x/y/z", "/%00"])
def test_a_path_that_there_is_not_is_a_404(operator: Api, path: str) -> None:
    problem = assert_problem(operator.get(path), 404, "not_found")

    assert problem["title"] == "Not Found"


# Bodies that are read


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_a_body_is_json_whatever_its_content_type(
    operator: Api, demo: ServiceDescriptor, content_type: str
) -> None:
    response = operator.post("/requests", ORDER, content_type=content_type)

    assert response.status_code == 201, response.content
    assert response.json()["service_uuid"] == str(demo.pk)


@pytest.mark.parametrize(
    "content_type",
    [
        *CONTENT_TYPES,
        "text/plain; charset=hex",
        "text/plain; charset=undefined",
        "text/plain; charset=nowhere",
        "application/json; x*=nowhere'en'%41",
        "multipart/form-data; charset=hex",
        ";",
        "\xff",
    ],
)
def test_no_content_type_breaks_the_server(
    operator: Api, demo: ServiceDescriptor, content_type: str
) -> None:
    status, _, _ = call_server(
        "POST", "/requests?format=%6ason", ORDER, operator.token, CONTENT_TYPE=content_type
    )
    listed, _, _ = call_server(
        "GET", "/requests?limit=%31", b"", operator.token, CONTENT_TYPE=content_type
    )

    assert (status, listed) == (201, 200)


def test_a_call_without_the_content_type_header_is_read(
    operator: Api, demo: ServiceDescriptor
) -> None:
    status, _, _ = call_server("POST", "/requests", ORDER, operator.token)

    assert status == 201


def test_a_byte_order_mark_is_skipped(operator: Api, demo: ServiceDescriptor) -> None:
    assert operator.post("/requests", b"\xef\xbb\xbf" + ORDER).status_code == 201


def test_a_body_may_be_as_large_as_1_mib(operator: Api, demo: ServiceDescriptor) -> None:
    padding = b" " * (MAX_BODY_BYTES - len(ORDER))

    assert operator.post("/requests", ORDER + padding).status_code == 201


# Bodies that are refused


def nested(levels: int) -> bytes:
    """Return an object with so many levels of nesting, itself counted."""
    return b'{"x": ' + b"[" * (levels - 1) + b"]" * (levels - 1) + b"}"


REFUSED = {
    "empty": b"",
    "spaces": b"  \n ",
    "not JSON": b"{service_uuid: ",
    "not UTF-8": b'{"service_uuid": "\xff"}',
    "UTF-16": '{"service_uuid": null}'.encode("utf-16"),
    "array": b"[]",
    "array of objects": b"[" + ORDER + b"]",
    "string": b'"x"',
    "number": b"1",
    "null": b"null",
    "true": b"true",
    "two values": ORDER + ORDER,
    "NaN": b'{"service_uuid": NaN}',
    "Infinity": b'{"service_uuid": Infinity}',
    "-Infinity": b'{"service_uuid": -Infinity}',
    "1e999": b'{"service_uuid": 1e999}',
    "-1e999": b'{"service_uuid": [-1e999]}',
    "duplicate key": ORDER[:-1] + b', "service_uuid": null}',
    "duplicate key inside": b'{"ingresses": [{"nap": "a", "nap": "b"}]}',
    "the same key in two spellings": b'{"callback": null, "c\\u0061llback": null}',
    "NUL": b'{"service_uuid": "a\\u0000b"}',
    "NUL in a key": b'{"a\\u0000b": 1}',
    "raw NUL": b'{"service_uuid": "a\0b"}',
    "surrogate": b'{"service_uuid": "\\ud800"}',
    "surrogate in a key": b'{"\\udfff": 1}',
    "duplicate surrogate keys": b'{"\\ud800": 1, "\\ud800": 2}',
    "65 levels": nested(65),
    "100000 levels": b'{"x":' + b"[" * 100_000,
    "100000 objects": b'{"x":' * 100_000,
    "20 digits": b'{"service_uuid": 99999999999999999999}',
    "5000 digits": b'{"service_uuid": ' + b"9" * 5000 + b"}",
    "an integer of 5000 digits with a minus": b'{"service_uuid": -' + b"9" * 5000 + b"}",
    "a form": b"service_uuid=9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1",
    "YAML": b"service_uuid: 9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1",
}


@pytest.mark.parametrize("path", ["/requests", "/services", "/functions"])
@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_a_body_that_is_no_json_object_fit_to_store_is_a_400(
    admin: Api,
    demo: ServiceDescriptor,
    row_counts: Callable[[], dict[str, int]],
    path: str,
    body: bytes,
) -> None:
    admin.get(path)
    before = row_counts()

    problem = assert_problem(admin.post(path, body), 400, "validation_error")

    assert problem["instance"] == path
    assert row_counts() == before


def test_a_body_that_is_refused_is_refused_of_a_put_too(
    admin: Api, demo: ServiceDescriptor, row_counts: Callable[[], dict[str, int]]
) -> None:
    path = f"/records/services/{instantiated(demo).pk}"
    before = row_counts()

    for name, body in REFUSED.items():
        response = admin.put(path, body)
        assert response.status_code == 400, name
        assert_problem(response, 400, "validation_error")

    assert row_counts() == before


def test_actions_without_members_take_an_empty_body_and_an_empty_object(
    operator: Api, demo: ServiceDescriptor
) -> None:
    for body in (b"", b"{}"):
        request = submitted(demo)
        assert operator.post(f"/requests/{request.pk}/cancel", body).status_code == 200
        assert operator.post(f"/requests/{request.pk}/retry", body).status_code == 201


def test_actions_without_members_refuse_members_and_what_is_no_object(
    operator: Api, demo: ServiceDescriptor
) -> None:
    request = submitted(demo)
    for action in ("cancel", "retry"):
        path = f"/requests/{request.pk}/{action}"
        assert_faults(operator.post(path, {"force": True}), "force")
        for name, body in REFUSED.items():
            if name != "empty":
                assert_problem(operator.post(path, body), 400, "validation_error")

    request.refresh_from_db()
    assert request.status == "NEW"


def test_64_levels_are_taken_and_65_are_not(operator: Api) -> None:
    # Of an unknown member both bodies are refused, but only one for its depth.
    shallow = assert_faults(operator.post("/requests", nested(64)), "x", "service_uuid")
    deep = assert_faults(operator.post("/requests", nested(65)), "x" + "[0]" * 63)

    assert shallow["x"] == "There is no such field."
    assert deep["x" + "[0]" * 63] == "The body is nested deeper than 64 levels."


@pytest.mark.parametrize("path", ["/requests", "/services", "/functions", "/nowhere", "/healthz"])
def test_a_body_over_1_mib_is_a_413(
    operator: Api, row_counts: Callable[[], dict[str, int]], path: str
) -> None:
    before = row_counts()

    response = operator.post(path, b"x" * (MAX_BODY_BYTES + 1))

    assert_problem(response, 413, "body_too_large")
    assert row_counts() == before


def test_of_a_body_over_1_mib_the_length_is_enough(operator: Api) -> None:
    # The web process throws such a body away itself.
    length = str(MAX_BODY_BYTES + 1)
    status, headers, body = call_server(
        "POST", "/requests", b"", operator.token, CONTENT_LENGTH=length
    )

    assert (status, headers["Content-Type"]) == (413, "application/problem+json")
    assert length in json.loads(body)["detail"]


def test_keys_that_stand_twice_are_found_at_once_among_many(operator: Api) -> None:
    # Looked for in the square of their number, these would take long.
    body = b"{" + b",".join(b'"%x":1' % number for number in range(60_000)) + b',"z":1,"z":2}'

    faults = assert_faults(operator.post("/requests", body), "z")

    assert faults == {"z": "This key stands twice in one object."}


def test_faults_of_a_body_have_their_places_all_at_once(operator: Api) -> None:
    body = (
        b'{"ingresses": [{"nap": "a"}, {"nap": "b", "nap": "c"}], "a": {"b": [1, '
        + b"9" * 30
        + b', NaN]}, "callback": "a\\u0000b", "egresses": [1e999], "\\ud800": 1}'
    )

    assert assert_faults(
        operator.post("/requests", body),
        "ingresses[1].nap",
        "a.b[1]",
        "a.b[2]",
        "callback",
        "egresses[0]",
        "\N{REPLACEMENT CHARACTER}",
    ) == {
        "ingresses[1].nap": "This key stands twice in one object.",
        "a.b[1]": "An integer has at most 64 bits.",
        "a.b[2]": "Neither NaN nor infinity is a number in JSON.",
        "callback": "A string has no NUL character.",
        "egresses[0]": "This number is beyond what a double holds.",
        "\N{REPLACEMENT CHARACTER}": "A string has no half of a surrogate pair.",
    }


def test_a_body_that_is_not_json_says_where_it_breaks_off(operator: Api) -> None:
    problem = assert_problem(
        operator.post("/requests", b'{"a": 1,\n "b" 2}'), 400, "validation_error"
    )

    assert problem["detail"] == (
        'The body is not JSON: it cannot be read from line 2, column 6 on, at "2}".'
    )
    assert problem["errors"] == [{"field": "", "message": problem["detail"]}]


def test_numbers_are_counted_as_they_are_written_out(operator: Api) -> None:
    # PostgreSQL gives 1e308 back as a number of 309 digits: 600 kB would be 30 MB.
    response = operator.post("/functions", b'{"x": [' + b"1e308," * 100_000 + b"1]}")

    problem = assert_problem(response, 413, "body_too_large")
    assert problem["detail"] == "The body unfolds to more than 1048576 bytes of JSON."


def test_a_form_without_a_session_is_json_and_so_a_400(operator: Api) -> None:
    form = (
        b'--x\r\nContent-Disposition: form-data; name="service_uuid"\r\n\r\n'
        b"9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1\r\n--x--\r\n"
    )

    response = operator.post("/requests", form, content_type="multipart/form-data; boundary=x")

    assert "not JSON" in assert_problem(response, 400, "validation_error")["detail"]


# Whatever comes


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=200))
def test_no_bytes_break_the_server(
    admin: Api, row_counts: Callable[[], dict[str, int]], body: bytes
) -> None:
    before = row_counts()
    for path in ("/requests", "/functions", "/services"):
        assert_problem(admin.post(path, body), 400, "validation_error")
    assert row_counts() == before


# Content-Encoding


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "br", "identity, gzip", "nonsense"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/requests"),
        ("POST", "/services"),
        ("POST", "/sessions"),
        ("POST", "/v2.0/gateways"),
        ("PUT", "/records/services/9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"),
        ("PATCH", "/v2.0/ha_routers/9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"),
        ("DELETE", "/services/9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"),
        ("GET", "/requests"),
    ],
)
def test_an_encoded_body_is_a_415_that_says_what_is_taken(
    operator: Api, row_counts: Callable[[], dict[str, int]], method: str, path: str, encoding: str
) -> None:
    before = row_counts()
    body = gzip.compress(ORDER)

    response = operator.send(method, path, body, **{"Content-Encoding": encoding})

    problem = assert_problem(response, 415, "unsupported_media_type")
    assert response["Accept-Encoding"] == "identity"
    assert repr(encoding) in problem["detail"]
    assert row_counts() == before


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
def test_a_plain_body_may_be_called_so(
    operator: Api, demo: ServiceDescriptor, encoding: str
) -> None:
    created = operator.send("POST", "/requests", ORDER, **{"Content-Encoding": encoding})
    listed = operator.get("/requests", headers={"Content-Encoding": "gzip"})

    assert (created.status_code, listed.status_code) == (201, 200)
    assert len(listed.json()) == 1
