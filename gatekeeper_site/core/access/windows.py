"""Counts what happens in a stretch of time, over all processes together.

A row per key has the count of the key's present window, and each raise is one atomic statement.
"""

import math
import time

from django.db import connection

from gatekeeper_site.core.access.models import ThrottleWindow

SWEEP_SECONDS = 60
# No more are removed at once; the next tick goes on.
MAX_SWEPT = 1000

# A window begins with its first call and is counted to its end; a later call begins another.
RAISE_COUNT = """
INSERT INTO core_throttlewindow AS kept (key, count, ends_at, is_audited)
VALUES (%(key)s, %(by)s, %(ends_at)s, FALSE)
ON CONFLICT (key) DO UPDATE SET
    count = CASE WHEN kept.ends_at > %(now)s THEN kept.count ELSE 0 END + excluded.count,
    ends_at = CASE WHEN kept.ends_at > %(now)s THEN kept.ends_at ELSE excluded.ends_at END,
    is_audited = CASE WHEN kept.ends_at > %(now)s THEN kept.is_audited ELSE FALSE END
RETURNING count, ends_at
"""


def raise_count(key: str, *, by: int, seconds: int) -> tuple[int, float]:
    """Raise a key's count, and return it with the end of its window (seconds since the epoch)."""
    now = time.time()
    with connection.cursor() as cursor:
        cursor.execute(RAISE_COUNT, {"key": key, "by": by, "ends_at": now + seconds, "now": now})
        count, ends_at = cursor.fetchone()
    return count, ends_at


_swept_at = -math.inf


def sweep_throttle_windows() -> int:
    """Remove windows that have ended, once a minute (a sweep); return how many."""
    global _swept_at  # noqa: PLW0603 - when this process last did it
    if time.monotonic() - _swept_at < SWEEP_SECONDS:
        return 0
    ended = ThrottleWindow.objects.filter(ends_at__lt=time.time())
    keys = list(ended.values_list("key", flat=True)[:MAX_SWEPT])
    if len(keys) < MAX_SWEPT:
        _swept_at = time.monotonic()
    # Asked anew: a new window of the key may have begun.
    return ended.filter(key__in=keys).delete()[0] if keys else 0
