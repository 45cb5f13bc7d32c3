"""Stacked bars of counts by the hour, drawn by the server as SVG, each with a table of the same."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.http import urlencode

from gatekeeper_site.adminsite.cards import Chart
from gatekeeper_site.core import clock

# The height of the tallest bar, and the room that each has.
HEIGHT, BAR_ROOM, BAR_WIDTH = 100, 10, 8
# For each chart: what it is of, how many bars, of how many hours, and how often one has a label.
SPANS = (("the last 24 hours", 24, 1, 6), ("the last 7 days", 28, 6, 4))


@dataclass(frozen=True)
class Part:
    """What a bar has of a kind."""

    # Which kind it is, counted from 1.
    number: int
    y: float
    height: float


@dataclass(frozen=True)
class Bar:
    """A span of hours."""

    key: int
    x: int
    parts: list[Part]
    # The counts in the order of the kinds, and all together.
    numbers: list[int]
    total: int
    # What the span is, in words; as a mark below the bars, where there is one.
    words: str
    mark: str
    url: str


@dataclass(frozen=True)
class Drawing:
    """A chart as the template draws it."""

    key: str
    title: str
    noun: str
    kinds: list[str]
    bars: list[Bar]
    # The total of each kind.
    totals: list[int]
    most: int
    width: int
    is_exact: bool


def day_and_week(chart: Chart) -> Iterator[Drawing]:
    """Yield the drawings of a chart: a day by hours, and a week by quarters of a day."""
    this_hour = int(clock.now().timestamp()) // 3600
    for words, number, hours, marked in SPANS:
        # Quarters of a day begin at midnight, and so are the same bars the next hour.
        end = (this_hour // hours + 1) * hours
        first = end - number * hours
        numbers = [
            [
                sum(chart.counts[kind].get(hour, 0) for hour in range(at, at + hours))
                for kind in chart.counts
            ]
            for at in range(first, end, hours)
        ]
        most = max(sum(each) for each in numbers)
        bars = [
            bar_of(chart, first + index * hours, hours, index, each, most, marked)
            for index, each in enumerate(numbers)
        ]
        yield Drawing(
            key=f"{chart.column}-{number}",
            title=f"{chart.title}, {words}",
            noun=chart.noun,
            kinds=list(chart.counts),
            bars=bars,
            totals=[sum(column) for column in zip(*numbers, strict=True)],
            most=most,
            width=number * BAR_ROOM,
            is_exact=chart.is_exact,
        )


def bar_of(
    chart: Chart, hour: int, hours: int, index: int, numbers: list[int], most: int, marked: int
) -> Bar:
    """Return the bar of some hours, its kinds upon each other.

    Args:
        chart: what it is a bar of.
        hour: the first, counted since 1970.
        hours: how many.
        index: which bar of the chart it is.
        numbers: of each kind.
        most: the tallest bar's.
        marked: every so many bars there is a mark.
    """
    parts, top = [], float(HEIGHT)
    for kind, number in enumerate(numbers, start=1):
        height = HEIGHT * number / most if most else 0
        top -= height
        if number:
            parts.append(Part(kind, round(top, 2), round(height, 2)))
    begin = datetime.fromtimestamp(hour * 3600, UTC)
    end = begin + timedelta(hours=hours)
    span: dict[str, Any] = {
        f"{chart.column}__gte": f"{begin:%Y-%m-%d %H:%M:%S}+00:00",
        f"{chart.column}__lt": f"{end:%Y-%m-%d %H:%M:%S}+00:00",
    }
    at_midnight = f"{begin:%d %b}" if hours > 1 else f"{begin:%H:%M}"
    is_marked = index % marked == 0 if hours == 1 else begin.hour == 0
    return Bar(
        key=hour,
        x=index * BAR_ROOM,
        parts=parts,
        numbers=numbers,
        total=sum(numbers),
        words=f"{begin:%d %b %H:%M}–{end:%H:%M}",
        mark=at_midnight if is_marked else "",
        url=f"{chart.url}?{urlencode(span)}",
    )
