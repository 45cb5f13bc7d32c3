"""The fixture that counts the rows of every table, seldom anew. Loaded by conftest.py."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection


@lru_cache(maxsize=1)
def counting_queries(server_connection: object) -> tuple[list[str], str, str]:
    """Return the tables whose rows are counted, and two queries, prepared once on a connection.

    The first counts the rows. The other tells the present transaction, and how many rows it has
    written, also those that were taken back: it takes a thirtieth of that. How often somebody
    calls is counted also of calls that are refused, and is left out.
    """
    tables = sorted(set(connection.introspection.table_names()) - {"core_throttlewindow"})
    rows = "SELECT " + ", ".join(f'(SELECT count(*) FROM "{table}")' for table in tables)
    if connection.vendor != "postgresql":
        return tables, rows, ""
    ids = ", ".join(f"'\"{table}\"'::regclass::oid" for table in tables)
    done = ("inserted", "updated", "deleted")
    numbers = " + ".join(f"pg_stat_get_xact_tuples_{each}(id)" for each in done)
    written = f"SELECT now(), sum({numbers}) FROM unnest(ARRAY[{ids}]) AS id"
    rows_name, written_name = f"rows_{uuid4().hex}", f"written_{uuid4().hex}"
    # To plan the first takes several times as long as to count.
    with connection.cursor() as cursor:
        cursor.execute(f"PREPARE {rows_name} AS {rows}")
        cursor.execute(f"PREPARE {written_name} AS {written}")
    return tables, f"EXECUTE {rows_name}", f"EXECUTE {written_name}"


@pytest.fixture
def row_counts(db: None) -> Callable[[], dict[str, int]]:
    """Return a function that counts the rows of every table.

    Amid a transaction that has written nothing since it counted last, it knows the answer, as long
    as no savepoint that was open then has ended: that may have taken back what was written before.
    """
    counted: dict[str, int] = {}
    written: Any = None
    savepoints: list[Any] = []

    def count() -> dict[str, int]:
        nonlocal counted, written, savepoints
        connection.ensure_connection()
        tables, rows_query, written_query = counting_queries(connection.connection)
        with connection.cursor() as cursor:
            written_now = None
            if written_query and connection.in_atomic_block:
                cursor.execute(written_query)
                written_now = cursor.fetchone()
            are_open = connection.savepoint_ids[: len(savepoints)] == savepoints
            if written_now is None or written_now != written or not are_open:
                cursor.execute(rows_query)
                counted = dict(zip(tables, cursor.fetchone(), strict=True))
                written, savepoints = written_now, list(connection.savepoint_ids)
        return dict(counted)

    return count
