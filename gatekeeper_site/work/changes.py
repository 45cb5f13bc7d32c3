"""Whether it is worth looking into the database again, for those that look many times a second."""

import time

from django.db import connection

# What becomes due by itself is found in this time.
LOOK_SECONDS = 2


# What is another once anybody has written; in SQLite, anybody else. PostgreSQL's snapshot is the
# same as long as no transaction that writes has ended.
VERSIONS = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_current_snapshot()::text",
}


class Changes:
    """One looker's memory: the database tells for next to nothing whether anything was written.

    Args:
        busy_seconds: for how long after a change there may be something new at any time, since
            what was written becomes due a little later.
    """

    def __init__(self, busy_seconds: float = 0) -> None:
        self.busy_seconds = busy_seconds
        self.version: object = None
        self.changed_at = self.looked_at = 0.0

    def are_recent(self) -> bool:
        """Return whether there may be something new at any time, as something was written."""
        return time.monotonic() - self.changed_at < self.busy_seconds

    def may_have_come(self) -> bool:
        """Return whether there may be something new."""
        version = present_version()
        now = time.monotonic()
        if version != self.version:
            self.version, self.changed_at = version, now
        elif now - self.changed_at >= self.busy_seconds and now - self.looked_at < LOOK_SECONDS:
            return False
        self.looked_at = now
        return True

    def pass_over(self) -> None:
        """Take what was written just now for nothing new: it was the looker's own."""
        self.version = present_version()


def present_version() -> object:
    """Return what is another once something was written."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS[connection.vendor])
        return cursor.fetchone()
