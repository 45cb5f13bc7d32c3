from django.db import connection


def bound_waits() -> None:
    """Have each wait of this process for PostgreSQL, and of those forked from it, end in time.

    Not called by commands whose statements may take long without a word, such as migrations.
    """
    if connection.vendor == "postgresql":
        # Where the database is SQLite, psycopg2 is not loaded.
        import psycopg2.extensions

        from gatekeeper_site.core.postgresql.base import wait

        psycopg2.extensions.set_wait_callback(wait)
