from collections.abc import Sequence
from functools import partial

from django.db import connection


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
