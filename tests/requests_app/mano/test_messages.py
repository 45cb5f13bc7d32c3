"""Orders as YAML, and hostile YAML as messages."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from requests_app.mano.messages import (
    MAX_MESSAGE_BYTES,
    Unreadable,
    order_body,
    read_body,
    request_id_of,
)
from requests_app.mano.protocol import Order

REQUEST = UUID("0f0b5d0c-6d0e-4c1e-9b52-6a1f7d1f3c11")
INSTANCE = UUID("1f0b5d0c-6d0e-4c1e-9b52-6a1f7d1f3c22")
# What YAML can write: no control characters, no half of a surrogate pair, no noncharacters.
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")))


def order(request_type: str, **members: Any) -> Order:
    fields: dict[str, Any] = {
        "request_id": REQUEST,
        "service_instance_uuid": INSTANCE,
        "nsd": {"uuid": "n", "name": "sonata-demo", "description": "Two."},
        "vnfds": [
            {"uuid": "a", "name": "vfoo-vnf", "description": "One."},
            {"uuid": "b", "name": "vbar-vnf", "description": "One."},
        ],
        "ingresses": [{"location": "Lisbon", "nap": "10.0.0.0/24"}],
        "egresses": [],
        "customer_email": "eve@example.org",
    }
    return Order(request_type=request_type, **(fields | members))


def test_a_create_has_the_descriptors_the_places_and_the_customer() -> None:
    document = yaml.safe_load(order_body(order("CREATE", service_instance_uuid=None)))

    assert document == {
        "NSD": {"uuid": "n", "name": "sonata-demo", "description": "Two."},
        "VNFD0": {"uuid": "a", "name": "vfoo-vnf", "description": "One."},
        "VNFD1": {"uuid": "b", "name": "vbar-vnf", "description": "One."},
        "ingresses": [{"location": "Lisbon", "nap": "10.0.0.0/24"}],
        "egresses": [],
        "user_data": {
            "customer": {
                "email": "eve@example.org",
                "phone": None,
                "keys": {"public": None, "private": None},
            },
            "developer": {"email": None, "phone": None},
        },
    }


def test_an_update_has_the_new_service_and_the_instance() -> None:
    assert yaml.safe_load(order_body(order("UPDATE"))) == {
        "NSD": {"uuid": "n", "name": "sonata-demo", "description": "Two."},
        "Instance_id": str(INSTANCE),
    }


def test_a_terminate_names_the_instance_in_both_ways() -> None:
    assert yaml.safe_load(order_body(order("TERMINATE", nsd=None, vnfds=[]))) == {
        "instance_id": str(INSTANCE),
        "service_instance_uuid": str(INSTANCE),
    }


@pytest.mark.parametrize("request_type", ["CREATE", "UPDATE"])
@pytest.mark.parametrize("lacking", [{}, {"description": None}])
def test_a_descriptor_without_a_description_is_sent_with_an_empty_one(
    request_type: str, lacking: dict[str, Any]
) -> None:
    descriptor = {"uuid": "n", "name": "bare"} | lacking

    body = order_body(order(request_type, nsd=descriptor, vnfds=[descriptor]))

    document = yaml.safe_load(body)
    sent = [document[name] for name in ("NSD", "VNFD0") if name in document]
    assert len(sent) == (2 if request_type == "CREATE" else 1)
    for each in sent:
        assert each == {"uuid": "n", "name": "bare", "description": ""}
    # What is stored stays as it was given.
    assert descriptor == {"uuid": "n", "name": "bare"} | lacking


def test_a_function_that_stands_twice_is_written_out_twice() -> None:
    function = {"uuid": "a", "units": [{"id": "vdu01"}], "description": "One."}

    body = order_body(order("CREATE", vnfds=[function, function])).decode()

    assert "&" not in body and "*" not in body
    assert yaml.safe_load(body)["VNFD1"] == function


@given(TEXTS)
def test_text_arrives_as_it_was_given(text: str) -> None:
    nsd = {"name": text, text: [text, {"version": text}]}

    assert yaml.safe_load(order_body(order("CREATE", nsd=nsd)))["NSD"] == {"description": ""} | nsd


@pytest.mark.parametrize("text", ["1.0", "yes", "null", "2020-01-01", "1e3", "0x10", "~", ""])
def test_text_that_looks_like_something_else_stays_text(text: str) -> None:
    body = order_body(order("CREATE", nsd={"version": text}))

    assert yaml.safe_load(body)["NSD"]["version"] == text


def test_letters_of_all_scripts_are_written_as_they_are() -> None:
    assert "Zürich 東京".encode() in order_body(order("CREATE", nsd={"name": "Zürich 東京"}))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("status: READY\nerror: null\n", {"status": "READY", "error": None}),
        ('{"status": "READY", "n": 1.5}', {"status": "READY", "n": 1.5}),
        (json.dumps({"vendor": "😀"}), {"vendor": "😀"}),
        ("when: 2017-01-12T10:00:00Z", {"when": "2017-01-12T10:00:00Z"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("2: two\ntrue: yes\nnull: no", {"2": "two", "true": "yes", "null": "no"}),
        ("mac: 52:54:00:12:34:56\ncountry: NO", {"mac": "52:54:00:12:34:56", "country": "NO"}),
        ("mode: 0755\nat: 12:30:45", {"mode": "0755", "at": "12:30:45"}),
        ("load: [.nan, -.inf, 1e999]", {"load": [".nan", "-.inf", "1e999"]}),
        ('{"load": NaN}', {"load": "NaN"}),
        ("a: !!binary aGFsbG8=\nb: !!set {c}", {"a": "aGFsbG8=", "b": {"c": None}}),
        ("a: !!timestamp 2017-01-12\nb: !!int one", {"a": "2017-01-12", "b": "one"}),
        ("a: !!python/unicode 'b'\nc: !!python/tuple [d]", {"a": "b", "c": ["d"]}),
        ("!!python/object/apply:os.system ['true']", ["true"]),
        ("? !!binary aGFsbG8=\n: b\n.nan: c", {"aGFsbG8=": "b", ".nan": "c"}),
        ("a: " + "9" * 200, {"a": "9" * 200}),
        ('a: "b\\0"', {"a": "b\N{REPLACEMENT CHARACTER}"}),
        ("a: {<<: 1}", {"a": {"<<": 1}}),
        ("READY", "READY"),
        ("", None),
        ("\ufeffstatus: READY", {"status": "READY"}),
    ],
)
def test_messages_are_read_as_json_or_yaml_in_types_of_json(body: str, message: Any) -> None:
    assert read_body(body.encode()) == message


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n"
    for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("body", "label"),
    [
        (b"\xff\xfe", "unparsable"),
        (b"\0", "unparsable"),
        (b"status: [", "unparsable"),
        (b"status: READY\nstatus: ERROR", "unparsable"),
        (b"--- a\n--- b", "unparsable"),
        (b"? [a, b]\n: c", "unparsable"),
        (b"a: &a [*a]", "unparsable"),
        (b"[" * 100_000, "unparsable"),
        (BOMB.encode(), "too_large"),
        (b"a: &a " + b"a" * 100_000 + b"\nb: [" + b"*a," * 50 + b"]", "too_large"),
        (b"x" * (MAX_MESSAGE_BYTES + 1), "too_large"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_hostile_messages_are_refused(body: bytes, label: str) -> None:
    with pytest.raises(Unreadable) as fault:
        read_body(body)

    assert fault.value.label == label
    assert str(fault.value)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    with suppress(Unreadable):
        json.dumps(read_body(body))


@pytest.mark.parametrize("correlation_id", [None, "", "17", b"\xff", 7, str(REQUEST)[:-1]])
def test_a_correlation_id_that_is_no_uuid_is_no_request(correlation_id: Any) -> None:
    assert request_id_of(correlation_id) is None


def test_a_correlation_id_names_a_request() -> None:
    assert request_id_of(str(REQUEST)) == REQUEST
