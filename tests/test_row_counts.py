"""Rows are counted anew whenever there may be others than before (row_counts.py)."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.fixtures import new_user, rolled_back

COUNTS = Callable[[], dict[str, int]]


def users(counts: COUNTS) -> int:
    """Return how many users are counted, which is how many there are."""
    counted = counts()["auth_user"]
    assert counted == User.objects.count()
    return counted


@pytest.mark.django_db
def test_what_a_transaction_writes_and_takes_back_is_counted(row_counts: COUNTS) -> None:
    assert users(row_counts) == 0
    with rolled_back():
        assert users(row_counts) == 0
        new_user("first")
        assert users(row_counts) == 1
        with rolled_back():
            new_user("second")
            assert users(row_counts) == 2
        assert users(row_counts) == 1
    assert users(row_counts) == 0
    with rolled_back():
        new_user("third")
    new_user("fourth")
    assert users(row_counts) == 1
    with transaction.atomic():
        User.objects.all().delete()
    assert users(row_counts) == 0


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite counts each time")
def test_what_is_as_it_was_is_not_counted_again(row_counts: COUNTS) -> None:
    new_user("first")
    before = row_counts()
    with CaptureQueriesContext(connection) as queries, rolled_back():
        assert row_counts() == before

    assert [query["sql"][:15] for query in queries] == [
        "SAVEPOINT " + queries[0]["sql"][10:15],
        "EXECUTE written",
        "ROLLBACK TO SAV",
        "RELEASE SAVEPOI",
    ]


@pytest.mark.django_db(transaction=True)
def test_one_transaction_is_not_taken_for_another(row_counts: COUNTS) -> None:
    for number in range(3):
        with transaction.atomic():
            new_user(f"user {number}")
            assert users(row_counts) == number + 1
    User.objects.all().delete()
    assert users(row_counts) == 0
