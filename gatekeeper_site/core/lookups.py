"""Statements that come with every call, planned by PostgreSQL once for each connection."""

from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any, TypeAlias

from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction

# A statement of ours and its parameters.
Statement: TypeAlias = tuple[str, Sequence[Any]]


class NoAnswer(Exception):
    """There is no row, for now, and nothing was done."""


# Behind a PgBouncer that pools transactions, a statement is executed where it was not planned.
pooled: set[str] = set()


def look_up(sql: str, parameters: Sequence[Any]) -> Any:
    """Return the first row that a statement of ours selects, a tuple; None if there is none.

    It may write, too.
    """
    # The thread's own, which to find for each word takes longer than the word.
    here: Any = connections[DEFAULT_DB_ALIAS]
    if here.vendor == "postgresql" and here.alias not in pooled:
        from psycopg2.errors import InvalidSqlStatementName

        here.ensure_connection()
        try:
            with here.cursor() as cursor:
                cursor.execute(here.planned_once(sql), parameters)
                return cursor.fetchone()
        except OperationalError as error:
            if not isinstance(error.__cause__, InvalidSqlStatementName):
                raise
            pooled.add(here.alias)
    return first_row(sql, parameters)


def first_row(sql: str, parameters: Sequence[Any]) -> Any:
    """Return the first row that a statement selects, a tuple; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchone()


def write_at_once(statement: Statement) -> Any:
    """Do all that a change is by one statement, and return its first row; None if it has none.

    By itself the statement is a transaction, with nothing to begin or to commit; amid another one
    it is a part of that, which goes on if it fails.
    """
    with transaction.atomic() if connection.in_atomic_block else nullcontext():
        return look_up(*statement)
