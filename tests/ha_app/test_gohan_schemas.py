"""gohan's description of the resources: all that its clients read of it (contract: ha.md, REST)."""

from typing import Any

import pytest

from tests.fixtures import TENANT, Api, assert_faults, assert_problem, new_api
from tests.ha_app.objects import new_gateway, new_interface, new_router, path_of

pytestmark = pytest.mark.django_db

SCHEMAS = "/gohan/v0.1/schemas"
COMMON = ["id", "name", "description"]
# In the order of the contract's tables.
ORDER = {
    "ha_router": [
        *COMMON,
        "primary_router_id",
        "secondary_router_id",
        "maximum_gateways",
        "available_gateways",
        "status",
        "tenant_id",
    ],
    "ha_interface": [
        *COMMON,
        "status",
        "tenant_id",
        "ha_router_id",
        "primary_interface_id",
        "secondary_interface_id",
        "link_type",
        "restricted_vlans",
        "vlan_ids_available",
        "vlan_pool_state",
        "gateway_instances_count",
        "maximum_ga_bandwidth",
        "maximum_be_bandwidth",
        "available_ga_bandwidth",
        "available_be_bandwidth",
        "admin_state_up",
    ],
    "gateway": [
        *COMMON,
        "status",
        "tenant_id",
        "service_type",
        "ha_router_id",
        "downlink_interface_id",
        "vlan_id",
        "uplink_interface_id",
        "uplink_vlan_id",
        "qos_type",
        "bandwidth",
        "vrf_name",
    ],
}
REQUIRED = {
    "ha_router": ["primary_router_id", "secondary_router_id"],
    "ha_interface": ["ha_router_id", "primary_interface_id", "secondary_interface_id", "link_type"],
    "gateway": ["service_type"],
}
# By property: those that are written only when an object is created, also later, and never.
WRITABLE_LATER = {
    "ha_router": {"description", "maximum_gateways"},
    "ha_interface": {
        "description",
        "maximum_ga_bandwidth",
        "maximum_be_bandwidth",
        "admin_state_up",
    },
    "gateway": {"name", "description", "qos_type", "bandwidth"},
}
READ_ONLY = {
    "ha_router": {"id", "available_gateways", "status"},
    "ha_interface": {
        "id",
        "status",
        "vlan_ids_available",
        "vlan_pool_state",
        "gateway_instances_count",
        "available_ga_bandwidth",
        "available_be_bandwidth",
    },
    "gateway": {"id", "status", "vrf_name"},
}
DEFAULTS = {
    "ha_router": {"name": "", "description": "", "maximum_gateways": 500},
    "ha_interface": {
        "name": "",
        "description": "",
        "restricted_vlans": "",
        "gateway_instances_count": 0,
        "maximum_ga_bandwidth": 0,
        "maximum_be_bandwidth": 0,
        "admin_state_up": True,
    },
    "gateway": {"name": "", "description": ""},
}
RELATIONS = {
    "ha_router": {},
    "ha_interface": {"ha_router_id": "ha_router"},
    "gateway": {
        "ha_router_id": "ha_router",
        "downlink_interface_id": "ha_interface",
        "uplink_interface_id": "ha_interface",
    },
}
EVERYTHING = ["create", "read", "update", "delete"]


def schemas_of(api: Api) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in api.get(SCHEMAS).json()["schemas"]}


def given(properties: dict[str, Any], member: str) -> dict[str, Any]:
    """Return a member of each property that has it."""
    return {name: each[member] for name, each in properties.items() if member in each}


def test_the_schemas_are_in_gohans_form(viewer: Api) -> None:
    answer = viewer.get(SCHEMAS)

    assert answer["X-Total-Count"] == answer["Record-Count"] == "3"
    schemas = answer.json()["schemas"]
    assert [schema["id"] for schema in schemas] == ["ha_router", "ha_interface", "gateway"]
    for schema in schemas:
        assert viewer.get(f"{SCHEMAS}/{schema['id']}").json() == {"schema": schema}
        expected = {
            "id": schema["id"],
            "singular": schema["id"],
            "plural": f"{schema['id']}s",
            "prefix": "/v2.0",
            "url": f"/v2.0/{schema['id']}s",
            "parent": "",
            "namespace": "",
            "metadata": {},
            "actions": {},
        }
        assert {name: schema[name] for name in expected} == expected
        assert schema.keys() - expected.keys() == {"title", "description", "schema"}
        # gohan's client takes no schema without
        assert schema["title"] and schema["description"]
        assert viewer.get(schema["url"]).json() == {schema["plural"]: []}
    assert_problem(viewer.get(f"{SCHEMAS}/edge_router"), 404, "not_found")
    assert_faults(viewer.get(f"{SCHEMAS}?colour=red"), "colour")


def test_what_clients_show_and_fill_in(operator: Api) -> None:
    for singular, described in schemas_of(operator).items():
        schema = described["schema"]
        properties = schema["properties"]
        assert schema["type"] == "object"
        assert schema["propertiesOrder"] == list(properties) == ORDER[singular]
        assert schema["required"] == REQUIRED[singular]
        assert given(properties, "default") == DEFAULTS[singular]
        assert given(properties, "relation") == RELATIONS[singular]
        assert given(properties, "title").keys() == given(properties, "type").keys()


@pytest.mark.parametrize(
    ("role", "tenant_id"),
    [("viewer", TENANT), ("operator", TENANT), ("admin", TENANT), ("admin", "")],
)
def test_permissions_are_the_callers(role: str, tenant_id: str) -> None:
    reads_only = role == "viewer"

    for singular, described in schemas_of(new_api(role, tenant_id)).items():
        schema = described["schema"]
        assert schema["permission"] == (["read"] if reads_only else EVERYTHING)
        for name, permission in given(schema["properties"], "permission").items():
            expected = [] if name in READ_ONLY[singular] else ["create"]
            expected += ["update"] if name in WRITABLE_LATER[singular] else []
            assert permission == ([] if reads_only else expected), name


def test_the_schemas_tell_what_may_be_written_when(operator: Api) -> None:
    router = new_router(name="r", description="some text")
    interface = new_interface(router, name="i", maximum_ga_bandwidth=20)
    uplink = new_interface(router, "uplink", name="u")
    gateway = new_gateway(
        router,
        name="g",
        service_type="vpn",
        uplink_interface_id=uplink.pk,
        uplink_vlan_id=77,
        qos_type="guarantee",
        bandwidth=4,
    )
    for each, described in zip(
        (router, interface, gateway), schemas_of(operator).values(), strict=True
    ):
        schema = described["schema"]
        row = operator.get(path_of(each)).json()[described["singular"]]
        assert schema["properties"].keys() == row.keys()
        for name, part in schema["properties"].items():
            # What may be changed can be set to what it is, and nothing else to anything else.
            value = row[name] if "update" in part["permission"] else [row[name]]
            answer = operator.put(path_of(each), {described["singular"]: {name: value}})
            assert answer.status_code == (200 if "update" in part["permission"] else 400), name
        optional = [name for name in row if name not in schema["required"]]
        answer = operator.post(described["url"], dict.fromkeys(optional))
        faults = {fault["field"] for fault in answer.json()["errors"]}
        assert faults >= set(schema["required"])
        read_only = {
            fault["field"]
            for fault in answer.json()["errors"]
            if fault["message"] == "This field is read-only."
        }
        assert read_only == READ_ONLY[described["id"]]


def test_a_default_is_what_an_object_has_if_nobody_says(operator: Api) -> None:
    router = new_router()
    objects = (router, new_interface(router), new_gateway(router))

    for each, described in zip(objects, schemas_of(operator).values(), strict=True):
        defaults = DEFAULTS[described["id"]] | {"gateway_instances_count": 1}
        row = operator.get(path_of(each)).json()[described["id"]]
        assert {name: row[name] for name in row if name in DEFAULTS[described["id"]]} == {
            name: defaults[name] for name in DEFAULTS[described["id"]]
        }


def test_a_property_in_full(operator: Api) -> None:
    schema = operator.get(f"{SCHEMAS}/ha_router").json()["schema"]["schema"]
    gateway = operator.get(f"{SCHEMAS}/gateway").json()["schema"]["schema"]["properties"]

    maximum = schema["properties"]["maximum_gateways"]
    assert {name: maximum[name] for name in maximum if name != "description"} == {
        "title": "Maximum gateways",
        "type": "integer",
        "minimum": 0,
        "maximum": 2**31 - 1,
        "default": 500,
        "permission": ["create", "update"],
    }
    assert schema["properties"]["primary_router_id"]["format"] == "uuid"
    assert gateway["qos_type"]["type"] == ["string", "null"]
    assert gateway["qos_type"]["enum"] == ["guarantee", "besteffort", None]
    assert gateway["vlan_id"]["type"] == ["integer", "null"]
    assert gateway["service_type"]["enum"] == [
        "internet",
        "common_function",
        "vpn",
        "aws",
        "azure",
        "gcp",
        "interdc",
    ]


def test_the_version(viewer: Api, anonymous: Api) -> None:
    answer = viewer.get("/gohan/v0.1/version")

    version = anonymous.get("/schema").json()["info"]["version"]
    assert answer.json() == {"app": "gatekeeper", "version": version}
    assert_faults(viewer.get("/gohan/v0.1/version?colour=red"), "colour")
    assert_problem(viewer.post("/gohan/v0.1/version", {}), 403, "permission_denied")
