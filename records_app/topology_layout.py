"""Where the parts of a service are drawn, in pixels: pure functions, the same for the same service.

Each block is a box with its children beside each other at the top, a bar for each virtual link
below them, and its own connection points on its lower edge. From each point that a link joins a
line leads down, or up, to its bar: as networks are drawn since there are any.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from records_app.topology import Block, End, Link

POINT_WIDTH = 116
TITLE_HEIGHT = 44
POINT_HEIGHT = 44
LANE_HEIGHT = 30
PADDING = 14
GAP = 18
NARROWEST_BLOCK = 150


@dataclass
class Bar:
    """A virtual link as it is drawn: a bar, and what leads to it."""

    link: Link
    # Where each end is, across.
    across: list[float]
    y: float = 0
    # From each end to the bar: where across, and from which height.
    stems: list[tuple[float, float]] = field(default_factory=list)

    @property
    def left(self) -> float:
        """Where it begins."""
        return min(self.across)

    @property
    def right(self) -> float:
        """Where it ends."""
        return max(self.across)


@dataclass
class Place:
    """A block as it is drawn."""

    block: Block
    children: list["Place"]
    width: float = 0
    height: float = 0
    x: float = 0
    y: float = 0
    # Where each of its own points is on its lower edge.
    points: list[float] = field(default_factory=list)
    bars: list[Bar] = field(default_factory=list)
    lanes: list[int] = field(default_factory=list)

    @property
    def bottom(self) -> float:
        """Where its lower edge is."""
        return self.y + self.height


def layout(service: Block) -> Place:
    """Return where a service and its parts are drawn, from the upper left corner on."""
    place = measured(service)
    put(place, 0, 0, place.height)
    return place


def measured(block: Block) -> Place:
    """Return a block with its size and all in it, across from its own left edge on."""
    place = Place(block, [measured(child) for child in block.children])
    inner = sum(child.width for child in place.children) + GAP * max(0, len(place.children) - 1)
    widest = max(inner, POINT_WIDTH * len(block.points), NARROWEST_BLOCK)
    place.width = widest + 2 * PADDING
    at = (place.width - inner) / 2
    for child in place.children:
        child.x = at
        at += child.width + GAP
    place.points = spread_points(place)
    for link in block.links:
        if link.ends:
            place.bars.append(Bar(link, [across_of(place, end) for end in link.ends]))
    place.lanes = lanes_of(place.bars)
    place.height = (
        lanes_begin(place)
        + LANE_HEIGHT * (max(place.lanes, default=-1) + 1)
        + (PADDING if block.children or place.bars else 0)
        + (POINT_HEIGHT if block.points else PADDING)
    )
    return place


def lanes_begin(place: Place) -> float:
    """Return how far below the upper edge of a block its children end."""
    return TITLE_HEIGHT + max((child.height for child in place.children), default=0)


def spread_points(place: Place) -> list[float]:
    """Return where a block's own points are: evenly, in the order of what they are joined to.

    What is said of a point stands to the right of it.
    """
    number = len(place.block.points)
    distance = place.width / max(1, number)
    order = sorted(range(number), key=lambda point: (pull(place, point), point))
    found = [0.0] * number
    for position, point in enumerate(order):
        found[point] = distance * position + max(PADDING, (distance - POINT_WIDTH) / 2)
    return found


def pull(place: Place, point: int) -> float:
    """Return about where the ends are that a block's own point is linked to."""
    across = [
        across_of(place, end)
        for link in place.block.links
        if (None, point) in link.ends
        for end in link.ends
        if end[0] is not None
    ]
    return sum(across) / len(across) if across else place.width / 2


def across_of(place: Place, end: End) -> float:
    """Return where a point is, from the left edge of the block in which the link is."""
    number, point = end
    if number is None:
        return place.points[point]
    child = place.children[number]
    return child.x + child.points[point]


def lanes_of(bars: Sequence[Bar]) -> list[int]:
    """Return the lane of each bar: those that share one do not touch, nor do their names."""
    ends: list[float] = []
    lanes = [0] * len(bars)
    for number in sorted(range(len(bars)), key=lambda each: (bars[each].left, each)):
        bar = bars[number]
        lane = next((lane for lane, end in enumerate(ends) if end < bar.left), len(ends))
        ends[lane : lane + 1] = [max(bar.right, bar.left + label_width(bar.link)) + GAP]
        lanes[number] = lane
    return lanes


def label_width(link: Link) -> float:
    """Return about how wide the name of a link is, which stands above its bar."""
    return 7.0 * min(len(link.name) + len(link.kind) + 2, 30)


def put(place: Place, x: float, y: float, height: float) -> None:
    """Put a block and all in it where it belongs; all children of one are equally high."""
    place.x, place.y, place.height = x, y, height
    place.points = [x + point for point in place.points]
    below = y + lanes_begin(place)
    for bar, lane in zip(place.bars, place.lanes, strict=True):
        bar.across = [x + each for each in bar.across]
        bar.y = below + LANE_HEIGHT * (lane + 1)
        bar.stems = [
            (across, place.bottom if end[0] is None else below)
            for across, end in zip(bar.across, bar.link.ends, strict=True)
        ]
    tallest = max((child.height for child in place.children), default=0)
    for child in place.children:
        put(child, x + child.x, y + TITLE_HEIGHT, tallest)
