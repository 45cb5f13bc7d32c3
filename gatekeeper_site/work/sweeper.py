"""What a worker does in the database by itself: it looks for due rows, and says that it is there.

It does so in a thread, so that the supervisor (supervisor.py) tends its task clusters and obeys
SIGTERM also while the database answers nothing.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

from django.db import (
    InterfaceError,
    OperationalError,
    ProgrammingError,
    close_old_connections,
    connection,
)
from django.db.migrations.executor import MigrationExecutor
from django_q.models import OrmQ

from gatekeeper_site.core import clock, registry
from gatekeeper_site.core.origin import new_origin, originating
from gatekeeper_site.work.changes import Changes
from gatekeeper_site.work.models import Worker
from gatekeeper_site.work.pauses import Pause

TICK_SECONDS = 0.2
# When nothing was written for BUSY_SECONDS.
IDLE_TICK_SECONDS = 0.5
SEEN_SECONDS = 4
# What a change leads to becomes due within this time, or is in no hurry.
BUSY_SECONDS = 10
FAILED_SWEEP_PAUSE_SECONDS = 5
LONGEST_PAUSE_SECONDS = 5
FORGET_WORKER_AFTER = timedelta(hours=1)
MAX_NAMED_MIGRATIONS = 3

DATABASE_FAULTS = (OperationalError, InterfaceError)

logger = logging.getLogger(__name__)


class Unmigrated(Exception):
    """The database is not as this version needs it."""


@dataclass
class Sweep:
    """A function that looks for due rows, and returns how many it found."""

    name: str
    # Between two looks; one that found something is called again at once, as it takes no more
    # than a batch.
    seconds: float
    function: Callable[[], int]
    # In monotonic seconds; 0: at once.
    due: float = 0


@dataclass
class Sweeper:
    """The thread, and what it shares with the supervisor's own."""

    worker_name: str
    # Whether all task clusters run tasks: only then is the worker there.
    is_working: bool = False
    # Whether the database is there and as this version needs it: before, nothing can be run.
    is_migrated: threading.Event = field(default_factory=threading.Event)
    # What else there is to be done in the database; None ends the thread.
    jobs: SimpleQueue[Callable[[], None] | None] = field(default_factory=SimpleQueue)
    started_at: datetime = field(default_factory=clock.now)
    changes: Changes = field(default_factory=lambda: Changes(BUSY_SECONDS))
    seen_at: float = 0
    pause: Pause = field(default_factory=lambda: Pause(TICK_SECONDS, LONGEST_PAUSE_SECONDS))
    not_before: float = 0
    sweeps: list[Sweep] = field(
        default_factory=lambda: [
            Sweep(function.__name__, seconds, function)
            for function, seconds in registry.sweeps.items()
        ]
    )

    def start(self) -> threading.Thread:
        """Begin; the thread keeps no process from ending."""
        thread = threading.Thread(target=self.run, name="sweeper", daemon=True)
        thread.start()
        return thread

    def run(self) -> None:
        """Sweep, and do what else there is to be done, until there comes a None."""
        while True:
            seconds = TICK_SECONDS if self.changes.are_recent() else IDLE_TICK_SECONDS
            try:
                job = self.jobs.get(timeout=seconds)
            except Empty:
                if time.monotonic() >= self.not_before:
                    self.use_database()
                continue
            if job is None:
                connection.close()
                return
            job()

    def use_database(self) -> None:
        """Sweep and say that this worker is there; where that cannot be, wait longer each time."""
        try:
            close_old_connections()
            if not self.is_migrated.is_set():
                refuse_missing_migrations()
                self.is_migrated.set()
            now = time.monotonic()
            is_quiet = not self.changes.may_have_come()
            if self.is_working and now - self.seen_at >= SEEN_SECONDS:
                note_worker(self.worker_name, self.started_at)
                self.seen_at = now
                self.changes.pass_over()
            for sweep in self.sweeps:
                if sweep.due == 0 or (time.monotonic() >= sweep.due and not is_quiet):
                    call(sweep)
        except (*DATABASE_FAULTS, Unmigrated) as error:
            self.put_off(error)
        else:
            if self.pause.end():
                logger.info("the database is back")

    def put_off(self, error: Exception) -> None:
        """Leave the database alone for a while, and say why, once."""
        if not self.pause.seconds:
            text = str(error) if isinstance(error, Unmigrated) else first_line(error)
            logger.error("nothing is done for now: %s", text)
        self.not_before = time.monotonic() + self.pause.grow()
        connection.close()

    def forget_worker(self) -> None:
        """Remove the row of a worker that stops; if the database is away, others do so later."""
        try:
            Worker.objects.filter(name=self.worker_name).delete()
        except DATABASE_FAULTS as error:
            logger.warning(
                "worker %s stays listed for an hour: %s", self.worker_name, first_line(error)
            )


def call(sweep: Sweep) -> None:
    """Call a sweep; one that fails is logged and left out for a while.

    Raises:
        OperationalError, InterfaceError: the database is away.
        Unmigrated: it is not as this version needs it.
    """
    try:
        with originating(new_origin(via="task")):
            count = sweep.function()
    except Exception as error:
        if isinstance(error, OperationalError | InterfaceError | ProgrammingError):
            # On a new connection: these raise what is wrong with the database as a whole.
            connection.close()
            refuse_missing_migrations()
        logger.exception("%s failed", sweep.name)
        sweep.due = time.monotonic() + FAILED_SWEEP_PAUSE_SECONDS
        return
    if count:
        logger.debug("%s: %d", sweep.name, count)
    sweep.due = 0 if count else time.monotonic() + sweep.seconds


def refuse_missing_migrations() -> None:
    """Look whether all migrations of this version are applied.

    Raises:
        Unmigrated: saying which are not.
        OperationalError, InterfaceError: the database is away.
    """
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not plan:
        return
    names = [f"{migration.app_label}.{migration.name}" for migration, _ in plan]
    more = len(names) - MAX_NAMED_MIGRATIONS
    named = ", ".join(names[:MAX_NAMED_MIGRATIONS]) + (f" and {more} more" if more > 0 else "")
    raise Unmigrated(
        f"the database lacks migrations of this version ({named}): run `manage.py migrate`. The "
        "worker begins by itself when that is done."
    )


def note_worker(name: str, started_at: datetime) -> None:
    """Write that the worker is there, and forget those that have long been gone."""
    now = clock.now()
    if not Worker.objects.filter(name=name).update(started_at=started_at, seen_at=now):
        Worker.objects.create(name=name, started_at=started_at, seen_at=now)
    gone = Worker.objects.filter(seen_at__lt=now - FORGET_WORKER_AFTER)
    if gone.exists():
        gone.delete()


def give_back(tasks: list[int]) -> None:
    """Let others take tasks that a killed cluster had taken."""
    try:
        OrmQ.objects.filter(pk__in=tasks).update(lock=clock.now())
    except DATABASE_FAULTS as error:
        logger.warning("tasks of a killed cluster are retried later: %s", first_line(error))


def first_line(error: Exception) -> str:
    """Return what the error says, without the hints that databases add on further lines."""
    return str(error).partition("\n")[0]
