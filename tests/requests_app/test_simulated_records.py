"""What the simulated MANO answers: the seeds' records, and the faults it can be asked for."""

import json
from copy import deepcopy
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from records_app import descriptor_schemas
from records_app.descriptor_schemas import descriptor_faults
from requests_app.mano.simulated_records import build_nsr, build_vnfr
from requests_app.mano.simulator_faults import Faults, Step, faults_of, schedule

DEMO = Path(descriptor_schemas.__file__).parent / "demo"
SEEDS = Path(__file__).parents[1] / "seeds"
INSTANCE_ID = UUID("95e9b668-5726-4998-8ed4-d8d7e7fd2225")
OTHER_INSTANCE_ID = UUID("64bebf45-9c58-4615-9fe6-d42c89189876")
NSD_UUID = "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"
VFOO_UUID = "6a15313f-cb0a-4540-baa2-77cc6b3f1010"
VBAR_UUID = "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a9"

NSD = {"uuid": NSD_UUID, **yaml.load((DEMO / "nsd.yml").read_text(), yaml.CSafeLoader)}
VFOO = {"uuid": VFOO_UUID, **yaml.load((DEMO / "vfoo-vnfd.yml").read_text(), yaml.CSafeLoader)}
VBAR = {"uuid": VBAR_UUID, **yaml.load((DEMO / "vbar-vnfd.yml").read_text(), yaml.CSafeLoader)}

NORMAL = Faults()

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
    max_leaves=15,
)
names = st.text(st.characters(), min_size=1, max_size=20)
# Hypothesis also tries texts that stand in the product, and these ask for a fault.
images = names.filter(lambda name: not name.startswith("simulator:"))
objects = st.lists(st.dictionaries(st.text(), json_values), max_size=3)
points = st.lists(
    st.builds(
        lambda rest, name: {**rest, "id": name}, st.dictionaries(names, json_values), st.text()
    ),
    max_size=3,
    unique_by=lambda point: point["id"],
)
# What a descriptor need not say of a unit.
LEFT_OUT = [("vm_image",), ("connection_points",), ("vm_image", "connection_points"), ()]
lists_of_left_out = st.lists(st.sampled_from(LEFT_OUT))
all_faults = st.builds(
    Faults,
    fail=st.booleans(),
    silent=st.booleans(),
    deaf=st.booleans(),
    duplicate=st.booleans(),
    reorder=st.booleans(),
    slow_seconds=st.none() | st.integers(0, 999_999),
)


def seed(name):
    return json.loads((SEEDS / f"{name}.json").read_text())


def as_any_run(value):
    """The value with everything that varies from run to run made equal."""
    if isinstance(value, list):
        return [as_any_run(each) for each in value]
    if isinstance(value, dict):
        varying = {"vnfr_id", "address", "hardware_address", "vc_id"}
        return {key: "…" if key in varying else as_any_run(each) for key, each in value.items()}
    return value


def as_record(answer):
    """What the MANO answers, as a record of the seeds without its times."""
    return {("uuid" if key == "id" else key): value for key, value in answer.items()}


def without_times(record):
    return {k: v for k, v in record.items() if k not in ("created_at", "updated_at")}


def connection_points_of(vnfr):
    return [
        point
        for vdu in vnfr["virtual_deployment_units"]
        for vnfc in vdu["vnfc_instance"]
        for point in vnfc["connection_points"]
    ]


def without_members(unit, names):
    return {name: value for name, value in unit.items() if name not in names}


def vnfd_with_images(*images):
    vdu = VBAR["virtual_deployment_units"][0]
    return {**VBAR, "virtual_deployment_units": [{**vdu, "vm_image": image} for image in images]}


def test_the_demo_service_record_is_the_seeds():
    [seed_record] = seed("records_services")

    record = as_record(build_nsr(INSTANCE_ID, NSD))

    assert as_any_run(record) == as_any_run(without_times(seed_record))


def test_the_demo_function_records_are_the_seeds():
    seed_records = [without_times(each) for each in seed("records_functions")]

    vnfrs = [
        build_vnfr(INSTANCE_ID, "vnf_vfoo", VFOO),
        build_vnfr(INSTANCE_ID, "vnf_vbar", VBAR),
    ]

    for vnfr, seed_record in zip(vnfrs, seed_records, strict=True):
        assert as_any_run(as_record({**vnfr, "id": seed_record["uuid"]})) == as_any_run(seed_record)


def test_the_service_record_names_its_functions_in_order():
    nsr = build_nsr(INSTANCE_ID, NSD)

    assert nsr["id"] == str(INSTANCE_ID)
    assert nsr["network_functions"] == [
        {"vnfr_id": build_vnfr(INSTANCE_ID, "vnf_vfoo", VFOO)["id"]},
        {"vnfr_id": build_vnfr(INSTANCE_ID, "vnf_vbar", VBAR)["id"]},
    ]


def test_the_same_order_gives_the_same_records_and_leaves_the_descriptors_alone():
    nsd, vfoo = deepcopy(NSD), deepcopy(VFOO)

    assert build_nsr(INSTANCE_ID, nsd) == build_nsr(INSTANCE_ID, NSD)
    assert build_vnfr(INSTANCE_ID, "vnf_vfoo", vfoo) == build_vnfr(INSTANCE_ID, "vnf_vfoo", VFOO)
    assert (nsd, vfoo) == (NSD, VFOO)


def test_two_instances_and_two_functions_of_one_descriptor_share_no_id():
    vnfrs = [
        build_vnfr(INSTANCE_ID, "vnf_a", VFOO),
        build_vnfr(INSTANCE_ID, "vnf_b", VFOO),
        build_vnfr(OTHER_INSTANCE_ID, "vnf_a", VFOO),
    ]

    ids = [vnfr["id"] for vnfr in vnfrs] + [
        vnfc["vc_id"]
        for vnfr in vnfrs
        for vdu in vnfr["virtual_deployment_units"]
        for vnfc in vdu["vnfc_instance"]
    ]
    assert len(set(ids)) == 3 + 3 * 2
    assert all(str(UUID(each)) == each for each in ids)


def test_addresses_lie_in_their_networks_and_none_is_given_twice_in_a_function():
    many = [{"id": f"eth{n}", "type": "management" if n % 2 else "external"} for n in range(2000)]
    vdu = {**VFOO["virtual_deployment_units"][0], "connection_points": many}
    vnfr = build_vnfr(INSTANCE_ID, "vnf_vfoo", {**VFOO, "virtual_deployment_units": [vdu, vdu]})

    points = connection_points_of(vnfr)

    for point in points:
        interface = point["interface"]
        address = IPv4Address(interface["address"])
        if point["type"] == "management":
            assert list(interface) == ["address", "hardware_address"]
            network = IPv4Network("10.100.0.0/16")
        else:
            assert interface["netmask"] == "255.255.255.248"
            network = IPv4Network(f"{address}/29", strict=False)
            assert network.subnet_of(IPv4Network("172.16.0.0/12"))
        assert address in network
        assert address not in (network.network_address, network.broadcast_address)
        assert interface["hardware_address"].startswith("fa:16:3e:")
        assert len(interface["hardware_address"]) == 17
    assert len(points) == 4000
    assert len({point["interface"]["address"] for point in points}) == 4000
    assert len({point["interface"]["hardware_address"] for point in points}) == 4000


def test_optional_members_that_are_missing_become_empty_lists():
    nsd = {k: v for k, v in NSD.items() if k not in ("virtual_links", "forwarding_graphs")}
    vnfd = {k: v for k, v in VBAR.items() if k != "virtual_links"}

    nsr = build_nsr(INSTANCE_ID, nsd)
    vnfr = build_vnfr(INSTANCE_ID, "vnf_vbar", vnfd)

    assert (nsr["virtual_links"], nsr["forwarding_graphs"]) == ([], [])
    assert vnfr["virtual_links"] == []


def test_odd_members_are_taken_over_as_given():
    links = [{"id": 7}, {"connection_points_reference": "mgmt", "x": None}]
    vdu = VBAR["virtual_deployment_units"][0]
    points = [{"id": "eth0", "type": ["management"], "interface": "ipv4", "x": {"y": 1}}]
    vnfd = {
        **VBAR,
        "virtual_links": links,
        "virtual_deployment_units": [{**vdu, "connection_points": points}],
    }

    nsr = build_nsr(INSTANCE_ID, {**NSD, "virtual_links": links, "forwarding_graphs": links})
    vnfr = build_vnfr(INSTANCE_ID, "vnf_vbar", vnfd)

    assert nsr["virtual_links"] == nsr["forwarding_graphs"] == vnfr["virtual_links"] == links
    [point] = connection_points_of(vnfr)
    assert list(point["interface"]) == ["address", "hardware_address", "netmask"]
    assert {**point, "interface": "ipv4"} == points[0]


def test_a_unit_without_image_and_connection_points_becomes_one_without():
    vdu = without_members(VBAR["virtual_deployment_units"][0], ("vm_image", "connection_points"))

    vnfr = build_vnfr(INSTANCE_ID, "vnf_vbar", {**VBAR, "virtual_deployment_units": [vdu]})

    [unit] = vnfr["virtual_deployment_units"]
    assert (unit["id"], "vm_image" in unit) == ("vdu01", False)
    assert connection_points_of(vnfr) == []


def test_containers_become_units_of_their_own_kind():
    broker = {
        "id": "cdu01",
        "image": "example/broker:latest",
        "connection_points": [{"id": "int-mqtt", "port": 1883}],
        "parameters": {"env": {"LEVEL": "debug"}},
    }
    vnfd = {
        **without_members(VBAR, ("virtual_deployment_units",)),
        "name": "broker",
        "cloudnative_deployment_units": [broker, {"id": "cdu02", "image": "example/exporter"}],
    }

    vnfr = build_vnfr(INSTANCE_ID, "vnf_broker", vnfd)

    assert vnfr["virtual_deployment_units"] == []
    assert vnfr["cloudnative_deployment_units"] == [
        {
            "id": "cdu01",
            "image": "example/broker:latest",
            "vim_id": "1111-22222222-33333333-4444",
            "cdu_reference": "broker:cdu01",
            "number_of_instances": 1,
            "connection_points": [{"id": "int-mqtt", "port": 1883}],
        },
        {
            "id": "cdu02",
            "image": "example/exporter",
            "vim_id": "1111-22222222-33333333-4444",
            "cdu_reference": "broker:cdu02",
            "number_of_instances": 1,
            "connection_points": [],
        },
    ]


@given(data=st.data(), vnf_id=names, extra=json_values)
def test_every_descriptor_without_fault_becomes_a_record(data, vnf_id, extra):
    # given a descriptor as odd as the schemas allow
    vdu = {
        **VBAR["virtual_deployment_units"][0],
        "id": data.draw(names),
        "vm_image": data.draw(images),
        "connection_points": data.draw(points),
        "extra": extra,
    }
    others = [
        without_members(vdu, left_out) | {"id": f"{vdu['id']} {number}"}
        for number, left_out in enumerate(data.draw(lists_of_left_out))
    ]
    cdu = {"id": "", "image": data.draw(images), "connection_points": data.draw(points)}
    vnfd = {
        **VBAR,
        "name": data.draw(names),
        "virtual_links": data.draw(objects),
        "virtual_deployment_units": [vdu, *others],
        "cloudnative_deployment_units": [cdu | {"id": f"{vdu['id']} cdu", "extra": extra}],
        "extra": extra,
    }
    nsd = {
        **NSD,
        "network_functions": [{**NSD["network_functions"][0], "vnf_id": vnf_id}],
        "forwarding_graphs": data.draw(objects),
        "extra": extra,
    }
    assert descriptor_faults("vnfd", vnfd) == descriptor_faults("nsd", nsd) == []

    # when
    nsr = build_nsr(INSTANCE_ID, nsd)
    vnfr = build_vnfr(INSTANCE_ID, vnf_id, vnfd)

    # then
    assert nsr["network_functions"] == [{"vnfr_id": vnfr["id"]}]
    assert "uuid" not in nsr
    assert "uuid" not in vnfr
    assert nsr["forwarding_graphs"] == nsd["forwarding_graphs"]
    assert len(connection_points_of(vnfr)) == sum(
        len(unit.get("connection_points", [])) for unit in vnfd["virtual_deployment_units"]
    )
    assert faults_of([vnfd]) == NORMAL


@pytest.mark.parametrize(
    ("image", "faults"),
    [
        ("simulator:fail", Faults(fail=True)),
        ("simulator:silent", Faults(silent=True)),
        ("simulator:deaf", Faults(deaf=True)),
        ("simulator:duplicate", Faults(duplicate=True)),
        ("simulator:reorder", Faults(reorder=True)),
        ("simulator:slow/30", Faults(slow_seconds=30)),
        ("simulator:slow/0", Faults(slow_seconds=0)),
        ("simulator:slow/999999", Faults(slow_seconds=999_999)),
    ],
)
def test_an_image_asks_for_its_fault(image, faults):
    assert faults_of([VFOO, vnfd_with_images("cirros", image)]) == faults


def test_an_image_of_a_container_asks_for_its_fault_too():
    vnfd = {"cloudnative_deployment_units": [{"id": "cdu01", "image": "simulator:fail"}]}

    assert faults_of([VFOO, vnfd]) == Faults(fail=True)


@pytest.mark.parametrize(
    "image",
    [
        "simulator:",
        "simulator:unknown",
        "simulator:FAIL",
        "simulator:fail ",
        "simulator:fail\n",
        "http://images/simulator:fail",
        "simulator:slow",
        "simulator:slow/",
        "simulator:slow/-1",
        "simulator:slow/1.5",
        "simulator:slow/30\n",
        "simulator:slow/\N{ARABIC-INDIC DIGIT THREE}",
        "simulator:slow/1000000",
    ],
)
def test_any_other_image_asks_for_nothing(image):
    assert faults_of([vnfd_with_images(image)]) == NORMAL


def test_faults_of_several_units_and_functions_come_together():
    vnfds = [
        vnfd_with_images("simulator:fail", "simulator:slow/5"),
        vnfd_with_images("simulator:duplicate", "simulator:slow/30"),
    ]

    assert faults_of(vnfds) == Faults(fail=True, duplicate=True, slow_seconds=30)
    assert faults_of([]) == NORMAL


@pytest.mark.parametrize(
    ("faults", "steps"),
    [
        (NORMAL, [Step(2.0, "accept"), Step(2.0, "succeed")]),
        (Faults(fail=True), [Step(2.0, "accept"), Step(2.0, "fail")]),
        (Faults(silent=True), [Step(2.0, "accept")]),
        (Faults(deaf=True), []),
        (
            Faults(duplicate=True),
            [Step(2.0, "accept"), Step(0, "accept"), Step(2.0, "succeed"), Step(0, "succeed")],
        ),
        (Faults(reorder=True), [Step(4.0, "succeed"), Step(2.0, "accept")]),
        (Faults(slow_seconds=30), [Step(2.0, "accept"), Step(28.0, "succeed")]),
        (Faults(slow_seconds=1), [Step(1, "accept"), Step(0, "succeed")]),
        (Faults(slow_seconds=0), [Step(0, "accept"), Step(0, "succeed")]),
        (Faults(reorder=True, slow_seconds=30), [Step(30, "succeed"), Step(2.0, "accept")]),
        (Faults(silent=True, fail=True, reorder=True), [Step(2.0, "accept")]),
        (Faults(silent=True, duplicate=True), [Step(2.0, "accept"), Step(0, "accept")]),
        (Faults(deaf=True, duplicate=True, fail=True), []),
    ],
)
def test_the_answers_come_as_the_faults_say(faults, steps):
    assert schedule(faults, step_seconds=2.0) == steps


def test_without_a_step_everything_comes_at_once():
    assert schedule(NORMAL, step_seconds=0) == [Step(0, "accept"), Step(0, "succeed")]


@given(faults=all_faults, step_seconds=st.floats(0, 3600))
def test_every_schedule_keeps_its_promises(faults, step_seconds):
    steps = schedule(faults, step_seconds)

    answers = [step.answer for step in steps]
    assert all(step.delay_seconds_after_previous >= 0 for step in steps)
    assert ("accept" in answers) is not faults.deaf
    assert ("fail" in answers) is (faults.fail and not faults.silent and not faults.deaf)
    assert ("succeed" in answers) is not (faults.fail or faults.silent or faults.deaf)
    once = schedule(replace(faults, duplicate=False), step_seconds)
    assert len(steps) == len(once) * (2 if faults.duplicate else 1)
