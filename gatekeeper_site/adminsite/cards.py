"""What rooms and apps tell of themselves on the first page: plain data, which it shows by kind.

Each function in `registry.dashboard_cards` is called with the caller and returns such pieces, of
what he may see.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from django.utils.safestring import SafeString


@dataclass(frozen=True)
class Concern:
    """What waits for a person; there is none where nothing does."""

    title: str
    # How many there are, perhaps with "more than" before it.
    number: int | str
    # Where they are listed.
    url: str
    # Since when the oldest waits; None where that is not known.
    oldest: datetime | None = None
    # Whether it comes before those that are not.
    is_urgent: bool = False


@dataclass(frozen=True)
class Chart:
    """Counts by the hour, of several kinds, for the stacked bars of a day and of a week."""

    title: str
    # What is counted, in words: "requests".
    noun: str
    # By the name of each kind: how many there were in each hour, counted since 1970 (UTC).
    counts: Mapping[str, Mapping[int, int]]
    # Whether these are no estimates.
    is_exact: bool
    # The list of what is counted, and the column that tells when.
    url: str
    column: str


@dataclass(frozen=True)
class Figure:
    """A number to know."""

    title: str
    value: SafeString | str
    more: SafeString | str = ""
    url: str = ""


@dataclass(frozen=True)
class Use:
    """How much of a capacity is in use."""

    # What it is a capacity of: "VLANs".
    kind: str
    owner: SafeString | str
    bar: SafeString
    share: float


@dataclass(frozen=True)
class Health:
    """Whether a part of the whole does its work."""

    name: str
    is_well: bool
    words: SafeString | str
    url: str = ""


@dataclass(frozen=True)
class Step:
    """What to do first, where nothing has been done yet."""

    title: str
    words: str
    button: str
    url: str
    # Whether the button does it, by a POST; else it leads to where it is done.
    is_deed: bool = False
    rank: int = 0


Card: TypeAlias = Concern | Chart | Figure | Use | Health | Step
