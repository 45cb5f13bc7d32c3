"""How a service hangs together, and where its parts are drawn."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records_app.topology import FunctionRow, topology_of
from records_app.topology_layout import Place, layout

SEEDS = Path(__file__).parents[1] / "seeds"
VFOO, VBAR = (UUID(f"{number:032x}") for number in (1, 2))


def seed(name: str) -> Any:
    """Return SONATA's own records."""
    return json.loads((SEEDS / f"records_{name}.json").read_text())


@pytest.fixture
def rows() -> list[FunctionRow]:
    """The seeds' functions."""
    return [
        FunctionRow(UUID(record["uuid"]), record["status"], record, descriptor_id)
        for record, descriptor_id in zip(seed("functions"), (VFOO, VBAR), strict=True)
    ]


NAMES = [("vnf_vfoo", VFOO), ("vnf_vbar", VBAR)]


def test_the_seeds_service_is_read_whole(rows: list[FunctionRow]) -> None:
    service, paths = topology_of(seed("services")[0], rows, NAMES)

    assert [(block.name, block.told) for block in service.children] == [
        ("vnf_vbar", "normal operation"),
        ("vnf_vfoo", "normal operation"),
    ]
    vbar, vfoo = service.children
    assert [unit.name for unit in vfoo.children] == ["vdu01", "vdu02"]
    assert [point.name for point in vfoo.points] == ["mgmt", "input", "output"]
    eth1 = vbar.children[0].points[1]
    assert (eth1.address, eth1.hardware_address) == ("172.16.0.5", "fa:16:3e:26:1c:10")
    assert [(link.name, link.kind, link.ends) for link in service.links] == [
        ("mgmt", "E-LAN", [(0, 0), (1, 0), (None, 0)]),
        ("input-2-fw", "E-Line", [(None, 1), (0, 1)]),
        ("vbar-2-vfoo", "E-Line", [(0, 2), (1, 1)]),
        ("vfoo-2-out", "E-Line", [(1, 2), (None, 2)]),
    ]
    (path,) = paths
    assert [(step.name, step.link, step.address) for step in path.steps] == [
        ("input", None, ""),
        ("vnf_vbar:input", 1, "172.16.0.5"),
        ("vnf_vbar:output", None, "172.16.0.4"),
        ("vnf_vfoo:input", 2, "172.16.0.7"),
        ("vnf_vfoo:output", None, "172.16.0.8"),
        ("output", 3, ""),
    ]


def test_what_refers_to_nothing_is_shown_as_such() -> None:
    body = {
        "virtual_links": [{"connection_points_reference": ["ghost:eth0", "out"]}, None, "odd"],
        "forwarding_graphs": [
            {"network_forwarding_paths": [{"connection_points": [{}, {"position": "x"}]}]}
        ],
    }
    service, paths = topology_of(body, [], [])

    assert [(block.name, block.told) for block in service.children] == [
        ("ghost", "no record of it")
    ]
    assert [(link.name, link.ends) for link in service.links] == [("link 1", [(0, 0), (None, 0)])]
    assert [step.name for step in paths[0].steps] == ["nothing", "nothing"]


def test_interfaces_that_osm_names_are_joined_to_their_units() -> None:
    point = {"id": "eth0", "interface": {"address": "10.0.0.5"}}
    unit = {"id": "vm", "vnfc_instance": [{"connection_points": [point, {"id": "eth1"}]}]}
    record = {"member_vnf_index": "1", "virtual_deployment_units": [unit], "virtual_links": []}
    body = {"virtual_links": [{"id": "mgmtnet", "connection_points_reference": ["1:eth0", "2:x"]}]}

    service, _ = topology_of(body, [FunctionRow(uuid4(), "normal operation", record)], [])

    function = service.children[0]
    assert (function.name, [point.name for point in function.points]) == ("1", ["eth0"])
    assert [link.ends for link in function.links] == [[(0, 0), (None, 0)]]
    assert service.children[1].links == []
    check_drawn(layout(service))


def test_two_functions_of_one_descriptor_are_told_apart() -> None:
    rows = [FunctionRow(uuid4(), "offline", {}, VFOO) for _ in range(3)]

    service, _ = topology_of({}, rows, [("one", VFOO), ("two", VFOO), ("other", VBAR)])

    assert [block.name for block in service.children] == ["one", "two", str(rows[2].record_id)]


def all_places(place: Place) -> list[Place]:
    """Return a block and all in it."""
    return [place, *(each for child in place.children for each in all_places(child))]


def check_drawn(whole: Place) -> None:
    """Check that all is drawn within the whole, and nothing on another."""
    for place in all_places(whole):
        assert all(place.x <= each <= place.x + place.width for each in place.points)
        assert len(set(place.points)) == len(place.points)
        for first, second in zip(place.children, place.children[1:], strict=False):
            assert first.x + first.width < second.x
            assert first.bottom == second.bottom
        for child in place.children:
            assert place.x <= child.x and child.x + child.width <= place.x + place.width
            assert place.y < child.y and child.bottom < place.bottom
        for bar in place.bars:
            assert place.x <= bar.left <= bar.right <= place.x + place.width
            assert all(child.bottom < bar.y for child in place.children)
            assert bar.y < place.bottom
        for one in place.bars:
            for other in place.bars:
                if one is not other and one.y == other.y:
                    assert one.right < other.left or other.right < one.left


def test_the_seeds_service_is_drawn_the_same_each_time(rows: list[FunctionRow]) -> None:
    drawn = [layout(topology_of(seed("services")[0], rows, NAMES)[0]) for _ in range(2)]

    assert drawn[0] == drawn[1]
    check_drawn(drawn[0])
    # What leads out lies to the right of what leads in.
    vfoo = drawn[0].children[1]
    assert vfoo.points[1] < vfoo.points[2]


NAME = st.sampled_from(("a", "b", "a:b", "b:a", "c:x", ":", "", "é\u202e\0"))
ANYTHING: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | NAME,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(("id", "type", "interface", "address")), inner)
    ),
    max_leaves=5,
)
LINKS = st.lists(
    ANYTHING
    | st.fixed_dictionaries({"id": ANYTHING, "connection_points_reference": st.lists(NAME)}),
    max_size=5,
)
POINTS = st.lists(ANYTHING | st.fixed_dictionaries({"id": ANYTHING, "interface": ANYTHING}))
UNITS = st.lists(
    ANYTHING
    | st.fixed_dictionaries(
        {
            "id": ANYTHING,
            "vnfc_instance": st.lists(
                st.fixed_dictionaries({"connection_points": POINTS}), max_size=2
            ),
        }
    ),
    max_size=3,
)
FUNCTION = ANYTHING | st.fixed_dictionaries(
    {"virtual_deployment_units": UNITS | ANYTHING, "virtual_links": LINKS | ANYTHING}
)
SERVICE = ANYTHING | st.fixed_dictionaries(
    {
        "network_functions": ANYTHING,
        "connection_points": POINTS | ANYTHING,
        "virtual_links": LINKS | ANYTHING,
        "forwarding_graphs": ANYTHING
        | st.lists(
            st.fixed_dictionaries(
                {
                    "network_forwarding_paths": st.lists(
                        st.fixed_dictionaries(
                            {
                                "connection_points": st.lists(
                                    st.fixed_dictionaries(
                                        {"connection_point_ref": NAME, "position": ANYTHING}
                                    )
                                )
                            }
                        ),
                        max_size=2,
                    )
                }
            ),
            max_size=2,
        ),
    }
)


@given(SERVICE, st.lists(FUNCTION, max_size=3))
def test_whatever_a_mano_has_written_is_drawn(body: Any, functions: list[Any]) -> None:
    rows = [FunctionRow(UUID(int=n), "failed", each, None) for n, each in enumerate(functions)]

    service, paths = topology_of(body, rows, [])

    check_drawn(layout(service))
    assert len(paths) <= 16


def test_a_huge_record_is_bounded() -> None:
    links = [{"connection_points_reference": [f"f{n}:{m}" for m in range(99)]} for n in range(999)]
    points = [{"id": f"p{n}"} for n in range(999)]
    units = [{"connection_points": points} for _ in range(999)]
    rows = [FunctionRow(uuid4(), "failed", {"virtual_deployment_units": units}) for _ in range(99)]

    service, _ = topology_of({"virtual_links": links}, rows, [])

    whole = layout(service)
    assert len(all_places(whole)) < 600
    check_drawn(whole)
