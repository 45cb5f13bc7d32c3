"""Keeps the database's files private, whichever process makes them."""

import os
import stat
from pathlib import Path
from typing import Any

from django.db import OperationalError
from django.db.backends.sqlite3 import base

# The database, and what SQLite puts beside it, with the mode that the database has then.
SUFFIXES = ("", "-wal", "-shm")


class DatabaseWrapper(base.DatabaseWrapper):
    """Connections to a database that nobody else on the machine may read."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect, to a new and private file if there is none.

        Raises:
            OperationalError: it cannot be made.
        """
        # Others of SQLite's names are no paths.
        if not str(conn_params["database"]).startswith((":", "file:")):
            try:
                keep_private(Path(conn_params["database"]))
            except OSError as error:
                raise OperationalError(str(error)) from error
        return super().get_new_connection(conn_params)


def keep_private(path: Path) -> None:
    """Make a database's file if there is none, and take from others what they may do with it.

    A mode that leaves others out, such as one for the owner's group, is somebody's own and stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    for suffix in SUFFIXES:
        file = path.with_name(path.name + suffix)
        if not file.exists():
            continue
        status = file.stat()
        if status.st_mode & stat.S_IRWXO and status.st_uid == os.geteuid():
            file.chmod(0o600)
