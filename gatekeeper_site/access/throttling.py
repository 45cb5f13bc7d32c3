"""Counts the calls of each token over all web processes together (contract: http.md).

A write for every call would be too many, so a process takes a token's calls in slices: a hundredth
of the window's limit, which it then admits without asking the database. The limit is thus never
exceeded, and exact below 200, where a slice is one call; above that, a process that gets no more
calls may leave its last slice unused.
"""

import threading
import time
from dataclasses import dataclass

from django.conf import settings

from gatekeeper_site.access.windows import raise_count
from gatekeeper_site.core.rates import Rate

SLICES = 100
MAX_SLICE = 100
# Slices of ended windows are forgotten when there are more than this.
MAX_KEPT_SLICES = 1000


@dataclass
class Slice:
    """What a process has left of the calls that it took from a window."""

    ends_at: float
    left: int = 0
    # Whether there is nothing more to take before the window ends.
    is_last: bool = False


class Slices:
    """A process's slices, by key."""

    def __init__(self) -> None:
        self.kept: dict[str, Slice] = {}
        self.lock = threading.Lock()

    def admit(self, key: str, rate: Rate) -> float | None:
        """Admit a call and return None, or return the seconds until there may be another."""
        while True:
            with self.lock:
                now = time.time()
                kept = self.kept.get(key)
                if kept is not None and now < kept.ends_at:
                    if kept.left > 0:
                        kept.left -= 1
                        return None
                    if kept.is_last:
                        return kept.ends_at - now
            self.take(key, rate)

    def admit_at_once(self, key: str) -> bool:
        """Admit a call and return True, if that asks nothing of the database."""
        with self.lock:
            kept = self.kept.get(key)
            if kept is None or kept.left == 0 or kept.ends_at <= time.time():
                return False
            kept.left -= 1
            return True

    def take(self, key: str, rate: Rate) -> None:
        """Take a slice of the present window, or note that there is none left."""
        size = max(1, min(MAX_SLICE, rate.limit // SLICES))
        count, ends_at = raise_count(key, by=size, seconds=rate.seconds)
        granted = max(0, min(size, rate.limit - (count - size)))
        with self.lock:
            self.forget_ended()
            kept = self.kept.get(key)
            if kept is None or kept.ends_at != ends_at:
                kept = self.kept[key] = Slice(ends_at)
            kept.left += granted
            kept.is_last = kept.is_last or granted < size

    def forget_ended(self) -> None:
        """Forget what is of no more use, once there is much of it."""
        if len(self.kept) > MAX_KEPT_SLICES:
            now = time.time()
            self.kept = {key: kept for key, kept in self.kept.items() if now < kept.ends_at}


token_slices = Slices()


def admit_token(token_id: int) -> float | None:
    """Admit a token's call and return None, or return the seconds until there may be another."""
    rate: Rate | None = settings.THROTTLE_PER_TOKEN
    return None if rate is None else token_slices.admit(slice_key(token_id, rate), rate)


def is_admitted_at_once(token_id: int) -> bool:
    """Admit a token's call and return True, if that asks nothing of the database."""
    rate: Rate | None = settings.THROTTLE_PER_TOKEN
    return rate is None or token_slices.admit_at_once(slice_key(token_id, rate))


def slice_key(token_id: int, rate: Rate) -> str:
    """Return by what a process keeps a token's slice."""
    return f"token:{token_id}:{rate.seconds}"
