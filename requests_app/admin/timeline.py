"""What a request's time went into, to scale: pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from requests_app import states

QUEUE = "queue"
HANDOVER = "handover"
MANO = "mano"
STEP = "step"
# What each phase is called. A step is called as the MANO calls it.
NAMES = {
    QUEUE: "Waited in the queue",
    HANDOVER: "Handed over, not accepted yet",
    MANO: "With the MANO",
}
# A phase that took next to nothing is still seen; in percent of the whole.
NARROWEST = 0.5
MAX_TICKS = 6
MAX_NAME_LENGTH = 120
# What two ticks may lie apart, in seconds.
DISTANCES = [
    *(unit * number for unit in (0.001, 0.01, 0.1) for number in (1, 2, 5)),
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800),
    *(3600 * hours for hours in (1, 2, 3, 6, 12)),
    *(86_400 * days for days in (1, 2, 7, 14, 30, 90, 365)),
]


@dataclass(frozen=True)
class Phase:
    """A stretch of a request's time."""

    kind: str
    name: str
    began_at: datetime
    # None: it goes on.
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Bar:
    """A phase as it is drawn."""

    phase: Phase
    # In percent of the whole.
    left: float
    width: float
    took: str


@dataclass(frozen=True)
class TimeLine:
    """The bars, below each other, and the scale above them."""

    bars: list[Bar]
    # Where each tick is, in percent, and what it says.
    ticks: list[tuple[float, str]]
    took: str
    is_going_on: bool


def phases_of(
    created_at: datetime, handover_began_at: datetime | None, events: Sequence[Any]
) -> list[Phase]:
    """Return what a request's time went into, in the order in which it began.

    Args:
        created_at: when it was ordered.
        handover_began_at: when it was handed over, the last time; None: it was not.
        events: all of them, or the first, in their order.
    """
    phases = [Phase(QUEUE, NAMES[QUEUE], created_at)]
    for event in events:
        if event.to_status == event.from_status:
            if event.to_status in states.IN_PROGRESS_STATUS.values():
                phases = [*ended(phases, event.at, kinds=(STEP,)), step(event)]
            continue
        if event.from_status == "":
            continue
        phases = ended(phases, event.at)
        if states.is_open(event.to_status):
            kind = QUEUE if event.to_status == states.NEW else MANO
            phases.append(Phase(kind, NAMES[kind], event.at))
    return split_at(phases, handover_began_at)


def step(event: Any) -> Phase:
    """Return the phase that begins with an event of the MANO's work."""
    text = event.message or event.to_status
    name = text if len(text) <= MAX_NAME_LENGTH else f"{text[:MAX_NAME_LENGTH]}…"
    return Phase(STEP, name, event.at)


def ended(
    phases: list[Phase], at: datetime, kinds: tuple[str, ...] = (QUEUE, HANDOVER, MANO, STEP)
) -> list[Phase]:
    """Return phases of which those that go on, and are of some kinds, have ended."""
    return [
        replace(phase, ended_at=max(at, phase.began_at))
        if phase.ended_at is None and phase.kind in kinds
        else phase
        for phase in phases
    ]


def split_at(phases: list[Phase], handover_began_at: datetime | None) -> list[Phase]:
    """Return phases with the one in the queue divided in which the handover has begun."""
    found = [
        index
        for index, phase in enumerate(phases)
        if handover_began_at is not None
        and phase.kind == QUEUE
        and phase.began_at <= handover_began_at
        and (phase.ended_at is None or handover_began_at <= phase.ended_at)
    ]
    if not found or handover_began_at is None:
        return phases
    whole = phases[found[-1]]
    parts = [
        replace(whole, ended_at=handover_began_at),
        Phase(HANDOVER, NAMES[HANDOVER], handover_began_at, whole.ended_at),
    ]
    return [*phases[: found[-1]], *parts, *phases[found[-1] + 1 :]]


def time_line(phases: Sequence[Phase], now: datetime) -> TimeLine:
    """Return phases as they are drawn.

    Args:
        phases: at least one.
        now: until when a phase lasts that goes on.
    """
    start = min(phase.began_at for phase in phases)
    ends = [phase.ended_at or max(now, phase.began_at) for phase in phases]
    whole = max(*ends, start + timedelta(milliseconds=1)) - start
    bars = []
    for phase, end in zip(phases, ends, strict=True):
        width = max(NARROWEST, 100 * ((end - phase.began_at) / whole))
        left = min(100 * ((phase.began_at - start) / whole), 100 - width)
        took = duration((end - phase.began_at).total_seconds())
        bars.append(Bar(phase, round(left, 2), round(width, 2), took))
    return TimeLine(
        bars=bars,
        ticks=ticks_of(whole.total_seconds()),
        took=duration((max(ends) - start).total_seconds()),
        is_going_on=any(phase.ended_at is None for phase in phases),
    )


def ticks_of(seconds: float) -> list[tuple[float, str]]:
    """Return where the ticks of a scale are, in percent, and what each says."""
    fitting = (distance for distance in DISTANCES if seconds / distance < MAX_TICKS)
    distance = next(fitting, seconds / (MAX_TICKS - 1))
    numbers = range(int(seconds / distance) + 1)
    return [
        (round(100 * number * distance / seconds, 2), duration(number * distance))
        for number in numbers
    ]


def duration(seconds: float) -> str:
    """Return how long something took, as people say it: its two largest units."""
    if seconds < 1:
        return f"{round(seconds * 1000)} ms" if seconds else "0 s"
    if seconds < 10:
        return f"{round(seconds, 1):g} s"
    whole = round(seconds)
    for size, name, smaller, smaller_name in (
        (86_400, "d", 3600, "h"),
        (3600, "h", 60, "min"),
        (60, "min", 1, "s"),
    ):
        if whole >= size:
            rest = whole % size // smaller
            return f"{whole // size} {name}" + (f" {rest} {smaller_name}" if rest else "")
    return f"{whole} s"
