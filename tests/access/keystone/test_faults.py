"""Each fault of a login, as Keystone tells it (contract: ha.md)."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

import pytest
from django.contrib.auth.models import User

from gatekeeper_site.access.models import ThrottleWindow, Token
from tests.access.keystone.client import assert_error, by_password
from tests.fixtures import TENANT, Api

pytestmark = pytest.mark.django_db


def auth_faults(path: str, body: Any) -> str:
    return assert_error(Api().post(path, body), 400, "Bad Request")


USER = {"name": "ann", "password": "x"}
CASES_V3: list[tuple[Any, list[str]]] = [
    ({}, ["auth: Required."]),
    ({"auth": None}, ["auth: This cannot be null."]),
    ({"auth": [1]}, ["auth: [1] is not an object."]),
    ({"auth": "x", "more": 1}, ["auth: 'x' is not an object.", "more: There is no such field."]),
    ({"auth": {}}, ["auth.identity: Required."]),
    ({"auth": {"identity": 5}}, ["auth.identity: 5 is not an object."]),
    ({"auth": {"identity": {}}}, ["auth.identity.methods: Required."]),
    (
        {"auth": {"identity": {"methods": "password", "password": {"user": USER}}}},
        ['auth.identity.methods: \'password\' is not one of: ["password"], ["token"], '],
    ),
    ({"auth": {"identity": {"methods": []}}}, ["auth.identity.methods: [] is not one of"]),
    ({"auth": {"identity": {"methods": [None]}}}, ["auth.identity.methods: [null] is not"]),
    ({"auth": {"identity": {"methods": [["password"]]}}}, ['auth.identity.methods: [["pa']),
    ({"auth": {"identity": {"methods": ["totp"]}}}, ['auth.identity.methods: ["totp"] is not']),
    (
        {"auth": {"identity": {"methods": ["password", "token"]}}},
        ['auth.identity.methods: ["password", "token"] is not one of'],
    ),
    (
        {
            "auth": {
                "identity": {
                    "methods": ["password"],
                    "password": {"user": USER},
                    "token": {"id": "x"},
                }
            }
        },
        ["auth.identity.token: `methods` names password: give that alone."],
    ),
    (
        {"auth": {"identity": {"methods": ["token"]}}},
        ["auth.identity.token: Required, as `methods` names it."],
    ),
    (
        {"auth": {"identity": {"methods": ["application_credential"]}}},
        ["auth.identity.application_credential: Required, as `methods` names it."],
    ),
    (
        {
            "auth": {
                "identity": {
                    "methods": ["application_credential"],
                    "application_credential": {"id": 5, "user": {}},
                }
            }
        },
        [
            "auth.identity.application_credential.id: 5 is not a string.",
            "auth.identity.application_credential.secret: Required.",
            "auth.identity.application_credential.user.name: Required, or id.",
        ],
    ),
    (
        {"auth": {"identity": {"methods": ["password"], "password": {}}}},
        ["auth.identity.password.user: Required."],
    ),
    (by_password(name="x" * 151), ["auth.identity.password.user.name: This has more than 150"]),
    (
        {"auth": {"identity": {"methods": ["password"], "password": {"user": {"domain": []}}}}},
        [
            "auth.identity.password.user.name: Required, or id.",
            "auth.identity.password.user.password: Required.",
            "auth.identity.password.user.domain: [] is not an object.",
        ],
    ),
    (
        by_password(name="ann", id="1"),
        ["auth.identity.password.user.id: Give either name or id."],
    ),
    (by_password({}), ["auth.scope.project.name: Required, or id."]),
    (by_password([]), ["auth.scope.project: [] is not an object."]),
    (by_password({"id": 7}), ["auth.scope.project.id: 7 is not a string."]),
    (by_password({"id": "x", "name": "x"}), ["auth.scope.project.id: Give either name or id."]),
]
CASES_V2: list[tuple[Any, list[str]]] = [
    ({}, ["auth: Required."]),
    ({"auth": 1.5}, ["auth: 1.5 is not an object."]),
    ({"auth": {}}, ["auth.passwordCredentials: Required, or token."]),
    (
        {"auth": {"passwordCredentials": USER | {"username": "ann"}, "token": {"id": "x"}}},
        [
            "auth.passwordCredentials.name: There is no such field.",
            "auth.token: Give either passwordCredentials or token.",
        ],
    ),
    (
        {"auth": {"passwordCredentials": {"username": ["ann"]}, "tenantId": 5, "tenantName": ""}},
        [
            'auth.passwordCredentials.username: ["ann"] is not a string.',
            "auth.passwordCredentials.password: Required.",
            "auth.tenantId: 5 is not a string.",
            "auth.tenantName: This cannot be empty.",
        ],
    ),
    (
        {"auth": {"token": {"id": "x"}, "tenantId": TENANT, "tenantName": TENANT}},
        ["auth.tenantName: Give either tenantId or tenantName."],
    ),
]


@pytest.mark.parametrize(("body", "faults"), CASES_V3)
def test_each_fault_of_a_login_is_named(body: Any, faults: list[str]) -> None:
    message = auth_faults("/v3/auth/tokens", body)

    assert all(fault in message for fault in faults), message
    assert message.count("; ") == len(faults) - 1
    assert not ThrottleWindow.objects.exists()


@pytest.mark.parametrize(("body", "faults"), CASES_V2)
def test_each_fault_of_a_login_by_version_2_is_named(body: Any, faults: list[str]) -> None:
    message = auth_faults("/v2.0/tokens", body)

    assert all(fault in message for fault in faults), message
    assert message.count("; ") == len(faults) - 1
    assert not ThrottleWindow.objects.exists()


LOGINS = ["/v3/auth/tokens", "/v2.0/tokens"]


@pytest.mark.parametrize("path", LOGINS)
def test_what_is_no_login_at_all_is_told_as_keystone_does(
    path: str, row_counts: Callable[[], Any]
) -> None:
    before = row_counts()
    for body in (b"", b"[]", b"{", b"\xff", b'{"auth": {"identity": "\\u0000"}}', b'"auth"'):
        assert_error(Api().post(path, body), 400, "Bad Request")
    assert_error(Api().post(path, b"x" * (1024 * 1024 + 1)), 413, HTTPStatus(413).phrase)
    encoded = Api().post(path, {}, **{"Content-Encoding": "gzip"})
    assert_error(encoded, 415, "Unsupported Media Type")
    assert encoded["Accept-Encoding"] == "identity"
    unknown = Api().post(f"{path}?nocatalog", by_password())
    assert "nocatalog" in assert_error(unknown, 400, "Bad Request")
    wrong_method = Api().put(path, {})
    assert_error(wrong_method, 405, "Method Not Allowed")
    assert "POST" in wrong_method["Allow"]
    image = Api().post(path, {}, accept="image/png")
    assert_error(image, 406, "Not Acceptable")
    assert row_counts() == before


@pytest.mark.parametrize("path", LOGINS)
def test_an_idempotency_key_is_refused(user: User, path: str) -> None:
    response = Api().post(path, by_password(), **{"Idempotency-Key": "one"})

    assert "Idempotency-Key" in assert_error(response, 400, "Bad Request")
    assert not Token.objects.exists()


def test_unknown_paths_of_keystones_are_told_as_keystone_does() -> None:
    assert_error(Api().get("/v3/projects"), 404, "Not Found")
    # And those of others are not.
    assert Api().get("/v2.0/networks")["Content-Type"] == "application/problem+json"
