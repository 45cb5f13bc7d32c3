"""Which descriptors may be onboarded, and what is said about the others."""

import re
from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from records_app import descriptor_schemas
from records_app.descriptor_schemas import (
    MAXIMUM_FAULTS,
    NSD_SCHEMA,
    VNFD_SCHEMA,
    Fault,
    descriptor_faults,
)

DEMO = Path(descriptor_schemas.__file__).parent / "demo"
NSD = yaml.load((DEMO / "nsd.yml").read_text(), yaml.CSafeLoader)
VFOO = yaml.load((DEMO / "vfoo-vnfd.yml").read_text(), yaml.CSafeLoader)
VBAR = yaml.load((DEMO / "vbar-vnfd.yml").read_text(), yaml.CSafeLoader)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=15,
)


# Whatever is wrong, it is said in one of these ways: never in a library's words, nor with a value
# in Python's notation.
SENTENCE = re.compile(
    r"is required(, or (descriptor_schema|cloudnative_deployment_units) instead)?"
    r"|must be (an object|a string( that is not empty| of 1 to 255 characters)?|a list of objects"
    r"|a list of at least one (network function|(virtual|cloud-native) deployment unit)"
    r'|a number above 0|a string of dotted numbers such as "0\.1")(: put it in quotes)?'
    r"|must be unique: [a-z_]+\[[0-9]+\] has the same"
    r"|has more than the 1000 faults listed here"
)


def places(value, path=()):
    """The paths of all the values inside a JSON value."""
    steps = value.items() if isinstance(value, dict) else enumerate(value)
    for step, child in steps:
        yield (*path, step)
        if isinstance(child, dict | list):
            yield from places(child, (*path, step))


def with_value(document, path, value):
    """A copy of the document with another value at that path."""
    changed = deepcopy(document)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return changed


def without(document, path):
    """A copy of the document without the member at that path."""
    changed = deepcopy(document)
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    del holder[path[-1]]
    return changed


def written(path):
    return "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path).removeprefix(".")


NSD_REQUIRED = [
    ("vendor",),
    ("name",),
    ("version",),
    ("network_functions",),
    ("network_functions", 1, "vnf_id"),
    ("network_functions", 1, "vnf_vendor"),
    ("network_functions", 1, "vnf_name"),
    ("network_functions", 1, "vnf_version"),
]
VNFD_REQUIRED = [
    ("vendor",),
    ("name",),
    ("version",),
    ("virtual_deployment_units", 1, "id"),
    ("virtual_deployment_units", 1, "resource_requirements"),
    ("virtual_deployment_units", 1, "resource_requirements", "cpu"),
    ("virtual_deployment_units", 1, "resource_requirements", "cpu", "vcpus"),
    ("virtual_deployment_units", 1, "resource_requirements", "memory"),
    ("virtual_deployment_units", 1, "resource_requirements", "memory", "size"),
    ("virtual_deployment_units", 1, "connection_points", 0, "id"),
]
VNFD_OPTIONAL = [
    ("virtual_deployment_units", 1, "vm_image"),
    ("virtual_deployment_units", 1, "connection_points"),
    ("virtual_deployment_units", 1, "resource_requirements", "storage"),
]
CONTAINERS = {
    "descriptor_schema": "https://schemas.example/vnfd-schema.yml",
    "vendor": "example",
    "name": "broker",
    "version": "0.9",
    "cloudnative_deployment_units": [
        {
            "id": "cdu01",
            "image": "example/broker:latest",
            "connection_points": [{"id": "int-mqtt", "port": 1883}],
            "parameters": {"env": {"PORT": 1883}},
        },
        {"id": "cdu02", "image": "example/exporter:latest", "connection_points": []},
    ],
}
CONTAINERS_REQUIRED = [
    ("cloudnative_deployment_units", 0, "id"),
    ("cloudnative_deployment_units", 1, "image"),
    ("cloudnative_deployment_units", 0, "connection_points", 0, "id"),
]
REQUIRED = [
    *[("nsd", NSD, path) for path in NSD_REQUIRED],
    *[("vnfd", VFOO, path) for path in VNFD_REQUIRED],
    *[("vnfd", CONTAINERS, path) for path in CONTAINERS_REQUIRED],
]
# Members that another may stand for.
EITHER = [
    ("nsd", NSD, "descriptor_version", "descriptor_schema"),
    ("vnfd", VFOO, "descriptor_version", "descriptor_schema"),
    ("vnfd", VFOO, "virtual_deployment_units", "cloudnative_deployment_units"),
]


@pytest.mark.parametrize("schema", [NSD_SCHEMA, VNFD_SCHEMA])
def test_the_schemas_are_valid_json_schema(schema):
    Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(("kind", "document"), [("nsd", NSD), ("vnfd", VFOO), ("vnfd", VBAR)])
def test_the_demo_descriptors_have_no_fault(kind, document):
    before = deepcopy(document)

    assert descriptor_faults(kind, document) == []
    assert document == before


def test_the_demo_service_names_the_demo_functions():
    named = [
        (each["vnf_id"], each["vnf_vendor"], each["vnf_name"], each["vnf_version"])
        for each in NSD["network_functions"]
    ]

    assert named == [
        ("vnf_vfoo", VFOO["vendor"], VFOO["name"], VFOO["version"]),
        ("vnf_vbar", VBAR["vendor"], VBAR["name"], VBAR["version"]),
    ]
    assert (NSD["vendor"], NSD["name"], NSD["version"]) == ("eu.sonata-nfv", "sonata-demo", "0.1")


@pytest.mark.parametrize(("kind", "document", "path"), REQUIRED)
def test_a_missing_member_is_one_fault_at_its_own_path(kind, document, path):
    faults = descriptor_faults(kind, without(document, path))

    assert faults == [Fault(written(path), "is required")]


@pytest.mark.parametrize(
    ("kind", "document", "path"), REQUIRED + [("vnfd", VFOO, path) for path in VNFD_OPTIONAL]
)
def test_null_does_not_stand_for_a_member(kind, document, path):
    faults = descriptor_faults(kind, with_value(document, path, None))

    assert [fault.path for fault in faults] == [written(path)]
    assert faults[0].message.startswith("must be ")


@pytest.mark.parametrize("path", VNFD_OPTIONAL)
def test_a_unit_needs_no_image_no_connection_points_and_no_storage(path):
    assert descriptor_faults("vnfd", without(VFOO, path)) == []


@pytest.mark.parametrize(("kind", "document", "usual", "other"), EITHER)
def test_of_two_members_of_which_neither_is_there_both_are_named(kind, document, usual, other):
    assert descriptor_faults(kind, without(document, (usual,))) == [
        Fault(usual, f"is required, or {other} instead")
    ]


@pytest.mark.parametrize("kind", ["nsd", "vnfd"])
def test_a_schema_stands_for_its_version(kind):
    document = without(NSD if kind == "nsd" else VFOO, ("descriptor_version",))

    assert descriptor_faults(kind, {**document, "descriptor_schema": "https://x.example/y"}) == []
    assert descriptor_faults(kind, {**document, "descriptor_schema": ""}) == [
        Fault("descriptor_schema", "must be a string that is not empty")
    ]


def test_containers_stand_for_machines_or_beside_them():
    assert descriptor_faults("vnfd", CONTAINERS) == []
    assert descriptor_faults("vnfd", {**VFOO, **CONTAINERS}) == []
    assert descriptor_faults("vnfd", {**CONTAINERS, "cloudnative_deployment_units": []}) == [
        Fault(
            "cloudnative_deployment_units",
            "must be a list of at least one cloud-native deployment unit",
        )
    ]


def test_ids_of_units_and_of_a_units_connection_points_are_unique():
    unit = {
        **VFOO["virtual_deployment_units"][0],
        "id": "u1",
        "connection_points": [{"id": "eth0"}, {"id": "eth1"}, {"id": "eth0"}],
    }
    container = {"id": "u1", "image": "x", "connection_points": [{"id": "p"}, {"id": "p"}]}
    document = {
        **VFOO,
        "virtual_deployment_units": [unit, {**unit, "connection_points": [{"id": "eth0"}]}],
        "cloudnative_deployment_units": [container],
    }

    same = "must be unique: {} has the same"
    assert sorted(descriptor_faults("vnfd", document)) == [
        (
            "cloudnative_deployment_units[0].connection_points[1].id",
            same.format("connection_points[0]"),
        ),
        ("cloudnative_deployment_units[0].id", same.format("virtual_deployment_units[0]")),
        (
            "virtual_deployment_units[0].connection_points[2].id",
            same.format("connection_points[0]"),
        ),
        ("virtual_deployment_units[1].id", same.format("virtual_deployment_units[0]")),
    ]


@pytest.mark.parametrize(
    ("kind", "document", "member"),
    [
        ("nsd", NSD, "description"),
        ("nsd", NSD, "connection_points"),
        ("nsd", NSD, "virtual_links"),
        ("nsd", NSD, "forwarding_graphs"),
        ("vnfd", VFOO, "description"),
        ("vnfd", VFOO, "connection_points"),
        ("vnfd", VFOO, "virtual_links"),
    ],
)
def test_the_other_members_may_be_left_out(kind, document, member):
    assert descriptor_faults(kind, without(document, (member,))) == []


def test_all_faults_are_told_at_once():
    document = {
        "vendor": "",
        "name": 7,
        "version": 0.1,
        "network_functions": [
            {"vnf_id": "vnf_a", "vnf_vendor": "v", "vnf_name": "n", "vnf_version": "1"},
            {"vnf_id": "vnf_a", "vnf_vendor": "v", "vnf_name": "n", "vnf_version": "1."},
            "vnf_b",
        ],
        "virtual_links": {},
    }

    assert sorted(descriptor_faults("nsd", document)) == [
        ("descriptor_version", "is required, or descriptor_schema instead"),
        ("name", "must be a string of 1 to 255 characters: put it in quotes"),
        ("network_functions[1].vnf_id", "must be unique: network_functions[0] has the same"),
        (
            "network_functions[1].vnf_version",
            'must be a string of dotted numbers such as "0.1"',
        ),
        ("network_functions[2]", "must be an object"),
        ("vendor", "must be a string of 1 to 255 characters"),
        (
            "version",
            'must be a string of dotted numbers such as "0.1": put it in quotes',
        ),
        ("virtual_links", "must be a list of objects"),
    ]


@pytest.mark.parametrize("version", ["0", "1", "0.1", "10.20.30.40", "007"])
def test_a_version_is_dotted_numbers(version):
    assert descriptor_faults("vnfd", {**VFOO, "version": version}) == []


@pytest.mark.parametrize(
    "version",
    [
        *["", ".", "1.", ".1", "1..2", "v1", "1.0-rc1", "1 ", " 1", "0.1\n", "\n0.1", "1,0"],
        "\N{ARABIC-INDIC DIGIT ONE}",
        "1" * 256,
    ],
)
def test_a_version_is_nothing_else(version):
    assert descriptor_faults("vnfd", {**VFOO, "version": version}) == [
        Fault("version", 'must be a string of dotted numbers such as "0.1"')
    ]


@pytest.mark.parametrize("version", [1, 0.1, True])
def test_a_version_that_yaml_reads_as_something_else_must_be_quoted(version):
    assert descriptor_faults("vnfd", {**VFOO, "version": version}) == [
        Fault("version", 'must be a string of dotted numbers such as "0.1": put it in quotes')
    ]


def test_a_fault_of_a_too_long_and_malformed_version_is_told_once():
    assert descriptor_faults("vnfd", {**VFOO, "version": "v" * 256}) == [
        Fault("version", 'must be a string of dotted numbers such as "0.1"')
    ]


@pytest.mark.parametrize(("length", "fault_count"), [(0, 1), (1, 0), (255, 0), (256, 1)])
def test_a_name_has_1_to_255_characters(length, fault_count):
    faults = descriptor_faults("nsd", {**NSD, "name": "ä" * length})

    assert faults == [Fault("name", "must be a string of 1 to 255 characters")] * fault_count


@pytest.mark.parametrize("member", [("cpu", "vcpus"), ("memory", "size")])
@pytest.mark.parametrize("amount", [0, -1, 0.0, True, "1", None, [], float("nan")])
def test_an_amount_is_a_number_above_zero(member, amount):
    path = ("virtual_deployment_units", 0, "resource_requirements", *member)

    faults = descriptor_faults("vnfd", with_value(VFOO, path, amount))

    assert faults == [Fault(written(path), "must be a number above 0")]


@pytest.mark.parametrize("amount", [1, 0.5, 4096, 10**30])
def test_an_amount_may_be_any_number_above_zero(amount):
    path = ("virtual_deployment_units", 0, "resource_requirements", "cpu", "vcpus")

    assert descriptor_faults("vnfd", with_value(VFOO, path, amount)) == []


@pytest.mark.parametrize(
    ("kind", "document", "member"),
    [("nsd", NSD, "network_functions"), ("vnfd", VFOO, "virtual_deployment_units")],
)
def test_there_is_at_least_one_part(kind, document, member):
    [fault] = descriptor_faults(kind, {**document, member: []})

    assert fault.path == member
    assert fault.message.startswith("must be a list of at least one ")


def test_a_vdu_may_have_no_connection_points_and_any_storage():
    vdu = {**VFOO["virtual_deployment_units"][0], "connection_points": []}
    vdu["resource_requirements"] = {**vdu["resource_requirements"], "storage": {}}

    assert descriptor_faults("vnfd", {**VFOO, "virtual_deployment_units": [vdu]}) == []


@pytest.mark.parametrize("member", ["connection_points", "virtual_links", "forwarding_graphs"])
def test_lists_of_a_service_hold_objects_of_any_content(member):
    any_content = {**NSD, member: [{}, {"id": 7, "connection_points_reference": "no list"}]}
    no_objects = {**NSD, member: [{}, "mgmt", None]}

    assert descriptor_faults("nsd", any_content) == []
    assert descriptor_faults("nsd", no_objects) == [
        Fault(f"{member}[1]", "must be an object"),
        Fault(f"{member}[2]", "must be an object"),
    ]


@pytest.mark.parametrize(("kind", "document"), [("nsd", NSD), ("vnfd", VFOO)])
def test_unknown_members_are_allowed_everywhere(kind, document):
    changed = {"x-vendor": {"any": [1, None]}, **document}
    for path in list(places(document)):
        holder = changed
        for step in path:
            holder = holder[step]
        if isinstance(holder, dict):
            changed = with_value(changed, (*path, "x-unknown"), [None, {"deep": True}])

    assert descriptor_faults(kind, changed) == []


@pytest.mark.parametrize("document", [None, True, 1, "text", []])
@pytest.mark.parametrize("kind", ["nsd", "vnfd"])
def test_a_document_that_is_no_object_is_one_fault_without_a_path(kind, document):
    assert descriptor_faults(kind, document) == [Fault("", "must be an object")]


def test_faults_beyond_the_maximum_are_left_out_and_that_is_said():
    document = {**NSD, "virtual_links": [7] * 50_000}

    faults = descriptor_faults("nsd", document)

    assert len(faults) == MAXIMUM_FAULTS + 1
    assert faults[0] == Fault("virtual_links[0]", "must be an object")
    assert faults[-1] == Fault("", "has more than the 1000 faults listed here")


def test_exactly_the_maximum_is_listed_in_full():
    faults = descriptor_faults("nsd", {**NSD, "virtual_links": [7] * MAXIMUM_FAULTS})

    assert len(faults) == MAXIMUM_FAULTS
    assert faults[-1] == Fault(f"virtual_links[{MAXIMUM_FAULTS - 1}]", "must be an object")


def test_values_that_cannot_be_printed_are_faults_like_others():
    vcpus = ("virtual_deployment_units", 0, "resource_requirements", "cpu", "vcpus")
    deep = []
    for _ in range(100_000):
        deep = [deep]

    assert descriptor_faults("nsd", {**NSD, "name": deep}) == [
        Fault("name", "must be a string of 1 to 255 characters")
    ]
    assert descriptor_faults("nsd", {**NSD, "name": 10**5000}) == [
        Fault("name", "must be a string of 1 to 255 characters: put it in quotes")
    ]
    assert descriptor_faults("vnfd", with_value(VFOO, vcpus, -(10**5000))) == [
        Fault(written(vcpus), "must be a number above 0")
    ]


@given(kind=st.sampled_from(["nsd", "vnfd"]), document=json_values)
def test_no_json_value_is_too_odd_to_be_judged(kind, document):
    faults = descriptor_faults(kind, document)

    assert faults != []
    assert len(set(faults)) == len(faults)
    assert all(SENTENCE.fullmatch(fault.message) for fault in faults), faults


@given(data=st.data(), value=json_values)
def test_no_json_value_anywhere_in_a_descriptor_is_too_odd_to_be_judged(data, value):
    kind, document = data.draw(
        st.sampled_from([("nsd", NSD), ("vnfd", VFOO), ("vnfd", CONTAINERS)])
    )
    path = data.draw(st.sampled_from(list(places(document))))
    changed = with_value(document, path, value)

    faults = descriptor_faults(kind, changed)

    assert all(SENTENCE.fullmatch(fault.message) for fault in faults), faults
    # Every fault lies at the changed place, inside it, or is a vnf_id that now is there twice.
    for fault in faults:
        assert fault.path.startswith(written(path)) or "must be unique" in fault.message
