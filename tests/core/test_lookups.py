"""Look-ups whose plan PostgreSQL keeps, and what is done where it is not kept."""

from contextlib import closing

import psycopg2
import pytest
from django.db import OperationalError, connection

from gatekeeper_site.core import lookups
from gatekeeper_site.core.lookups import look_up

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite keeps no plans"),
]
SQL = "SELECT %s::text || 'b', %s::int WHERE 1 = %s"


def planned() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name ~ '^gatekeeper'")
        return int(cursor.fetchone()[0])


def test_a_statement_is_planned_once_for_a_connection() -> None:
    before = planned()

    rows = [look_up(SQL, ["a", 1, 1]), look_up(SQL, ["%s'", 2, 1]), look_up(SQL, ["a", 1, 2])]

    assert rows == [("ab", 1), ("%s'b", 2), None]
    assert planned() == before + 1


def test_another_connection_plans_it_anew() -> None:
    look_up(SQL, ["a", 1, 1])

    connection.close()

    assert look_up(SQL, ["a", 1, 1]) == ("ab", 1)
    assert planned() == 1


def test_where_plans_are_lost_it_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookups, "pooled", set())
    look_up(SQL, ["a", 1, 1])
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")

    assert look_up(SQL, ["a", 1, 1]) == ("ab", 1)
    assert look_up(SQL, ["b", 1, 1]) == ("bb", 1)
    assert planned() == 0


def test_a_plan_that_another_user_of_the_connection_has_made_is_used() -> None:
    look_up(SQL, ["a", 1, 1])

    connection.planned = frozenset()  # type: ignore[attr-defined]

    assert look_up(SQL, ["c", 3, 1]) == ("cb", 3)
    assert planned() == 1


def test_a_connection_that_breaks_as_it_plans_is_told_as_any_other() -> None:
    # Given a connection that works, and that the server has ended since
    look_up(SQL, ["a", 1, 1])
    with closing(psycopg2.connect(connection.connection.dsn)) as other, other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])

    # When it is to plan another statement, then Django's error says so, and it is made anew
    with pytest.raises(OperationalError):
        look_up(f"{SQL} + 0", ["a", 1, 1])
    connection.close_if_unusable_or_obsolete()
    assert look_up(f"{SQL} + 0", ["a", 1, 1]) == ("ab", 1)
