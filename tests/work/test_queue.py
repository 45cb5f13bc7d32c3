"""Work for later belongs to the transaction that causes it, and due rows to one claimer."""

import os
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from gatekeeper_site.core import clock, registry
from gatekeeper_site.core.postgresql.base import has_word
from gatekeeper_site.work import cluster, queue
from gatekeeper_site.work.cluster import TAKE_TASK, SupervisedBroker, heartbeat_file, note_beat
from gatekeeper_site.work.models import Worker
from gatekeeper_site.work.queue import (
    PUT_TASK_AND_WAKE,
    channel,
    claim_due,
    enqueue,
    put_forward,
    run_task,
    waiting_tasks,
)


def waiting(name: str, *, seconds: float) -> Worker:
    """Make a row that is due in so many seconds; `seen_at` stands for a due date here."""
    now = clock.now()
    return Worker.objects.create(
        name=name, started_at=now, seen_at=now + timedelta(seconds=seconds)
    )


@pytest.mark.django_db
def test_a_task_is_stored_with_its_arguments() -> None:
    enqueue(os.mkdir, "/tmp/some-directory", 448)

    queued = OrmQ.objects.get()
    assert queued.kwargs() == {"function": "posix.mkdir"}
    assert queued.args() == ("/tmp/some-directory", 448)


@pytest.mark.django_db
def test_a_task_of_a_change_that_is_rolled_back_is_gone() -> None:
    def change_that_fails() -> None:
        with transaction.atomic():
            enqueue(os.mkdir, "/tmp/some-directory")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_that_fails()

    assert not OrmQ.objects.exists()


# What a cluster takes.


@pytest.fixture
def broker(db: None, tmp_path: Path) -> SupervisedBroker:
    """The main cluster's queues, of which no sign of life is due."""
    broker = SupervisedBroker()
    broker.directory = tmp_path
    heartbeat_file(tmp_path).touch()
    note_beat(tmp_path, at=time.monotonic() + 600)
    return broker


def taken(broker: SupervisedBroker) -> str | None:
    """Return the argument of the task that a cluster takes; None if there is none."""
    # Of what its own connection writes, which only a test does, SQLite tells nothing.
    broker.took_some = True
    tasks = broker.dequeue()

    return SignedPackage.loads(tasks[0][1])["args"][0] if tasks else None


def test_tasks_are_taken_in_their_order_and_new_work_comes_last(broker: SupervisedBroker) -> None:
    for name in ("first order", "second order"):
        enqueue(os.mkdir, name, is_new_work=True)
    for name in ("first answer", "second answer"):
        enqueue(os.mkdir, name)
    enqueue(os.mkdir, "a callback", cluster="callbacks")

    names = [taken(broker) for _ in range(3)]
    enqueue(os.mkdir, "third answer")
    names += [taken(broker) for _ in range(3)]

    assert names == [
        "first answer",
        "second answer",
        "first order",
        "third answer",
        "second order",
        None,
    ]


def test_new_work_waits_while_something_is_in_its_way(
    broker: SupervisedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    obstacles: list[registry.Obstacle] = [
        lambda: None,
        lambda: Worker.objects.filter(name="alone"),
        lambda: Worker.objects.filter(name__startswith="of two").order_by()[1:2],
    ]
    monkeypatch.setattr(registry, "new_work_obstacles", obstacles)
    for name in ("first order", "second order", "third order"):
        enqueue(os.mkdir, name, is_new_work=True)

    # Given a row that is no obstacle yet
    first_of_two = waiting("of two: first", seconds=0)
    assert taken(broker) == "first order"

    # When there are obstacles, all else goes on
    waiting("of two: second", seconds=0)
    alone = waiting("alone", seconds=0)
    enqueue(os.mkdir, "an answer")
    assert [taken(broker) for _ in range(2)] == ["an answer", None]
    alone.delete()
    assert taken(broker) is None

    # Until the last of them is gone
    first_of_two.delete()
    assert [taken(broker) for _ in range(3)] == ["second order", "third order", None]


def test_a_task_that_was_taken_is_locked_and_waits_no_more(broker: SupervisedBroker) -> None:
    keys = [enqueue(os.mkdir, name) for name in ("taken", "waiting")]
    before = clock.now()

    tasks = broker.dequeue()

    assert tasks is not None
    assert [key for key, _ in tasks] == keys[:1]
    lock = OrmQ.objects.get(pk=keys[0]).lock
    assert lock is not None
    # Our clock has whole milliseconds, and django-q's microseconds.
    retry, rounding = timedelta(seconds=90), timedelta(milliseconds=1)
    assert before + retry - rounding < lock < clock.now() + retry + rounding
    assert waiting_tasks([*keys, None]) == {keys[1]}


def test_new_work_can_be_put_forward(broker: SupervisedBroker) -> None:
    keys = [enqueue(os.mkdir, name, is_new_work=True) for name in ("first", "second")]

    put_forward(keys[1:])

    assert [taken(broker) for _ in range(2)] == ["second", "first"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_a_task_that_another_cluster_is_taking_is_skipped(broker: SupervisedBroker) -> None:
    # Given two tasks, the first of which another connection is taking
    first, second = enqueue(os.mkdir, "first"), enqueue(os.mkdir, "second")
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT id FROM django_q_ormq WHERE id = %s FOR UPDATE", [first])

        # When we take one
        name = taken(broker)

    # Then we get the other, without waiting
    assert name == "second"
    assert waiting_tasks([first, second]) == {first}


@pytest.fixture
def nobody_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that has woken no cluster yet."""
    monkeypatch.setattr(queue, "woken_at", {})


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("nobody_woken")
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite tells by itself of changes")
def test_a_cluster_that_rests_hears_of_a_task_when_it_is_committed(
    broker: SupervisedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a cluster that rests for a minute
    monkeypatch.setattr(cluster, "LISTENING_POLL_SECONDS", 60)
    assert broker.can_listen()

    def put(*, is_committed: bool, queue: str = "gatekeeper") -> None:
        with closing(connection.copy()) as other, other.cursor() as cursor:
            cursor.execute("BEGIN")
            values = ["gatekeeper-new", "", clock.now(), channel(queue)]
            cursor.execute(PUT_TASK_AND_WAKE, values)
            cursor.execute("COMMIT" if is_committed else "ROLLBACK")

    # When tasks are enqueued for another cluster, and for this one
    put(is_committed=True, queue="callbacks")
    put(is_committed=False)
    assert not has_word(connection.connection)
    put(is_committed=True)
    began = time.monotonic()
    broker.rest()

    # Then it looks often for a while, and hears each word once
    assert broker.taken_at >= began
    assert OrmQ.objects.count() == 2
    assert not has_word(connection.connection)


@pytest.mark.usefixtures("nobody_woken")
@pytest.mark.skipif(connection.vendor == "sqlite", reason="it is PostgreSQL's NOTIFY")
def test_each_cluster_is_woken_once_in_a_second(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = [100.0, 100.9, 100.95, 101.0]
    monkeypatch.setattr(queue, "time", SimpleNamespace(monotonic=lambda: moments[0]))
    woken = []
    while moments:
        for name in ("gatekeeper", "callbacks"):
            with CaptureQueriesContext(connection) as queries:
                enqueue(os.mkdir, "a task", cluster=name, is_new_work=True)
            (statement,) = (query["sql"] for query in queries)
            if "pg_notify" in statement:
                woken.append((moments[0], name))
        moments.pop(0)

    assert woken == [
        (100.0, "gatekeeper"),
        (100.0, "callbacks"),
        (101.0, "gatekeeper"),
        (101.0, "callbacks"),
    ]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="it is PostgreSQL's plan")
def test_the_next_task_of_a_long_queue_is_found_by_the_index(db: None) -> None:
    OrmQ.objects.bulk_create(
        OrmQ(key=key, payload="", lock=clock.now())
        # Were they about as many, going through all in their order would be about as quick.
        for key, number in (("callbacks", 3000), ("gatekeeper", 30), ("gatekeeper-new", 30))
        for _ in range(number)
    )
    taking = TAKE_TASK.format(skip_locked="FOR UPDATE SKIP LOCKED", unless_in_the_way="")
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE django_q_ormq")
        cursor.execute(f"EXPLAIN {taking}", [now, "gatekeeper", now, "gatekeeper-new", now])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert plan.count("Index Scan using queue_by_key") == 2
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


# What is due.


def test_a_task_raises_as_its_function_does() -> None:
    with pytest.raises(ZeroDivisionError):
        run_task(6, 0, function="operator.floordiv")


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
    with closing(connection.copy()) as other, other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT id FROM core_worker WHERE id = %s FOR UPDATE", [claimed_by_other.pk])

        # When we claim
        claimed = claim_due(Worker.objects.all(), field="seen_at", lease_seconds=30)

    # Then we get the other row without waiting, and not the claimed one
    assert claimed == [free.pk]
