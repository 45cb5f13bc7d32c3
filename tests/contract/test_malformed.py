"""Whatever is wrong with a call, to whichever operation: refused, at no cost (contract: http.md).

Never a 5xx, nothing of the server's inside in the answer, and no part of the order is done.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from itertools import product
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse

from gatekeeper_site.access.api.keystone.errors import is_keystones
from tests.contract.objects import LOGINS, Objects, operations
from tests.described import schema
from tests.fixtures import Api, assert_problem, new_api, rolled_back

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled", "lasting_worker")]

# Of the operations, each tried by a test of its own, so that several processes do it.
SHARES = 4
WRITING = ("POST", "PUT", "PATCH", "DELETE")
LONG = "x" * 5000
SQL = "' OR 1=1; DROP TABLE core_token; --"
TEMPLATE = "{{1337*1337}}${1337*1337}<%= 1337*1337 %>{0.__class__}%(text)s%s%n"
MARKUP = "<script>alert(1)</script>"
INJECTED = "a\r\nX-Injected: yes"
# Words of an answer that would tell of the inside, or that what was sent has been run.
LEAKS = (
    *("Traceback (", 'File "', "site-packages", "psycopg", "sqlite3", "django.", "rest_framework."),
    *(
        "SELECT ",
        "INSERT INTO",
        'UPDATE "',
        'UPDATE \\"',
        "LINE 1",
        "DETAIL:",
        "violates",
        "relation ",
    ),
    *("core_token ", "_app_", "1787569", "<class", "object at 0x", settings.SECRET_KEY),
    str(settings.BASE_DIR),
    str(settings.DATA_DIR),
)

PATHS = [
    *("%2e%2e", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5c", "%00", "{id}%00", "{id}%0a"),
    *("{id}%0d%0aX-Injected:%20yes", "%ff", "%ed%a0%80", "%F0%9F%92%A5", "%25", "{id}%20", "%20"),
    *("{id}.json", "{id};a=b", "{id},{id}", "*", "%7B%7B1337*1337%7D%7D", "null"),
    *("0", "-1", "1e3", "0x1", "%D9%A1", "9" * 18, "9" * 19, "9" * 400, LONG, "None", "undefined"),
    "%27%20OR%201=1;%20DROP%20TABLE%20core_token;%20--",
]

# No JSON object that can be stored.
BODIES = {
    "not JSON": b"{",
    "garbage": bytes(range(256)),
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "a list": b"[]",
    "a string": b'"x"',
    "a number": b"1",
    "null": b"null",
    "a number of many digits": b'{"name": ' + b"9" * 10_000 + b"}",
    "a number beyond 64 bits": b'{"name": 18446744073709551616}',
    "a number beyond a double": b'{"name": 1e999}',
    "NaN": b'{"name": NaN}',
    "minus infinity": b'{"name": -Infinity}',
    "deep lists": b'{"name": ' + b"[" * 65 + b"]" * 65 + b"}",
    "deep objects": b'{"name": ' + b'{"a":' * 65 + b"1" + b"}" * 65 + b"}",
    "very deep lists": b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "lists without an end": b'{"name": ' + b"[" * 100_000,
    "objects without an end": b'{"a":' * 100_000,
    "a NUL": b'{"name": "a\\u0000b"}',
    "a NUL in a key": b'{"a\\u0000b": 1}',
    "a raw NUL": b'{"name": "a\x00b"}',
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "half a surrogate pair in a key": b'{"\\udfff": 1}',
    "a key twice": b'{"name": "a", "name": "b"}',
    "a key twice further in": b'{"name": {"a": 1, "a": 2}}',
    "two objects": b"{}{}",
    "a form": b"name=a&status=READY",
    "XML": b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    "a YAML object": b"!!python/object/apply:os.system ['true']",
    "YAML aliases": b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*c, *b]",
    "YAML without end": b"a: &a [*a]",
}

# Values for any member or parameter.
VALUES: list[Any] = [
    *(None, True, [], {}, "", LONG, SQL, TEMPLATE, MARKUP, INJECTED, "../../etc/passwd"),
    *(-1, 1.5, 2**31, 2**63, -(2**63), 1e308, [[[]]], [None, {}], {"$ne": ""}),
    *("\u202e\u0301\U0001f4a5", "00000000-0000-0000-0000-000000000000", "file:///etc/passwd"),
]
TEXTS = [
    *("", LONG, SQL, TEMPLATE, MARKUP, INJECTED, "%00", "a\0b", "\ufffd\U0001f4a5", ",", "-1"),
    *("9" * 18, "9" * 30, "NaN", "0001-01-01T00:00:00+23:59", "2020-13-45", "tenant_id__gt"),
]

HEADERS: list[dict[str, str]] = [
    *({"Idempotency-Key": value} for value in (INJECTED, "", "é", "a\0b", "x" * 256)),
    *({"X-Request-ID": value} for value in (INJECTED, "é", LONG)),
    *({"traceparent": value} for value in (INJECTED, "00-0-0-00")),
    *({"If-Match": value} for value in (INJECTED, "", '"', "é", LONG, SQL)),
    *({"If-None-Match": value} for value in (INJECTED, '"', "\0")),
    *({"Accept": value} for value in (INJECTED, "/", "a/b;q=x", "text/html")),
    *({"Content-Type": value} for value in (INJECTED, "", "/", "multipart/form-data")),
    *({"Host": value} for value in (INJECTED, "a b", "é", "<script>")),
    *({"X-Auth-Token": value} for value in (INJECTED, "a\0b", SQL)),
    *({"Authorization": f"Bearer {value}"} for value in (INJECTED, "", "é", "a\0b", LONG, SQL)),
    {"Authorization": ""},
    {"X-HTTP-Method-Override": "DELETE"},
    {"X-Forwarded-For": INJECTED},
    {"Content-Encoding": "gzip"},
    {"Range": "bytes=0-9999999999999"},
    {"Origin": "null"},
]

# Python reads an octal escape in quotes as a character.
COOKIES = [LONG, SQL, "é", "a" * 32, '"abcdefgh\\000"', '"\\', ";;", "$Version=1", INJECTED]


@pytest.fixture
def objects(db: None) -> Objects:
    """One of everything."""
    return Objects()


class Attacker:
    """An admin, to whom nothing is forbidden, who looks closely at what he gets."""

    def __init__(self, count: Callable[[], dict[str, int]]) -> None:
        self.api: Api = new_api(user="admin")
        self.count = count
        self.before = count()

    def call(self, method: str, path: str, body: Any = b"", **kwargs: Any) -> HttpResponse:
        """Call, check that the answer harms nobody, and undo what was done."""

        def what() -> Any:
            return method, path[:200], str(body)[:200], kwargs

        with rolled_back() if method in WRITING else nullcontext():
            response: HttpResponse = self.api.send(method, path, body, **kwargs)
            assert response.status_code < 500, what()
            refusals = {}
            if method == "POST" and path in LOGINS and response.status_code == 401:
                refusals["core_auditentry"] = self.before["core_auditentry"] + 1
            if method in WRITING and response.status_code >= 400:
                assert self.count() == self.before | refusals, what()
        for name, value in response.items():
            assert not {"\r", "\n", "\0"} & set(name + value), what()
            assert name.lower() != "x-injected", what()
        text = response.content.decode()
        assert [word for word in LEAKS if word in text] == [], what()
        if response.get("Content-Type", "").startswith("text/html"):
            assert MARKUP not in text, what()
        return response


@pytest.fixture
def attacker(objects: Objects, row_counts: Callable[[], dict[str, int]]) -> Iterator[Attacker]:
    attacker = Attacker(row_counts)
    yield attacker
    assert row_counts() == attacker.before


def test_no_id_in_a_path_names_anything_but_what_it_is(
    attacker: Attacker, objects: Objects
) -> None:
    for method, path in operations():
        if "{" not in path:
            continue
        for trick in PATHS:
            object_id = trick.replace("{id}", objects.id_in(method, path))
            url = objects.path(method, path, object_id)
            body = objects.body(method, path)
            assert_problem(attacker.call(method, url, body or b""), 404, "not_found")
        url = objects.path(method, path, str(uuid4()))
        shown = attacker.call(method, f"{url}?format=api")
        assert shown.status_code == 404


@pytest.mark.parametrize("share", range(SHARES))
def test_no_operation_takes_a_body_that_is_no_object(
    attacker: Attacker, objects: Objects, share: int
) -> None:
    for method, path in operations()[share::SHARES]:
        url = objects.path(method, path)
        for name, body in BODIES.items():
            response = attacker.call(method, url, body)
            if method in ("POST", "PUT", "PATCH"):
                assert response.status_code == 400, (method, path, name)
                assert_refused(path, response, 400, "validation_error")


def assert_refused(path: str, response: Any, status: int, code: str) -> None:
    """Check that an answer is an error in its path's form."""
    if not is_keystones(path):
        assert_problem(response, status, code)
        return
    error = json.loads(response.content)["error"]
    assert (response.status_code, error["code"]) == (status, status)
    assert response["Content-Type"] == "application/json"


def test_no_operation_takes_a_body_over_a_mebibyte(attacker: Attacker, objects: Objects) -> None:
    body = json.dumps({"name": "x" * 2**20}).encode()
    for method, path in operations():
        response = attacker.call(method, objects.path(method, path), body)
        assert_refused(path, response, 413, "body_too_large")


@pytest.mark.parametrize("share", range(SHARES))
def test_no_member_of_a_body_does_harm(attacker: Attacker, objects: Objects, share: int) -> None:
    document = schema()
    writing = [each for each in operations() if each[0] in ("POST", "PUT", "PATCH")]
    assert len(writing) >= SHARES
    for method, path in writing[share::SHARES]:
        good = objects.body(method, path)
        names = {*members(document, method, path), *good, "unknown", "__proto__", SQL, TEMPLATE}
        for name, value in product(sorted(names), VALUES):
            attacker.call(method, objects.path(method, path), good | {name: value})


def test_the_members_that_are_tried_are_those_of_the_object_in_the_envelope() -> None:
    document = schema()
    assert {"vlan_id", "qos_type"} <= set(members(document, "POST", "/v2.0/gateways"))
    assert "description" in members(document, "PATCH", "/v2.0/gateways/{id}")
    assert "service_uuid" in members(document, "POST", "/requests")


def members(document: dict[str, Any], method: str, path: str) -> list[str]:
    """Return the members that the schema gives to an operation's body, out of its envelope."""
    operation = document["paths"][path][method.lower()]
    content = operation.get("requestBody", {}).get("content", {})
    shape = content.get("application/json", {}).get("schema", {})
    if "$ref" in shape:
        shape = document["components"]["schemas"][shape["$ref"].split("/")[-1]]
    if "oneOf" in shape:
        # One object, or several of the same.
        shape = document["components"]["schemas"][shape["oneOf"][0]["$ref"].split("/")[-1]]
    properties: dict[str, Any] = shape.get("properties", {})
    if len(properties) == 1 and "$ref" in (inner := next(iter(properties.values()))):
        shape = document["components"]["schemas"][inner["$ref"].split("/")[-1]]
        properties = shape["properties"]
    return list(properties)


@pytest.mark.parametrize("share", range(SHARES))
def test_no_parameter_does_harm(attacker: Attacker, objects: Objects, share: int) -> None:
    document = schema()
    reading = [each for each in operations() if each[0] == "GET"]
    assert len(reading) >= SHARES
    for method, path in reading[share::SHARES]:
        url = objects.path(method, path)
        parameters = document["paths"][path]["get"].get("parameters", [])
        names = {each["name"] for each in parameters if each["in"] == "query"}
        for name, text in product(sorted(names | {"format", "unknown", SQL, TEMPLATE}), TEXTS):
            attacker.call("GET", f"{url}?{urlencode({name: text})}")


@pytest.mark.parametrize("share", range(SHARES))
def test_no_header_does_harm(attacker: Attacker, objects: Objects, share: int) -> None:
    for method, path in operations()[share::SHARES]:
        url, body = objects.path(method, path), objects.body(method, path)
        for headers in HEADERS:
            attacker.call(method, url, body or b"", **headers)


def test_no_cookie_does_harm(attacker: Attacker, objects: Objects) -> None:
    attacker.api = Api()
    for name, value in product(("sessionid", "csrftoken", "messages"), COOKIES):
        response = attacker.call("GET", "/requests", cookie=f"{name}={value}")
        assert_problem(response, 401, "not_authenticated")
        for path in ("/requests", "/sessions", "/v2.0/ha_routers"):
            for content_type in ("application/json", "multipart/form-data; boundary=x"):
                attacker.call(
                    "POST", path, b"{}", content_type=content_type, cookie=f"{name}={value}"
                )
