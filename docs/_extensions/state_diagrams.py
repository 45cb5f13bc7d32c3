"""Draws the statuses of requests and of HA objects, as the code has them, for the guide's pages.

The directive `state-diagram NAME` becomes an SVG in the page, and the same as a list.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape
from math import hypot
from textwrap import wrap
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from ha_app import verdicts
from requests_app import states

COLUMN, ROW = 310, 130
WIDTH, LINE, PADDING = 190, 17, 12
# Of a label between two columns; a longer one has several lines.
LABEL_CHARACTERS = 17
# How far two arrows between the same boxes are apart, from the middle; and a box from the edge.
APART, MARGIN = 9, 20


class Arrow(NamedTuple):
    """That an object passes from one status to another, and why."""

    source: str
    target: str
    label: str


@dataclass(frozen=True)
class Diagram:
    """Arrows, with where each status stands: a column and a row, which may be broken."""

    title: str
    arrows: tuple[Arrow, ...]
    places: dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Box:
    """Statuses from and to which the same arrows lead, drawn as one."""

    statuses: tuple[str, ...]
    x: float
    y: float

    @property
    def height(self) -> float:
        """How high it is: a line for each status."""
        return LINE * len(self.statuses) + 2 * PADDING

    def border(self, x: float, y: float, offset: tuple[float, float]) -> tuple[float, float]:
        """Return where a line from its middle, moved by an offset, to a point leaves it."""
        dx, dy = x - self.x, y - self.y
        share = min(
            WIDTH / 2 / abs(dx) if dx else float("inf"),
            self.height / 2 / abs(dy) if dy else float("inf"),
        )
        return self.x + dx * share + offset[0], self.y + dy * share + offset[1]


def request_diagram(request_type: str) -> Diagram:
    """Return what a request of this type passes through (requests_app/states.py)."""
    labels = {
        states.IN_PROGRESS_STATUS[request_type]: "the MANO accepts",
        states.SUCCESS_STATUS[request_type]: "the MANO is done",
        states.ERROR: "refused, or no answer in time",
    }
    statuses = states.statuses_of_type(request_type)
    arrows = [
        Arrow(status, target, labels[target])
        for status in statuses
        for target in states.next_statuses(request_type, status)
    ]
    new, in_progress, success, error = statuses
    places = {new: (0, 0), in_progress: (1, 0), success: (2, 0), error: (1, 1)}
    return Diagram(f"A request of type {request_type}", tuple(arrows), places)


def ha_orders() -> Diagram:
    """Return what a caller's orders make of an HA object."""
    arrows = [Arrow("(none)", verdicts.PENDING_CREATE, "POST")]
    for status in verdicts.STATUSES:
        if status != verdicts.PENDING_DELETE:
            arrows.append(Arrow(status, verdicts.status_of_update(status), "PUT, PATCH"))
            arrows.append(Arrow(status, verdicts.PENDING_DELETE, "DELETE"))
    places = {"(none)": (0, 0), verdicts.PENDING_CREATE: (1, 0), verdicts.ACTIVE: (0, 1.8)}
    places |= {verdicts.PENDING_UPDATE: (1, 1.8), verdicts.PENDING_DELETE: (2, 0.8)}
    return Diagram("What orders make of an HA object", tuple(arrows), places)


def ha_answers() -> Diagram:
    """Return what agents' answers, and their silence, make of an HA object (ha_app/verdicts.py)."""
    done = "agents are done"
    arrows = []
    for status in verdicts.STATUSES:
        is_leaving = status == verdicts.PENDING_DELETE
        current = verdicts.Current(status, 1, marked_for_deletion=is_leaving, is_monitored=True)
        for worker_state in sorted(verdicts.WORKER_STATES):
            answer = verdicts.StateAnswer(1, "", worker_state)
            arrows += arrows_of(status, verdicts.judge_state(current, answer), done)
        failure = verdicts.judge_state(current, verdicts.StateAnswer(1, "no", ""))
        is_pending = status in verdicts.PENDING_STATUSES
        label = "an agent's error, or no answer in time" if is_pending else "an agent's error"
        arrows += arrows_of(status, failure, label)
    places = {verdicts.PENDING_CREATE: (0, 0), verdicts.ERROR: (1, 0), verdicts.ACTIVE: (0, 1.2)}
    places |= {verdicts.DOWN: (1, 1.2), verdicts.PENDING_DELETE: (2, 0), "(gone)": (2, 1.2)}
    return Diagram("What agents' answers make of an HA object", tuple(arrows), places)


def ha_monitoring() -> Diagram:
    """Return what the monitoring of its parts makes of an HA object (ha_app/verdicts.py)."""
    answers = {
        "all parts are UP": verdicts.MonitoringAnswer(1, (("primary", verdicts.UP),)),
        "a part is not UP": verdicts.MonitoringAnswer(1, (("primary", "DOWN"),)),
        "nobody tells": None,
    }
    arrows = []
    for status in verdicts.STATUSES:
        current = verdicts.Current(status, 1, marked_for_deletion=False, is_monitored=True)
        for label, answer in answers.items():
            arrows += arrows_of(status, verdicts.judge_monitoring(current, answer), label)
    places = {verdicts.ACTIVE: (0, 0), verdicts.DOWN: (2, 0)}
    places |= {verdicts.MONITORING_UNAVAILABLE: (1, 1.3)}
    return Diagram("What monitoring makes of an HA object", tuple(arrows), places)


def arrows_of(status: str, verdict: verdicts.Verdict, label: str) -> list[Arrow]:
    """Return the arrow of a verdict; none where it leaves the status as it is."""
    if verdict.is_gone:
        return [Arrow(status, "(gone)", label)]
    if verdict.status is None or verdict.status == status:
        return []
    return [Arrow(status, verdict.status, label)]


DIAGRAMS: dict[str, Callable[[], Diagram]] = {
    **{
        f"request-{request_type}": lambda request_type=request_type: request_diagram(request_type)
        for request_type in states.REQUEST_TYPES
    },
    "ha-orders": ha_orders,
    "ha-answers": ha_answers,
    "ha-monitoring": ha_monitoring,
}


def svg_of(diagram: Diagram) -> str:
    """Return a diagram as SVG, coloured by the style sheet."""
    boxes = boxes_of(diagram)
    pairs: dict[tuple[Box, Box], set[str]] = defaultdict(set)
    for arrow in diagram.arrows:
        pairs[boxes[arrow.source], boxes[arrow.target]].add(arrow.label)
    distinct = list(dict.fromkeys(boxes.values()))
    width = max(box.x + WIDTH / 2 for box in distinct) + MARGIN
    height = max(box.y + box.height / 2 for box in distinct) + MARGIN
    told = "; ".join(f"{arrow.source} to {arrow.target}: {arrow.label}" for arrow in diagram.arrows)
    lines = [line_of(*ends, sorted(labels), ends[::-1] in pairs) for ends, labels in pairs.items()]
    name = escape(diagram.title)
    return (
        f'<svg role="img" aria-label="{name}" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'width="{width:.0f}" height="{height:.0f}" xmlns="http://www.w3.org/2000/svg">'
        f"<title>{name}</title><desc>{escape(told)}</desc>"
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" '
        'markerHeight="8" orient="auto-start-reverse"><path d="M0 0 8 4 0 8z"/></marker></defs>'
        + "".join(line for line, _ in lines)
        + "".join(box_of(box, diagram) for box in distinct)
        + "".join(label for _, label in lines)
        + "</svg>"
    )


def boxes_of(diagram: Diagram) -> dict[str, Box]:
    """Return the box of each status: those with the same arrows share one."""
    shared: dict[object, list[str]] = defaultdict(list)
    for status in dict.fromkeys(end for arrow in diagram.arrows for end in arrow[:2]):
        leaving = frozenset(
            (arrow.label, "itself" if arrow.target == status else arrow.target)
            for arrow in diagram.arrows
            if arrow.source == status
        )
        coming = frozenset(
            (arrow.label, arrow.source)
            for arrow in diagram.arrows
            if arrow.target == status and arrow.source != status
        )
        shared[leaving, coming].append(status)
    boxes = {}
    for statuses in shared.values():
        column, row = diagram.places[statuses[0]]
        x = MARGIN + WIDTH / 2 + column * COLUMN
        # Above the first row there is room for an arrow that leads back.
        box = Box(tuple(statuses), x, MARGIN + 60 + row * ROW)
        boxes |= dict.fromkeys(statuses, box)
    return boxes


def line_of(source: Box, target: Box, labels: list[str], is_double: bool) -> tuple[str, str]:
    """Return the line between two boxes, and its label, which is drawn above all lines."""
    if source == target:
        x, y = source.x, source.y - source.height / 2
        path = f"M{x - 22:.0f} {y:.0f}C{x - 30:.0f} {y - 34:.0f} {x + 30:.0f} {y - 34:.0f}"
        return drawn(f"{path} {x + 22:.0f} {y:.0f}"), written(labels, x, y - 26, -12)
    dx, dy = target.x - source.x, target.y - source.y
    length = hypot(dx, dy)
    apart = APART if is_double else 0
    offset = (-dy / length * apart, dx / length * apart)
    x1, y1 = source.border(target.x, target.y, offset)
    x2, y2 = target.border(source.x, source.y, offset)
    is_level = abs(dy) < LINE
    # Beside each other, those of two arrows would lie upon each other.
    share = 0.5 if is_level or not is_double else 0.36
    x, y = x1 + (x2 - x1) * share, y1 + (y2 - y1) * share
    # Beside a level line, and upon any other.
    below = 0 if not is_level else 14 if is_double and dx > 0 else -12
    return drawn(f"M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}"), written(labels, x, y, below)


def drawn(path: str) -> str:
    """Return a path with a head."""
    return f'<path d="{path}" marker-end="url(#head)"/>'


def written(labels: list[str], x: float, y: float, below: float) -> str:
    """Return a label beside a point, which hides the lines behind it.

    Args:
        labels: its words.
        x: of its middle.
        y: of the line that it is of.
        below: how far below that the next of its lines is, or above (negative); 0: it is upon it.
    """
    lines = wrap(", ".join(labels), LABEL_CHARACTERS)
    rest = LINE * (len(lines) - 1)
    top = y + below + 4 - (rest if below < 0 else 0 if below > 0 else rest / 2)
    texts = "".join(
        f'<tspan x="{x:.0f}" y="{top + LINE * number:.0f}">{escape(line)}</tspan>'
        for number, line in enumerate(lines)
    )
    return f'<text class="label halo" text-anchor="middle">{texts}</text>'


def box_of(box: Box, diagram: Diagram) -> str:
    """Return a box with its statuses; one that nothing leaves has a thick border."""
    is_final = all(arrow.source not in box.statuses for arrow in diagram.arrows)
    top = box.y - box.height / 2
    texts = "".join(
        f'<text x="{box.x:.0f}" y="{top + PADDING + 13 + LINE * line:.0f}" text-anchor="middle">'
        f"{escape(status)}</text>"
        for line, status in enumerate(box.statuses)
    )
    opening = '<g class="final">' if is_final else "<g>"
    return (
        f'{opening}<rect x="{box.x - WIDTH / 2:.0f}" y="{top:.0f}" width="{WIDTH}" '
        f'height="{box.height:.0f}" rx="8"/>{texts}</g>'
    )


def list_of(arrows: Iterable[Arrow]) -> str:
    """Return arrows as a table of HTML."""
    rows = "".join(
        f"<tr><td><code>{escape(source)}</code></td><td><code>{escape(target)}</code></td>"
        f"<td>{escape(label)}</td></tr>"
        for source, target, label in arrows
    )
    return (
        "<details><summary>The same as a list</summary><div class='table-wrapper'>"
        "<table class='docutils'><thead><tr><th>from</th><th>to</th><th>when</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div></details>"
    )


class StateDiagram(SphinxDirective):
    """Draws one of DIAGRAMS."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Return the diagram, and its list."""
        name = self.arguments[0]
        if name not in DIAGRAMS:
            raise self.error(f"There is no diagram {name}; there are {', '.join(DIAGRAMS)}.")
        diagram = DIAGRAMS[name]()
        # Of several in a page, each has its own arrow head.
        drawing = svg_of(diagram).replace("head", f"head-{name}")
        html = f'<figure class="state-diagram">{drawing}</figure>{list_of(diagram.arrows)}'
        return [nodes.raw("", html, format="html")]


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("state-diagram", StateDiagram)
    return {"parallel_read_safe": True}
