"""Whether it is worth looking into the database again, for those that look many times a second."""

import time

from django.db import connection

# What becomes due by itself is found in this time.
LOOK_SECONDS = 2


class Changes:
    """One looker's memory: SQLite tells for next to nothing whether others have written.

    Args:
        busy_seconds: for how long after a change there may be something new at any time, since
            what was written becomes due a little later.
    """

    def __init__(self, busy_seconds: float = 0) -> None:
        self.busy_seconds = busy_seconds
        self.version: int | None = None
        self.changed_at = self.looked_at = 0.0

    def may_have_come(self) -> bool:
        """Return whether there may be something new; always, where the database does not tell."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            (version,) = cursor.fetchone()
        now = time.monotonic()
        if version != self.version:
            self.version, self.changed_at = version, now
        elif now - self.changed_at >= self.busy_seconds and now - self.looked_at < LOOK_SECONDS:
            return False
        self.looked_at = now
        return True
