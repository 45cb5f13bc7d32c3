"""Work for later belongs to the transaction that causes it, and due rows to one claimer."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django_q.models import OrmQ

from gatekeeper_site.core import clock
from gatekeeper_site.core.models import Worker
from gatekeeper_site.core.queue import claim_due, enqueue, task


def waiting(name: str, *, seconds: float) -> Worker:
    """Make a row that is due in so many seconds; `seen_at` stands for a due date here."""
    now = clock.now()
    return Worker.objects.create(
        name=name, started_at=now, seen_at=now + timedelta(seconds=seconds)
    )


@pytest.mark.django_db
def test_a_task_is_stored_with_its_arguments() -> None:
    enqueue("os.mkdir", "/tmp/some-directory", 448)

    queued = OrmQ.objects.get()
    assert queued.func() == "os.mkdir"
    assert queued.args() == ("/tmp/some-directory", 448)


@pytest.mark.django_db
def test_a_task_of_a_change_that_is_rolled_back_is_gone() -> None:
    def change_that_fails() -> None:
        with transaction.atomic():
            enqueue("os.mkdir", "/tmp/some-directory")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_that_fails()

    assert not OrmQ.objects.exists()


def test_a_task_returns_and_raises_as_its_function_does() -> None:
    @task
    def divide(dividend: int, divisor: int) -> float:
        return dividend / divisor

    assert divide(6, 3) == 2
    with pytest.raises(ZeroDivisionError):
        divide(6, 0)


@pytest.mark.django_db
def test_due_rows_are_claimed_longest_due_first_and_then_leased() -> None:
    # Given two rows that are due and one that is not
    second = waiting("second", seconds=-1)
    first = waiting("first", seconds=-2)
    later = waiting("later", seconds=60)
    before = clock.now()

    # When they are claimed
    claimed = claim_due(Worker.objects.all(), field="seen_at", lease_seconds=30)

    # Then the due ones are ours for as long as the lease, and the other is as it was
    assert claimed == [first.pk, second.pk]
    assert claim_due(Worker.objects.all(), field="seen_at", lease_seconds=30) == []
    second.refresh_from_db()
    assert timedelta(seconds=30) <= second.seen_at - before < timedelta(seconds=60)
    assert Worker.objects.get(pk=later.pk).seen_at == later.seen_at


@pytest.mark.django_db
def test_no_more_rows_than_the_limit_are_claimed() -> None:
    rows = [waiting(f"row {number}", seconds=number - 10) for number in range(3)]

    claimed = claim_due(Worker.objects.all(), field="seen_at", lease_seconds=30, limit=2)

    assert claimed == [rows[0].pk, rows[1].pk]


@pytest.mark.django_db
def test_rows_outside_the_queryset_are_left_alone() -> None:
    row = waiting("due", seconds=-1)

    others = Worker.objects.exclude(pk=row.pk)
    assert claim_due(others, field="seen_at", lease_seconds=30) == []

    assert Worker.objects.get(pk=row.pk).seen_at == row.seen_at


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_row_that_another_is_claiming_is_skipped() -> None:
    # Given two due rows, one of which another connection is claiming
    claimed_by_other = waiting("claimed", seconds=-2)
    free = waiting("free", seconds=-1)
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT id FROM core_worker WHERE id = %s FOR UPDATE", [claimed_by_other.pk])

        # When we claim
        claimed = claim_due(Worker.objects.all(), field="seen_at", lease_seconds=30)

        cursor.execute("ROLLBACK")
    other.close()

    # Then we get the other row without waiting, and not the claimed one
    assert claimed == [free.pk]
