"""The drawing of a service as SVG, with links and titles; whatever is written in it is escaped."""

from collections.abc import Callable, Sequence
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from records_app.topology import Block, Point
from records_app.topology_layout import Bar, Place, layout

# About how wide a letter is, of a title and of an address, in pixels.
LETTER, DIGIT = 7.0, 6.7
# What is said of a point has so much room beside it.
POINT_TEXT = 100
LEVELS = ("service", "function", "unit")
NOTHING = SafeString("")


def drawing_of(service: Block, url_of: Callable[[UUID], str]) -> SafeString:
    """Return the drawing.

    Args:
        service: what is drawn.
        url_of: returns the address of the page of a function record.
    """
    place = layout(service)
    return format_html(
        '<svg id="topology" xmlns="http://www.w3.org/2000/svg" class="gatekeeper-topology" '
        'role="group" aria-label="The topology; all of it is in the table below" '
        'viewBox="-2 -2 {0} {1}" width="{0}" height="{1}">{2}</svg>',
        round(place.width + 4),
        round(place.height + 12),
        block(place, 0, "own", url_of),
    )


def block(place: Place, level: int, key: str, url_of: Callable[[UUID], str]) -> SafeString:
    """Return a block with all in it."""
    said = place.block
    title: SafeString = format_html(
        '<text x="{}" y="{}" class="topology-title">{}</text>',
        *at(place.x + 10, place.y + 18),
        fitting(said.name, place.width - 20, LETTER),
    )
    if said.record_id is not None:
        title = format_html('<a href="{}">{}</a>', url_of(said.record_id), title)
    return format_html(
        '<g class="topology-{}"><title>{}</title><rect x="{}" y="{}" width="{}" height="{}" '
        'rx="6"/>{}<text x="{}" y="{}" class="topology-told">{}</text>{}{}{}</g>',
        LEVELS[level],
        " ".join(filter(None, (said.name, said.told))) or "service",
        *at(place.x, place.y),
        *at(place.width, place.height),
        title,
        *at(place.x + 10, place.y + 34),
        fitting(said.told, place.width - 20, LETTER),
        joined([block(each, level + 1, str(n), url_of) for n, each in enumerate(place.children)]),
        joined([bar(each, n, is_named=level == 0) for n, each in enumerate(place.bars)]),
        joined(
            [
                point(each, across, place.bottom, f"{key}-{n}" if level < 2 else "")
                for n, (each, across) in enumerate(zip(said.points, place.points, strict=True))
            ]
        ),
    )


def bar(drawn: Bar, number: int, *, is_named: bool) -> SafeString:
    """Return a virtual link: its bar, what leads to it, and its name above it."""
    link = drawn.link
    name = f"{link.name} ({link.kind})" if link.kind else link.name
    stems = format_html_join(
        "", '<path d="M{} {}V{}"/>', ((*at(x, y), round(drawn.y)) for x, y in drawn.stems)
    )
    dots = format_html_join(
        "", '<circle cx="{}" cy="{}" r="3"/>', (at(x, drawn.y) for x, _ in drawn.stems)
    )
    return format_html(
        '<g class="topology-link"{}><title>{}</title><path class="bar" d="M{} {}H{}"/>{}{}'
        '<text x="{}" y="{}">{}</text></g>',
        format_html(' data-link="{}"', number) if is_named else NOTHING,
        f"virtual link {name}".rstrip(),
        *at(drawn.left, drawn.y),
        round(max(drawn.right, drawn.left + 2)),
        stems,
        dots,
        *at(drawn.left + 6, drawn.y - 5),
        fitting(name, 30 * LETTER, LETTER),
    )


def point(said: Point, across: float, bottom: float, key: str) -> SafeString:
    """Return a connection point, with its name and address beside it."""
    facts = (said.name, said.kind, said.address, said.hardware_address)
    return format_html(
        '<g class="topology-point topology-{}"{}><title>{}</title>'
        '<circle cx="{}" cy="{}" r="5"/><text x="{}" y="{}">{}</text>'
        '<text x="{}" y="{}" class="topology-address">{}</text></g>',
        said.kind if said.kind in ("management", "internal", "external") else "other",
        format_html(' data-end="{}"', key) if key else NOTHING,
        " ".join(filter(None, facts)),
        *at(across, bottom),
        *at(across + 9, bottom - 22),
        fitting(said.name, POINT_TEXT, LETTER),
        *at(across + 9, bottom - 8),
        fitting(said.address, POINT_TEXT, DIGIT),
    )


def at(x: float, y: float) -> tuple[int, int]:
    """Return a place in whole pixels."""
    return round(x), round(y)


def fitting(text: str, width: float, letter: float) -> str:
    """Return a text, or as much of it as there is room for."""
    most = max(1, int(width / letter))
    return text if len(text) <= most else f"{text[: most - 1]}…"


def joined(parts: Sequence[SafeString]) -> SafeString:
    """Return parts after each other."""
    return format_html_join("", "{}", ((part,) for part in parts))
