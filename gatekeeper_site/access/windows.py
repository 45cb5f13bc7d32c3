"""Counts what happens in a stretch of time, over all processes together.

A row per key has the count of the key's present window, and each raise is one atomic statement.
"""

import time

from django.db import connection

from gatekeeper_site.access.models import ThrottleWindow
from gatekeeper_site.core.retention import delete_batch

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


def sweep_throttle_windows() -> int:
    """Remove a batch of the windows that have ended (a sweep); return how many."""
    return delete_batch(ThrottleWindow.objects.filter(ends_at__lt=time.time()))
