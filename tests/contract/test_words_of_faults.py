"""Every fault of a body has its place, and words of ours (contract: http.md, Errors)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import validators
from django.forms import fields as form_fields
from rest_framework import fields, relations, serializers

from records_app.models import ServiceDescriptor
from tests.contract.objects import LOGINS, Objects, operations
from tests.fixtures import Api, assert_faults, new_api

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]

MISSING = object()
WRONG = [
    MISSING,
    None,
    "",
    " ",
    "x",
    "x" * 70_000,
    -1,
    2**31,
    2**63,
    10**19,
    1.5,
    True,
    [],
    ["x"],
    [[]],
    {},
    {"x": 1},
    [{"location": "x"}],
    [{"nap": None, "location": 1, "x": "x"}],
]


def patterns_of_libraries() -> Iterator[re.Pattern[str]]:
    """Give what DRF's and Django's own fields and validators say, each as a pattern."""
    words = set()
    for module in (fields, relations, serializers, form_fields):
        for each in vars(module).values():
            if isinstance(each, type):
                words |= {
                    str(text) for text in getattr(each, "default_error_messages", {}).values()
                }
    for each in vars(validators).values():
        words.add(str(getattr(each, "message", "")))
    for text in words - {"", "None"}:
        pattern = re.sub(r"\\\{.*?\\\}|%\\?\(.*?\\?\)[sd]", ".*", re.escape(text))
        yield re.compile(pattern, re.DOTALL)


LIBRARIES = list(patterns_of_libraries())


def test_the_patterns_know_the_libraries_words() -> None:
    for words in (
        "This field is required.",
        "This field may not be null.",
        "Ensure this field has no more than 5 characters.",
        '"x" is not a valid choice.',
        "A valid integer is required.",
        "Null characters are not allowed.",
        "Enter a valid URL.",
        "Not a valid string.",
    ):
        assert any(pattern.fullmatch(words) for pattern in LIBRARIES), words


def test_no_fault_is_in_a_librarys_words_or_without_a_place() -> None:
    objects = Objects()
    admin = new_api()
    messages = set()
    for method, path in operations():
        body = objects.body(method, path)
        members = body.keys() | ({"ingresses", "callback", "request_type"} if body else set())
        url = objects.path(method, path)
        if path in LOGINS or not body:
            continue
        for name in members:
            for value in WRONG:
                changed = {key: part for key, part in body.items() if key != name}
                if value is not MISSING:
                    changed[name] = value
                response = admin.send(method, url, changed)
                assert response.status_code < 500, (method, path, name, value)
                if response.status_code != 400:
                    continue
                for fault in response.json()["errors"]:
                    assert fault["field"], (method, path, name, value, fault)
                    messages.add(fault["message"])

    assert len(messages) > 40
    ours = {"Required."}
    found = [text for text in messages for pattern in LIBRARIES if pattern.fullmatch(text)]
    assert set(found) <= ours


def test_what_a_member_lacks_is_said_with_its_place(operator: Api, demo: ServiceDescriptor) -> None:
    order = {
        "service_uuid": str(demo.pk),
        "ingresses": [{"location": "x"}, {"nap": 5}, {"location": "x", "nap": "y"}, "z", {}],
        "egresses": [{"location": None, "nap": "y", "colour": "red"}],
    }

    faults = assert_faults(
        operator.post("/requests", order),
        "ingresses[0].nap",
        "ingresses[1].nap",
        "ingresses[1].location",
        "ingresses[3]",
        "ingresses[4].location",
        "ingresses[4].nap",
        "egresses[0].location",
        "egresses[0].colour",
    )

    assert faults["ingresses[0].nap"] == "Required."
    assert faults["ingresses[1].nap"] == "5 is not a string."
    assert faults["ingresses[3]"] == "This must be an object."
    assert faults["egresses[0].location"] == "null is not a string."


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("/v2.0/ha_routers", ["primary_router_id", "secondary_router_id"]),
        (
            "/v2.0/ha_interfaces",
            ["ha_router_id", "primary_interface_id", "secondary_interface_id", "link_type"],
        ),
        ("/v2.0/gateways", ["service_type", "ha_router_id"]),
        ("/tokens", ["user", "role"]),
        ("/requests", ["service_uuid"]),
    ],
)
def test_what_is_missing_is_required(admin: Api, path: str, missing: list[str]) -> None:
    body = {"tenant_id": "0" * 32} if path.startswith("/v2.0") else {}

    faults = assert_faults(admin.post(path, body), *missing)

    assert all(message.startswith("Required") for message in faults.values()), faults


@pytest.mark.parametrize("value", [-1, 2**31, 10**18, "5", True, 1.0])
def test_a_number_out_of_bounds_is_named_with_the_bounds(admin: Api, value: Any) -> None:
    body = {"tenant_id": "0" * 32, "maximum_gateways": value}

    faults = assert_faults(
        admin.post("/v2.0/ha_routers", body),
        "maximum_gateways",
        "primary_router_id",
        "secondary_router_id",
    )

    shown = {"5": "'5'", True: "true"}.get(value, str(value)) if value != 1.0 else "1.0"
    shown = "true" if value is True else shown
    assert faults["maximum_gateways"] == f"{shown} is not a whole number from 0 to 2147483647."
