"""Counts calls and failed logins over all web processes together (contract: http.md).

A row per key has the count of the key's present window, and each raise is one atomic statement.
A write for every call would be too many, so a process takes a token's calls in slices: a hundredth
of the window's limit, which it then admits without asking the database. The limit is thus never
exceeded, and exact below 200, where a slice is one call; above that, a process that gets no more
calls may leave its last slice unused.
"""

import hashlib
import ipaddress
import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection
from django.db.models import F
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from gatekeeper_site.core.access.caller import caller_of
from gatekeeper_site.core.access.models import ThrottleWindow
from gatekeeper_site.core.rates import Rate

if TYPE_CHECKING:
    # DRF's views import the classes of the setting.
    from rest_framework.views import APIView

SLICES = 100
MAX_SLICE = 100
# Slices of ended windows are forgotten when there are more than this.
MAX_KEPT_SLICES = 1000
SWEEP_SECONDS = 60

# A window begins with its first call and is counted to its end; a later call begins another.
RAISE_COUNT = """
INSERT INTO core_throttlewindow AS kept (key, count, ends_at) VALUES (%s, %s, %s)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.ends_at > %s THEN kept.count ELSE 0 END + excluded.count,
    ends_at = CASE WHEN kept.ends_at > %s THEN kept.ends_at ELSE excluded.ends_at END
RETURNING count, ends_at
"""


def raise_count(key: str, *, by: int, seconds: int) -> tuple[int, float]:
    """Raise a key's count, and return it with the end of its window (seconds since the epoch)."""
    now = time.time()
    with connection.cursor() as cursor:
        cursor.execute(RAISE_COUNT, [key, by, now + seconds, now, now])
        count, ends_at = cursor.fetchone()
    return count, ends_at


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


class TokenThrottle(BaseThrottle):
    """Counts the calls of each token. Callers with the session cookie are not counted."""

    seconds: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Tell whether the call is within the setting THROTTLE_PER_TOKEN."""
        rate: Rate | None = settings.THROTTLE_PER_TOKEN
        token_id = caller_of(request).token_id
        if rate is None or token_id is None:
            return True
        self.seconds = token_slices.admit(f"token:{token_id}:{rate.seconds}", rate)
        return self.seconds is None

    def wait(self) -> float | None:
        """Return what `Retry-After` says."""
        return None if self.seconds is None else max(1, math.ceil(self.seconds))


@contextmanager
def counted_failures(*, address: str, username: str) -> Iterator[None]:
    """Count an attempt to log in as failed if the block raises an error, per address and user.

    It is counted before it is made and taken back when it succeeds, so that attempts made at once
    cannot all be the last one allowed.

    Raises:
        Throttled: too many have failed.
    """
    network = network_of(address)
    user = hashlib.sha256(f"{network}\0{username}".encode()).hexdigest()
    counted = [
        begun_attempt(f"login:{user}", settings.LOGIN_FAILURES_PER_USER),
        begun_attempt(f"login-address:{network}", settings.LOGIN_FAILURES_PER_ADDRESS),
    ]
    yield
    for key, ends_at in counted:
        windows = ThrottleWindow.objects.filter(key=key, ends_at=ends_at)
        windows.update(count=F("count") - 1)


def begun_attempt(key: str, rate: Rate) -> tuple[str, float]:
    """Count an attempt; return its key and the end of its window.

    Raises:
        Throttled: there were too many.
    """
    count, ends_at = raise_count(key, by=1, seconds=rate.seconds)
    if count > rate.limit:
        raise Throttled(wait=max(1, math.ceil(ends_at - time.time())))
    return key, ends_at


def network_of(address: str) -> str:
    """Return an IPv4 address as it is, and of IPv6 the /64 that one customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        # A Unix socket has no address.
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


_swept_at = -math.inf


def sweep_throttle_windows() -> int:
    """Remove the windows that have ended, once a minute; return how many."""
    global _swept_at  # noqa: PLW0603 - when this process last did it
    if time.monotonic() - _swept_at < SWEEP_SECONDS:
        return 0
    _swept_at = time.monotonic()
    return ThrottleWindow.objects.filter(ends_at__lt=time.time()).delete()[0]
