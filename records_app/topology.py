"""How the parts of a service instance hang together, read from its records: pure functions.

A MANO may have written anything: what has no shape of a record is left out, what refers to nothing
is shown as such, and of anything there is only so much.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

MAX_FUNCTIONS = 24
MAX_UNITS = 16
MAX_POINTS = 32
MAX_LINKS = 64
MAX_ENDS = 64
MAX_PATHS = 16
MAX_STEPS = 64
MAX_NAME_LENGTH = 120


@dataclass
class Point:
    """A connection point of a block."""

    name: str
    kind: str = ""
    address: str = ""
    hardware_address: str = ""


# A point by its block's place among the children, None for the block's own, and its place there.
End = tuple[int | None, int]


@dataclass
class Link:
    """A virtual link between points of a block's children and its own."""

    name: str
    kind: str
    ends: list[End]


@dataclass
class Block:
    """A service, one of its functions, or a unit of that."""

    name: str
    # What else is said of it, in a line.
    told: str = ""
    # Of the record, where it has one.
    record_id: UUID | None = None
    points: list[Point] = field(default_factory=list)
    children: list["Block"] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)

    def own_point(self, name: str) -> int | None:
        """Return the place of the point of a name, which is added; None if there are too many."""
        place = place_of(self.points, name)
        if place is None and len(self.points) < MAX_POINTS:
            self.points.append(Point(name))
            place = len(self.points) - 1
        return place


@dataclass
class Step:
    """A point that a forwarding path passes through."""

    name: str
    # Where it is; None: nowhere.
    end: End | None
    # By which of the service's links it is come to; None: within a function, or nobody knows how.
    link: int | None = None
    address: str = ""


@dataclass
class Path:
    """A forwarding path."""

    name: str
    steps: list[Step]


@dataclass(frozen=True)
class FunctionRow:
    """What is read of a function record."""

    record_id: UUID
    status: str
    body: Any
    descriptor_id: UUID | None = None


def topology_of(
    body: Any, functions: Sequence[FunctionRow], names: Iterable[tuple[str, UUID]]
) -> tuple[Block, list[Path]]:
    """Return how a service hangs together, and the ways through it.

    Args:
        body: of the service record.
        functions: its function records.
        names: the ids of the functions in the NSD, each with its VNFD's uuid, in their order.
    """
    ordered = in_order(body, functions)[:MAX_FUNCTIONS]
    blocks = [
        function_block(row, name)
        for row, name in zip(ordered, names_of(ordered, names), strict=True)
    ]
    service = Block(name="", children=in_order_of_paths(body, blocks))
    for member in objects(body, "connection_points")[:MAX_POINTS]:
        add_point(service.points, point_of(member, len(service.points)))
    for position, member in enumerate(objects(body, "virtual_links")[:MAX_LINKS]):
        references = texts(member.get("connection_points_reference"))
        ends = [end_of(service, each, may_add_child=True) for each in references[:MAX_ENDS]]
        service.links.append(link_of(member, position, ends))
    for block in service.children:
        block.links += implied_links(block)
    return service, list(paths_of(service, body))


def implied_links(function: Block) -> list[Link]:
    """Return what joins a function's points to those units' points that alone have their names.

    OSM names the interfaces of units where SONATA names the function's own points.
    """
    linked = {end for link in function.links for end in link.ends}
    found = []
    for place, point in enumerate(function.points):
        same = [
            (number, inner)
            for number, unit in enumerate(function.children)
            if (inner := place_of(unit.points, point.name)) is not None
        ]
        if (None, place) not in linked and len(same) == 1:
            found.append(Link(name="", kind="", ends=[same[0], (None, place)]))
    return found


def in_order(body: Any, functions: Sequence[FunctionRow]) -> list[FunctionRow]:
    """Return function records in the order in which the service record names them."""
    named = [text_of(each.get("vnfr_id")) for each in objects(body, "network_functions")]
    places = {name: place for place, name in reversed(list(enumerate(named)))}
    return sorted(functions, key=lambda row: places.get(str(row.record_id), len(places)))


def in_order_of_paths(body: Any, blocks: Sequence[Block]) -> list[Block]:
    """Return functions in the order in which traffic comes to them; those it leaves out last."""
    references = (
        text_of(point.get("connection_point_ref"))
        for graph in objects(body, "forwarding_graphs")[:MAX_PATHS]
        for path in objects(graph, "network_forwarding_paths")[:MAX_PATHS]
        for point in in_positions(objects(path, "connection_points"))[:MAX_STEPS]
    )
    names = dict.fromkeys(cut(reference.partition(":")[0]) for reference in references)
    places = {name: place for place, name in enumerate(names)}
    return sorted(blocks, key=lambda block: places.get(block.name, len(places)))


def in_positions(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the points of a path in their order, which is as given where one has no position."""
    if all(isinstance(each.get("position"), int) for each in points):
        return sorted(points, key=lambda each: int(each["position"]))
    return points


def names_of(functions: Sequence[FunctionRow], names: Iterable[tuple[str, UUID]]) -> Iterator[str]:
    """Yield what each function is called in its service; its record's id where nobody says."""
    free = list(names)
    for row in functions:
        own = (text_of(get(row.body, name)) for name in ("vnf_id", "member_vnf_index"))
        name = next((text for text in own if text), "")
        fitting = [each for each in free if each[1] == row.descriptor_id]
        if not name and fitting:
            free.remove(fitting[0])
            name = fitting[0][0]
        yield cut(name or str(row.record_id))


def function_block(row: FunctionRow, name: str) -> Block:
    """Return a function with its units and what links them."""
    block = Block(name=name, told=row.status, record_id=row.record_id)
    for kind in ("virtual_deployment_units", "cloudnative_deployment_units"):
        for member in objects(row.body, kind)[: MAX_UNITS - len(block.children)]:
            block.children.append(unit_block(member, len(block.children)))
    for member in objects(row.body, "connection_points")[:MAX_POINTS]:
        add_point(block.points, point_of(member, len(block.points)))
    for position, member in enumerate(objects(row.body, "virtual_links")[:MAX_LINKS]):
        references = texts(member.get("connection_points_reference"))
        ends = [end_of(block, each) for each in references[:MAX_ENDS]]
        block.links.append(link_of(member, position, ends))
    return block


def unit_block(member: dict[str, Any], position: int) -> Block:
    """Return a unit with the connection points of all that runs of it."""
    running = objects(member, "vnfc_instance")
    told = text_of(member.get("vdu_reference")) or text_of(member.get("cdu_reference"))
    if len(running) > 1:
        told = f"{len(running)} of it, {told}"
    block = Block(name=cut(text_of(member.get("id")) or f"unit {position + 1}"), told=cut(told))
    for holder in (*running[:MAX_UNITS], member):
        for each in objects(holder, "connection_points")[:MAX_POINTS]:
            add_point(block.points, point_of(each, len(block.points)))
    return block


def point_of(member: dict[str, Any], position: int) -> Point:
    """Return a connection point as it is written."""
    interface = member.get("interface")
    name = text_of(member.get("id")) or f"point {position + 1}"
    return Point(
        name=cut(name),
        kind=cut(text_of(member.get("type"))),
        address=cut(text_of(get(interface, "address"))),
        hardware_address=cut(text_of(get(interface, "hardware_address"))),
    )


def add_point(points: list[Point], point: Point) -> None:
    """Add a point, unless there is one of its name, which keeps its own address."""
    place = place_of(points, point.name)
    if place is None and len(points) < MAX_POINTS:
        points.append(point)
    elif place is not None and not points[place].address:
        points[place].address = point.address
        points[place].hardware_address = point.hardware_address


def place_of(named: Sequence[Any], name: str) -> int | None:
    """Return the place of the first that has a name."""
    return next((place for place, each in enumerate(named) if each.name == name), None)


def end_of(block: Block, reference: str, *, may_add_child: bool = False) -> End | None:
    """Return the point that a reference names, as `vdu01:eth0`, or `input` for one of its own.

    Args:
        block: where it stands.
        reference: the text.
        may_add_child: whether what has no record is shown all the same.
    """
    before, colon, after = reference.partition(":")
    child = place_of(block.children, cut(before)) if colon else None
    if colon and child is None and may_add_child and before and after:
        if len(block.children) >= MAX_FUNCTIONS + MAX_UNITS:
            return None
        block.children.append(Block(name=cut(before), told="no record of it"))
        child = len(block.children) - 1
    if child is None:
        own = block.own_point(cut(reference))
        return None if own is None else (None, own)
    place = block.children[child].own_point(cut(after))
    return None if place is None else (child, place)


def link_of(member: dict[str, Any], position: int, ends: Sequence[End | None]) -> Link:
    """Return a virtual link between points."""
    return Link(
        name=cut(text_of(member.get("id")) or f"link {position + 1}"),
        kind=cut(text_of(member.get("connectivity_type"))),
        ends=list(dict.fromkeys(end for end in ends if end is not None)),
    )


def paths_of(service: Block, body: Any) -> Iterator[Path]:
    """Yield the forwarding paths of all graphs, as far as they are bounded."""
    graphs = objects(body, "forwarding_graphs")[:MAX_PATHS]
    found = [
        (text_of(graph.get("fg_id")), path)
        for graph in graphs
        for path in objects(graph, "network_forwarding_paths")[:MAX_PATHS]
    ]
    for position, (graph_name, member) in enumerate(found[:MAX_PATHS]):
        name = text_of(member.get("fp_id")) or f"path {position + 1}"
        whole = name if not graph_name or graph_name in name else f"{graph_name}, {name}"
        yield Path(name=cut(whole), steps=steps_of(service, member))


def steps_of(service: Block, member: dict[str, Any]) -> list[Step]:
    """Return the points that a path passes through, in their order, each with how it is reached."""
    steps: list[Step] = []
    for each in in_positions(objects(member, "connection_points"))[:MAX_STEPS]:
        reference = text_of(each.get("connection_point_ref"))
        end = known_end(service, reference)
        link = None
        if steps and end is not None and steps[-1].end is not None:
            both = {end, steps[-1].end}
            joined = (place for place, link in enumerate(service.links) if both <= set(link.ends))
            link = next(joined, None)
        address = "" if end is None else address_of(service, end)
        steps.append(Step(cut(reference or "nothing"), end, link, address))
    return steps


def known_end(block: Block, reference: str) -> End | None:
    """Return the point that a reference names, if there is one."""
    before, colon, after = reference.partition(":")
    child = place_of(block.children, cut(before)) if colon else None
    holder = block if child is None else block.children[child]
    place = place_of(holder.points, cut(reference if child is None else after))
    return None if place is None else (child, place)


def address_of(service: Block, end: End) -> str:
    """Return the address at a function's point: its own, or that of the one unit behind it."""
    child, place = end
    if child is None:
        return service.points[place].address
    function = service.children[child]
    if function.points[place].address:
        return function.points[place].address
    behind = [
        function.children[unit].points[point].address
        for link in function.links
        if (None, place) in link.ends
        for unit, point in link.ends
        if unit is not None
    ]
    return behind[0] if len(behind) == 1 else ""


def objects(holder: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects of a list that there may be."""
    members = get(holder, name)
    return [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []


def texts(members: Any) -> list[str]:
    """Return the texts of a list that there may be."""
    return [each for each in members if isinstance(each, str)] if isinstance(members, list) else []


def get(holder: Any, name: str) -> Any:
    """Return a member of what may be an object."""
    return holder.get(name) if isinstance(holder, dict) else None


def text_of(value: Any) -> str:
    """Return a text, or a number as one; "" of anything else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if is_number else ""


def cut(text: str) -> str:
    """Return a text in one line, or its beginning."""
    line = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return line if len(line) <= MAX_NAME_LENGTH else f"{line[:MAX_NAME_LENGTH]}…"
