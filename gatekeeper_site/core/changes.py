"""Whether it is worth looking into the database again, for those that look many times a second."""

import time

from django.db import connection

# What becomes due by itself is found in this time.
LOOK_SECONDS = 1


class Changes:
    """One looker's memory: SQLite tells for next to nothing whether others have written."""

    def __init__(self) -> None:
        self.version: int | None = None
        self.looked_at = 0.0

    def may_have_come(self) -> bool:
        """Return whether there may be something new; always, where the database does not tell."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            (version,) = cursor.fetchone()
        now = time.monotonic()
        if version == self.version and now - self.looked_at < LOOK_SECONDS:
            return False
        self.version, self.looked_at = version, now
        return True
