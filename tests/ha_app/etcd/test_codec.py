"""What is written for agents, and what is understood of their answers."""

import json
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ha_app.etcd.codec import (
    MalformedAnswerError,
    object_value,
    read_monitoring,
    read_state,
)
from ha_app.etcd.heat_templates import heat_templates
from ha_app.etcd.keys import MONITORING, STATE, Name, UnknownNameError, parse
from ha_app.verdicts import MonitoringAnswer, StateAnswer

ROUTER_ID = "d4286c1d-86e7-42d3-9d84-a4d9daa3ae17"
PRIMARY_ID = "9b82b55a-551e-4069-ae77-c972e30ab0cc"
SECONDARY_ID = "198b93f2-006e-45b6-96d3-e7ef6f759501"


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_an_object_is_a_json_text_in_an_envelope() -> None:
    row = {
        "available_gateways": 500,
        "description": "sample_ha_router",
        "id": UUID(ROUTER_ID),
        "maximum_gateways": 500,
        "name": "sample-ha-router",
        "primary_router_id": UUID(PRIMARY_ID),
        "secondary_router_id": UUID(SECONDARY_ID),
        "status": "ACTIVE",
        "tenant_id": "0b576f6f4cbf414f829cd12f008bf08f",
        "version": 3,
        "marked_for_deletion": True,
    }

    value = json.loads(object_value("ha_routers", row))

    assert set(value) == {"body", "version", "marked_for_deletion"}
    assert (value["version"], value["marked_for_deletion"]) == (3, True)
    assert json.loads(value["body"]) == {
        "available_gateways": 500,
        "description": "sample_ha_router",
        "id": ROUTER_ID,
        "maximum_gateways": 500,
        "name": "sample-ha-router",
        "primary_router_id": PRIMARY_ID,
        "secondary_router_id": SECONDARY_ID,
        "status": "ACTIVE",
        "tenant_id": "0b576f6f4cbf414f829cd12f008bf08f",
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (
            {"version": 1, "error": "", "state": {"worker_state": "CREATE_COMPLETED"}},
            StateAnswer(1, "", "CREATE_COMPLETED"),
        ),
        (
            {"version": 2, "error": None, "state": {"worker_state": "READ_COMPLETE", "x": 1}},
            StateAnswer(2, "", "READ_COMPLETE"),
        ),
        (
            {"version": 2, "state": {"worker_state": "MODIFY_COMPLETED"}},
            StateAnswer(2, "", "MODIFY_COMPLETED"),
        ),
        (
            {"version": 4, "error": "no such VRF", "state": {"worker_state": "DELETE_COMPLETED"}},
            StateAnswer(4, "no such VRF", "DELETE_COMPLETED"),
        ),
        ({"version": 1, "error": "unreachable", "state": {}}, StateAnswer(1, "unreachable", "")),
        ({"version": 1, "error": "boom"}, StateAnswer(1, "boom", "")),
        ({"version": 1, "error": "boom", "state": None}, StateAnswer(1, "boom", "")),
        (
            {"version": 1, "error": "boom", "state": {"worker_state": "CREATE_FAILED"}},
            StateAnswer(1, "boom", ""),
        ),
        (
            {"version": 1, "error": "a\0b\ud800", "state": {}},
            StateAnswer(1, "a\ufffdb?", ""),
        ),
    ],
)
def test_a_state_is_read(value: Any, expected: StateAnswer) -> None:
    assert read_state(encoded(value)) == expected


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (b"", "it is no JSON"),
        (b"\xff\xfe", "it is no JSON"),
        (b"[" * 100_000, "it is no JSON"),
        (b"[]", "it is not an object"),
        (b'{"state": {"worker_state": "CREATE_COMPLETED"}}', "`version` is not an integer"),
        (encoded({"version": "1", "state": {}}), "`version` is not an integer"),
        (encoded({"version": True, "state": {}}), "`version` is not an integer"),
        (encoded({"version": 1.0, "state": {}}), "`version` is not an integer"),
        (encoded({"version": 1}), "`state` is not an object"),
        (encoded({"version": 1, "error": ""}), "`state` is not an object"),
        (encoded({"version": 1, "error": "boom", "state": "x"}), "`state` is not an object"),
        (encoded({"version": 1, "state": "CREATE_COMPLETED"}), "`state` is not an object"),
        (encoded({"version": 1, "state": {}}), "`worker_state` is 'null'"),
        (
            encoded({"version": 1, "state": {"worker_state": "CREATE_STARTED"}}),
            "`worker_state` is 'CREATE_STARTED'",
        ),
        (
            encoded({"version": 1, "state": {"worker_state": ["CREATE_COMPLETED"]}}),
            "`worker_state` is '[\"CREATE_COMPLETED\"]'",
        ),
        (
            encoded({"version": 1, "error": {"text": "x"}, "state": {}}),
            "`error` is not a text",
        ),
    ],
)
def test_a_malformed_state_is_refused_with_its_fault(value: bytes, fault: str) -> None:
    with pytest.raises(MalformedAnswerError) as raised:
        read_state(value)

    assert str(raised.value).startswith(fault)


def test_monitoring_is_read_part_by_part() -> None:
    value = {"version": 2, "secondary": "UP", "primary": "DOWN", "link": None}

    answer = read_monitoring(encoded(value))

    assert answer == MonitoringAnswer(
        2, (("link", "null"), ("primary", "DOWN"), ("secondary", "UP"))
    )


def test_monitoring_without_parts_is_malformed() -> None:
    with pytest.raises(MalformedAnswerError, match="it names no part"):
        read_monitoring(b'{"version": 1}')


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
STATES = st.fixed_dictionaries({}, optional={"worker_state": SCALARS, "other": SCALARS})
VALUES = SCALARS | st.lists(SCALARS, max_size=2) | STATES
MEMBERS = st.fixed_dictionaries(
    {}, optional={"version": VALUES, "error": VALUES, "state": VALUES, "primary": VALUES}
)


@given(st.binary() | MEMBERS.map(encoded))
def test_any_bytes_are_either_read_or_malformed(value: bytes) -> None:
    for read in (read_state, read_monitoring):
        # Any other exception fails the test.
        with suppress(MalformedAnswerError):
            assert isinstance(read(value).version, int)


def test_a_key_names_its_object() -> None:
    found = parse(f"/state/v2.0/ha_routers/{ROUTER_ID}")

    assert found == Name(STATE, "ha_routers", UUID(ROUTER_ID))
    assert parse(f"/monitoring/v2.0/gateways/{ROUTER_ID}") == Name(
        MONITORING, "gateways", UUID(ROUTER_ID)
    )


@pytest.mark.parametrize(
    "key", [f"/state/v2.0/networks/{ROUTER_ID}", "/state/v2.0/ha_routers", "/gatekeeper/leader"]
)
def test_keys_of_others_name_nothing(key: str) -> None:
    assert parse(key) is None


@pytest.mark.parametrize(
    "id_text", ["", "x", ROUTER_ID.upper(), ROUTER_ID.replace("-", ""), f"{ROUTER_ID}/more"]
)
def test_a_key_of_ours_without_an_id_is_refused(id_text: str) -> None:
    with pytest.raises(UnknownNameError):
        parse(f"/state/v2.0/ha_routers/{id_text}")


@pytest.mark.parametrize(
    ("template_id", "etcd_type", "parameters"),
    [
        (
            "ha_router_monitoring",
            "edge_router",
            {
                "primary_device_id": "primary_router_id",
                "secondary_device_id": "secondary_router_id",
            },
        ),
        (
            "ha_interface_monitoring",
            "er_physical_interface",
            {
                "primary_interface_id": "primary_interface_id",
                "secondary_interface_id": "secondary_interface_id",
            },
        ),
    ],
)
def test_the_heat_templates_are_yaml_once_rendered(
    template_id: str, etcd_type: str, parameters: dict[str, str]
) -> None:
    templates = heat_templates()

    assert set(templates) == {
        "/config/v2.0/heat_templates/ha_router_monitoring",
        "/config/v2.0/heat_templates/ha_interface_monitoring",
    }
    value = json.loads(templates[f"/config/v2.0/heat_templates/{template_id}"])
    body = json.loads(value["body"])
    assert (value["version"], value["marked_for_deletion"]) == (1, False)
    assert set(body) == {"id", "handler", "watch", "parameter_mappings", "template_file"}
    assert (body["id"], body["handler"], body["watch"]) == (template_id, "monitoring_worker", [])
    assert body["parameter_mappings"] == {
        parameter: {"field": field} for parameter, field in parameters.items()
    }
    rendered = body["template_file"]
    for parameter, device in zip(parameters, ("a", "b"), strict=True):
        rendered = rendered.replace("{{ " + parameter + " }}", device)
    assert yaml.safe_load(rendered) == {
        "primary": {"type": "etcd_reader", "etcd_type": etcd_type, "etcd_id": "a"},
        "secondary": {"type": "etcd_reader", "etcd_type": etcd_type, "etcd_id": "b"},
    }
