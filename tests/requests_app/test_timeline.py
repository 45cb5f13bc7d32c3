"""What a request's time went into, to scale."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests_app import states
from requests_app.admin.timeline import duration, phases_of, ticks_of, time_line

START = datetime(2026, 11, 28, 12, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return a time so many seconds after the order."""
    return START + timedelta(seconds=seconds)


def event(seconds: float, from_status: str, to_status: str, message: str = "") -> Any:
    """Return an event."""
    return SimpleNamespace(
        at=at(seconds), from_status=from_status, to_status=to_status, message=message
    )


ORDERED = event(0, "", "NEW")


def test_a_request_that_went_well_has_three_phases_to_scale() -> None:
    events = [
        ORDERED,
        event(4, "NEW", "INSTANTIATING"),
        event(5, "INSTANTIATING", "INSTANTIATING", "stage 1/2"),
        event(7, "INSTANTIATING", "INSTANTIATING", "stage 2/2"),
        event(10, "INSTANTIATING", "READY"),
        event(11, "READY", "READY", "something later"),
    ]

    line = time_line(phases_of(START, at(1), events), now=at(1000))

    assert [(bar.phase.name, bar.left, bar.width, bar.took) for bar in line.bars] == [
        ("Waited in the queue", 0, 10, "1 s"),
        ("Handed over, not accepted yet", 10, 30, "3 s"),
        ("With the MANO", 40, 60, "6 s"),
        ("stage 1/2", 50, 20, "2 s"),
        ("stage 2/2", 70, 30, "3 s"),
    ]
    assert (line.took, line.is_going_on) == ("10 s", False)
    assert line.ticks == [(20.0 * n, f"{2 * n} s") for n in range(6)]


def test_what_goes_on_lasts_until_now() -> None:
    line = time_line(phases_of(START, None, [ORDERED]), now=at(90))

    (bar,) = line.bars
    assert (bar.left, bar.width, bar.took, line.is_going_on) == (0, 100, "1 min 30 s", True)


def test_one_that_is_opened_again_by_hand_waits_once_more() -> None:
    events = [ORDERED, event(2, "NEW", "ERROR"), event(6, "ERROR", "NEW")]

    phases = phases_of(START, at(7), events)

    assert [(phase.kind, phase.began_at, phase.ended_at) for phase in phases] == [
        ("queue", START, at(2)),
        ("queue", at(6), at(7)),
        ("handover", at(7), None),
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 s"),
        (0.124, "124 ms"),
        (1.24, "1.2 s"),
        (59.9, "1 min"),
        (3725, "1 h 2 min"),
        (90_000, "1 d 1 h"),
        (172_800, "2 d"),
    ],
)
def test_how_long_something_took_is_said_in_two_units(seconds: float, text: str) -> None:
    assert duration(seconds) == text


@given(
    st.lists(
        st.tuples(
            st.integers(-(10**6), 10**6),
            st.sampled_from(("", *states.STATUSES)),
            st.sampled_from(states.STATUSES),
            st.text(max_size=300),
        ),
        max_size=20,
    ),
    st.none() | st.integers(-(10**6), 10**6),
    st.integers(-(10**6), 10**6),
)
def test_whatever_happened_is_drawn_within_the_scale(
    happened: list[tuple[int, str, str, str]], handed_over: int | None, now: int
) -> None:
    handover_began_at = None if handed_over is None else at(handed_over)
    phases = phases_of(START, handover_began_at, [event(*each) for each in happened])

    line = time_line(phases, at(now))

    assert len(line.bars) == len(phases)
    for bar in line.bars:
        assert bar.left >= 0 and bar.width > 0 and bar.left + bar.width <= 100.02
    assert 1 <= len(line.ticks) <= 7
    assert all(0 <= left <= 100.01 for left, _ in line.ticks)


@given(st.floats(0.001, 10**10))
def test_a_scale_has_few_ticks(seconds: float) -> None:
    assert 1 <= len(ticks_of(seconds)) <= 7
