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
    key = "count:" + hashlib.sha256(f"{sql}{parameters}".encode()).hexdigest()
    remembered = cache.get(key)
    if remembered is not None:
        return RowCount(remembered, is_exact=False)
    number = selected_rows(f"{sql} LIMIT {EXACT_UP_TO + 1}", parameters)
    if number <= EXACT_UP_TO:
        return RowCount(number, is_exact=True)
    estimate = max(number, planned_rows(sql, parameters))
    cache.set(key, estimate, REMEMBER_SECONDS)
    return RowCount(estimate, is_exact=False)


def selected_rows(sql: str, parameters: Sequence[Any]) -> int:
    """Return how many rows a statement selects."""
    with connection.cursor() as cursor:
        count = f"SELECT COUNT(*) FROM ({sql}) AS selected"  # noqa: S608 - Django's own SQL
        cursor.execute(count, parameters)
        return int(cursor.fetchone()[0])


def planned_rows(sql: str, parameters: Sequence[Any]) -> int:
    """Return how many rows PostgreSQL's planner expects; 0 where there is no such planner."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", parameters)
        [plan] = cursor.fetchone()
    return int(plan[0]["Plan"]["Plan Rows"])
