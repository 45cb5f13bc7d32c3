from collections.abc import Sequence
from functools import partial

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper


def is_direct(connection: BaseDatabaseWrapper) -> bool:
    """Return whether a connection leads to PostgreSQL itself: the session then is its own.

    A PgBouncer gives its clients another number than that of the server's process.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return bool(cursor.fetchone() == (connection.connection.info.backend_pid,))


def bound_waits(stop_signals: Sequence[int] = (), *, is_patient: bool = False) -> None:
    """Have each wait of this process for PostgreSQL, and of those forked from it, end in time.

    Args:
        stop_signals: the signals to stop that have come: from then on, it ends sooner.
        is_patient: statements may take long without a word, as those of migrations do: they are
            waited for as long as the server takes other connections.
    """
    if connection.vendor == "postgresql":
        # Where the database is SQLite, psycopg2 is not loaded.
        import psycopg2.extensions

        from gatekeeper_site.core.postgresql.base import wait

        psycopg2.extensions.set_wait_callback(
            partial(wait, stop_signals=stop_signals, is_patient=is_patient)
        )
