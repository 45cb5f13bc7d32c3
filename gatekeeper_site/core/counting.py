"""Counts rows at a cost that does not grow with the table."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

EXACT_UP_TO = 100_000
# How long it is remembered that a list is longer than that, and about how long.
REMEMBER_SECONDS = 60


@dataclass(frozen=True)
class RowCount:
    """How many rows there are, and whether that is known or estimated."""

    number: int
    is_exact: bool


def count_rows(queryset: QuerySet[Any, Any], *, exact: bool = False) -> RowCount:
    """Count a queryset's rows: exact up to 100,000, above that an estimate.

    Args:
        queryset: unsliced.
        exact: count all of them, whatever it costs.
    """
    try:
        sql, parameters = queryset.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        # The conditions contradict each other: there is nothing to ask the database.
        return RowCount(0, is_exact=True)
    return count_selected(sql, parameters, exact=exact)


def count_selected(sql: str, parameters: Sequence[Any], *, exact: bool = False) -> RowCount:
    """Count the rows of a statement that selects their ids, as `count_rows` does."""
    if exact:
        return RowCount(selected_rows(sql, parameters), is_exact=True)
    remembered = remembered_count(sql, parameters)
    if remembered is not None:
        return remembered
    number = selected_rows(f"{sql} LIMIT {EXACT_UP_TO + 1}", parameters)
    return count_of(number, sql, parameters)


def remembered_count(sql: str, parameters: Sequence[Any]) -> RowCount | None:
    """Return about how many rows a statement selects that were too many to be counted just now."""
    remembered = cache.get(cache_key(sql, parameters))
    return None if remembered is None else RowCount(remembered, is_exact=False)


def count_of(number: int, sql: str, parameters: Sequence[Any]) -> RowCount:
    """Return what is told of rows that were counted until there were too many, if there are."""
    if number <= EXACT_UP_TO:
        return RowCount(number, is_exact=True)
    estimate = max(number, planned_rows(sql, parameters))
    cache.set(cache_key(sql, parameters), estimate, REMEMBER_SECONDS)
    return RowCount(estimate, is_exact=False)


def cache_key(sql: str, parameters: Sequence[Any]) -> str:
    """Return by what it is remembered that a statement selects too many rows to be counted."""
    return "count:" + hashlib.sha256(f"{sql}{parameters}".encode()).hexdigest()


def selected_rows(sql: str, parameters: Sequence[Any]) -> int:
    """Return how many rows a statement selects."""
    with connection.cursor() as cursor:
        count = f"SELECT COUNT(*) FROM ({sql}) AS selected"  # noqa: S608 - Django's own SQL
        cursor.execute(count, parameters)
        return int(cursor.fetchone()[0])


# The hour of a time, counted since 1970.
HOUR = {
    "postgresql": "floor(extract(epoch FROM {}) / 3600)::bigint",
    "sqlite": "CAST(strftime('%%s', {}) AS INTEGER) / 3600",
}
# About so many rows are read of what is too much to be counted.
SAMPLE_ROWS = 50_000


def count_by_hour(rows: QuerySet[Any, Any], column: str) -> tuple[dict[int, int], bool]:
    """Count rows by the hour of a column, and tell whether that is exact.

    More than 100,000 are estimated, on PostgreSQL: of a large table, the rows of some of its blocks
    are counted, each time the same ones, so that an estimate changes only with what it is of.

    Args:
        rows: unsliced, of one table and found by an index.
        column: of times.
    """
    sql, parameters = rows.order_by().values(column).query.sql_with_params()
    if connection.vendor != "postgresql":
        return counted_by_hour(sql, parameters, column), True
    if planned_rows(sql, parameters) <= EXACT_UP_TO:
        counts = counted_by_hour(f"{sql} LIMIT {EXACT_UP_TO + 1}", parameters, column)
        if sum(counts.values()) <= EXACT_UP_TO:
            return counts, True
    table = connection.ops.quote_name(rows.model._meta.db_table)
    everything = rows.model._default_manager.values("pk").query.sql_with_params()
    share = min(1.0, SAMPLE_ROWS / max(1, planned_rows(*everything)))
    sample = f"FROM {table} TABLESAMPLE SYSTEM ({100 * share}) REPEATABLE (1)"
    counts = counted_by_hour(sql.replace(f"FROM {table}", sample, 1), parameters, column)
    return {hour: round(number / share) for hour, number in counts.items()}, False


def counted_by_hour(sql: str, parameters: Sequence[Any], column: str) -> dict[int, int]:
    """Return how many rows of a statement are of each hour of a column."""
    hour = HOUR[connection.vendor].format(connection.ops.quote_name(column))
    with connection.cursor() as cursor:
        counting = f"SELECT {hour}, COUNT(*) FROM ({sql}) AS selected GROUP BY 1"  # noqa: S608
        cursor.execute(counting, parameters)
        return dict(cursor.fetchall())


def planned_rows(sql: str, parameters: Sequence[Any]) -> int:
    """Return how many rows PostgreSQL's planner expects; 0 where there is no such planner."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        [plan] = cursor.fetchone()
    return int(plan[0]["Plan"]["Plan Rows"])
