"""Counts rows at a cost that does not grow with the table."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connections
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
    queryset = queryset.order_by()
    if exact:
        return RowCount(queryset.count(), is_exact=True)
    try:
        sql, parameters = queryset.values("pk").query.sql_with_params()
    except EmptyResultSet:
        # The conditions contradict each other: there is nothing to ask the database.
        return RowCount(0, is_exact=True)
    key = "count:" + hashlib.sha256(f"{sql}{parameters}".encode()).hexdigest()
    remembered = cache.get(key)
    if remembered is not None:
        return RowCount(remembered, is_exact=False)
    number = queryset[: EXACT_UP_TO + 1].count()
    if number <= EXACT_UP_TO:
        return RowCount(number, is_exact=True)
    estimate = max(number, planned_rows(queryset))
    cache.set(key, estimate, REMEMBER_SECONDS)
    return RowCount(estimate, is_exact=False)


def planned_rows(queryset: QuerySet[Any, Any]) -> int:
    """Return how many rows PostgreSQL's planner expects; 0 where there is no such planner."""
    if connections[queryset.db].vendor != "postgresql":
        return 0
    plan = json.loads(queryset.values("pk").explain(format="json"))
    return int(plan[0]["Plan"]["Plan Rows"])
