"""What a worker does in the database by itself."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ

from gatekeeper_site.core import clock, registry
from gatekeeper_site.work import sweeper as sweeper_module
from gatekeeper_site.work.changes import Changes
from gatekeeper_site.work.models import Worker
from gatekeeper_site.work.sweeper import Sweep, Sweeper, give_back
from tests.processes import WAIT_SECONDS, wait_until


@pytest.fixture
def sweeper() -> Sweeper:
    """A worker's sweeper that has nothing to sweep."""
    return Sweeper(worker_name="host:1", sweeps=[])


@pytest.fixture
def last_migration(transactional_db: None) -> Iterator[str]:
    """The core's last migration, on a database from before it."""
    ((_, name),) = MigrationLoader(connection).graph.leaf_nodes("core")
    MigrationRecorder(connection).record_unapplied("core", name)
    yield name
    MigrationRecorder(connection).record_unapplied("core", name)
    MigrationRecorder(connection).record_applied("core", name)


@pytest.mark.django_db
@pytest.mark.parametrize("sweep", registry.sweeps)
def test_where_nothing_is_due_a_sweep_only_looks(
    sweep: registry.SweepFunction, settings: Any
) -> None:
    settings.OSM_URL = "https://osm.example/osm"
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert sweep() == 0

    assert len(queries) > 0
    for query in queries:
        assert query["sql"].startswith("SELECT"), query["sql"]


@pytest.mark.django_db(transaction=True)
def test_a_sweep_is_called_again_at_once_until_it_finds_nothing(sweeper: Sweeper) -> None:
    found = [2, 1, 0, 5]
    sweeper.sweeps = [Sweep("batches", 60, lambda: found.pop(0))]

    for _ in range(5):
        sweeper.use_database()

    # Then the fourth look is a minute away
    assert found == [5]


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_there_only_while_all_its_clusters_work(sweeper: Sweeper) -> None:
    sweeper.use_database()
    assert not Worker.objects.exists()

    sweeper.is_working = True
    sweeper.use_database()

    worker = Worker.objects.get()
    assert worker.name == "host:1"
    assert abs((worker.seen_at - clock.now()).total_seconds()) < 60


def test_a_missing_migration_is_said_once_and_what_to_do(
    last_migration: str, sweeper: Sweeper, caplog: pytest.LogCaptureFixture
) -> None:
    sweeper.is_working = True

    for _ in range(3):
        sweeper.use_database()

    (record,) = caplog.records
    assert record.getMessage() == (
        "nothing is done for now: the database lacks migrations of this version "
        f"(core.{last_migration}): run `manage.py migrate`. The worker begins by itself when that "
        "is done."
    )
    assert record.exc_info is None
    assert not sweeper.is_migrated.is_set()
    assert not Worker.objects.exists()

    # When it is applied
    MigrationRecorder(connection).record_applied("core", last_migration)
    sweeper.use_database()

    assert sweeper.is_migrated.is_set()
    assert caplog.messages[1:] == ["the database is back"]
    assert Worker.objects.get().name == "host:1"


def test_a_sweep_that_lacks_a_table_says_that_migrations_are_missing(
    last_migration: str, sweeper: Sweeper, caplog: pytest.LogCaptureFixture
) -> None:
    # Given a worker that has begun on a database which was then taken back
    def sweep() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM no_such_table")
        return 0

    sweeper.is_migrated.set()
    sweeper.sweeps = [Sweep("any", 0, sweep)]

    for _ in range(2):
        sweeper.use_database()

    (record,) = caplog.records
    assert f"(core.{last_migration}): run `manage.py migrate`" in record.getMessage()
    assert record.exc_info is None


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_fails_keeps_no_other_from_its_work(
    sweeper: Sweeper, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweeper_module, "FAILED_SWEEP_PAUSE_SECONDS", 600)
    calls: list[str] = []

    def faulty() -> int:
        calls.append("faulty")
        raise RuntimeError("a fault")

    def right() -> int:
        calls.append("right")
        return 0

    sweeper.sweeps = [Sweep("faulty", 0, faulty), Sweep("right", 0, right)]

    for _ in range(2):
        sweeper.changes = Changes()
        sweeper.use_database()

    # Then the faulty one is left out for a while
    assert calls == ["faulty", "right", "right"]
    assert caplog.messages == ["faulty failed"]


@pytest.mark.django_db(transaction=True)
def test_tasks_of_a_killed_cluster_are_there_for_others_at_once() -> None:
    later = clock.now().replace(year=2100)
    taken = OrmQ.objects.create(key="gatekeeper", payload="taken", lock=later)
    other = OrmQ.objects.create(key="gatekeeper", payload="other", lock=later)

    give_back([taken.pk])

    taken.refresh_from_db()
    other.refresh_from_db()
    assert taken.lock <= clock.now()
    assert other.lock == later


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="a thread has no SQLite in memory")
def test_a_slow_sweep_keeps_nobody_from_telling_the_thread_to_end(sweeper: Sweeper) -> None:
    # Given a sweep that hangs
    is_called, may_end = threading.Event(), threading.Event()

    def hang() -> int:
        is_called.set()
        may_end.wait(WAIT_SECONDS)
        return 0

    sweeper.sweeps = [Sweep("slow", 60, hang)]
    thread = sweeper.start()
    is_called.wait(WAIT_SECONDS)
    jobs: list[Any] = []

    # When there is more to do, and then an end
    sweeper.jobs.put(lambda: jobs.append(time.monotonic()))
    sweeper.jobs.put(None)

    # Then that was no wait; it is done when the sweep has come to its end
    assert thread.is_alive() and not jobs
    may_end.set()
    wait_until(lambda: not thread.is_alive(), what="the end of the thread")
    assert len(jobs) == 1
