"""django-q's cluster, which its supervisor can watch and replace.

A task's way through a cluster has three stations: the pusher takes it from the database, a worker
runs it, the monitor acknowledges it. What passes between them are multiprocessing queues, whose
locks die with the process that holds them: after a SIGKILL of an idle worker, say, a new one
appears and waits for ever. So three things are added here:

- The pusher slips a task of our own in, which goes the whole way but not through the database:
  each cluster sees its own only. Its acknowledgement, like any, touches the heartbeat file.
- A cluster that lost a process to a signal ends, instead of replacing that process. For no lock of
  such a one does its main process wait, which would not learn of it then. It ends as well where a
  task process hangs in a task, beside others that work.
- The pusher notes which tasks it took, so that they need not wait for django-q's `retry`.

All that is done with what is not of django-q's public interface is done here;
tests/deploy/test_internals.py tells when what is used has changed.
"""

import logging
import math
import multiprocessing.connection
import os
import select
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from functools import cached_property
from multiprocessing.process import BaseProcess
from multiprocessing.sharedctypes import synchronized
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, cast
from uuid import uuid4

import django_q.cluster
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.signing import SignedPackage

from gatekeeper_site.core import clock, registry
from gatekeeper_site.core.postgresql import bound_waits, is_direct
from gatekeeper_site.work.changes import Changes
from gatekeeper_site.work.parent_death import die_with_parent, die_with_parent_after_fork
from gatekeeper_site.work.queue import channel, new_work_queue
from gatekeeper_site.work.stopping import rest, stop_signals

DIRECTORY_VARIABLE = "GATEKEEPER_CLUSTER_DIRECTORY"
PARENT_VARIABLE = "GATEKEEPER_CLUSTER_PARENT"
# Each costs every process of the cluster a little.
BEAT_SECONDS = 5
BEAT_ID = "beat"
DATABASE_PAUSE_SECONDS = 1
# The supervisor kills a cluster that needs longer than STOP_SECONDS, if it is there.
STOP_MARGIN_SECONDS = 5
# The queue is looked at as often as the settings say until there was no task for so long, and then
# so often; where it is heard of a new one, less often still, but for the end, which waits for it.
BUSY_SECONDS = 5
IDLE_POLL_SECONDS = 0.5
LISTENING_POLL_SECONDS = 1
# A task process holds the lock of its timer for far less.
LOCK_SECONDS = 1
# And ends in far less, once it has told the last one.
END_SECONDS = 1
# More than a cluster can hold at once: a task for each worker, a few between the stations.
NOTED_TASKS = 100

logger = logging.getLogger(__name__)


def heartbeat_file(directory: Path) -> Path:
    """Return the file that each acknowledged task touches."""
    return directory / "heartbeat"


def note_beat(directory: Path, at: float | None = None) -> None:
    """Note a sign of life, in seconds of the clock that nobody sets."""
    at = time.monotonic() if at is None else at
    os.utime(heartbeat_file(directory), (at, at))


def last_beat(directory: Path) -> float:
    """Return when (monotonic seconds) the cluster last gave a sign of life; 0: not yet."""
    return heartbeat_file(directory).stat().st_mtime


def taken_tasks_file(directory: Path) -> Path:
    """Return the file with the keys of the tasks that were taken last."""
    return directory / "taken-tasks"


def taken_tasks(directory: Path) -> list[int]:
    """Return the keys of the tasks that were taken last, be they acknowledged or not."""
    file = taken_tasks_file(directory)
    return [int(key) for key in file.read_text().split()] if file.exists() else []


def beat() -> None:
    """Do nothing: that this was run and acknowledged is the sign of life."""


def beat_package() -> str:
    """Return the beat as django-q stores a task."""
    package: str = SignedPackage.dumps(
        {
            "id": BEAT_ID,
            "name": BEAT_ID,
            "func": f"{beat.__module__}.{beat.__qualname__}",
            "args": (),
            "kwargs": {},
            "save": False,
            "started": clock.now(),
        }
    )
    return package


# Of several that take tasks at once, none waits for another, and each gets the oldest that is left.
# The second queue is not looked at while there is something in the first, and nothing is taken of
# it while something is in the way of new work.
TAKE_TASK = """
UPDATE django_q_ormq SET lock = %s WHERE id = COALESCE(
    (SELECT id FROM django_q_ormq WHERE key = %s AND lock <= %s
     ORDER BY id LIMIT 1 {skip_locked}),
    (SELECT id FROM django_q_ormq WHERE key = %s AND lock <= %s{unless_in_the_way}
     ORDER BY id LIMIT 1 {skip_locked})
) RETURNING id, payload
"""


class SupervisedBroker(ORM):
    """A cluster's queues in the database, and a beat when no task was acknowledged for a while.

    Each cluster has one copy in its pusher and one in its monitor.
    """

    directory = Path()
    beat_at = 0.0
    taken_at = 0.0
    changes = Changes()
    took_some = False
    taken: deque[int] = deque(maxlen=NOTED_TASKS)
    # The connection of psycopg2's that was asked whether it can listen, and its answer.
    asked: Any = None
    is_listening = False

    def dequeue(self) -> list[tuple[int | str, str]] | None:
        """Return the next task, as (key to acknowledge, package); called in the pusher."""
        now = time.monotonic()
        silence = now - max(self.beat_at, last_beat(self.directory))
        if silence > BEAT_SECONDS:
            self.beat_at = now
            return [(BEAT_ID, beat_package())]
        try:
            may_be_some = self.took_some or self.changes.may_have_come()
            tasks = self.take_task() if may_be_some else []
        except (OperationalError, InterfaceError) as error:
            # Raised, it would end the pusher, after ten seconds. The supervisor says it louder.
            logger.debug("no tasks are taken: %s", error)
            connection.close()
            time.sleep(DATABASE_PAUSE_SECONDS)
            return None
        self.took_some = bool(tasks)
        if not tasks:
            self.rest()
            return None
        self.taken_at = time.monotonic()
        self.note_taken(tasks)
        return tasks

    def rest(self) -> None:
        """Wait until it is time to look again, or until something is said to have been enqueued."""
        is_idle = time.monotonic() - self.taken_at > BUSY_SECONDS
        if not self.can_listen():
            time.sleep(IDLE_POLL_SECONDS if is_idle else Conf.POLL)
            return
        seconds = LISTENING_POLL_SECONDS if is_idle else Conf.POLL
        poll = select.poll()
        poll.register(connection.connection.fileno(), select.POLLIN)
        if poll.poll(seconds * 1000):
            # What was said is read with the next statement's answer.
            self.taken_at = time.monotonic()
        connection.connection.notifies.clear()

    def can_listen(self) -> bool:
        """Return whether this connection hears of new tasks; one that is new begins to listen.

        Behind a PgBouncer that pools transactions, others would hear of them.
        """
        if connection.vendor != "postgresql" or connection.connection is None:
            return False
        if self.asked is not connection.connection:
            self.is_listening = is_direct(connection)
            if self.is_listening:
                with connection.cursor() as cursor:
                    cursor.execute(f"LISTEN {connection.ops.quote_name(channel(self.list_key))}")
            self.asked = connection.connection
        return self.is_listening

    @cached_property
    def unless_in_the_way(self) -> tuple[str, list[Any]]:
        """What the second queue's condition goes on with, and its parameters."""
        condition = ""
        parameters: list[Any] = []
        for obstacle in registry.new_work_obstacles:
            rows = obstacle()
            if rows is not None:
                text, values = rows.query.sql_with_params()
                condition += f" AND NOT EXISTS ({text})"
                parameters += values
        return condition, parameters

    def take_task(self) -> list[tuple[int | str, str]]:
        """Return the oldest task that waits, if there is one; new work only if nothing else."""
        queues = [self.list_key, new_work_queue(self.list_key)]
        now = timezone.now()
        # This closes a connection that broke.
        waiting = self.get_connection()
        is_skipping = connection.features.has_select_for_update_skip_locked
        # On SQLite, a statement that writes waits for the one lock that there is.
        if not is_skipping and not waiting.filter(key__in=queues, lock__lte=now).exists():
            return []
        condition, parameters = self.unless_in_the_way
        statement = TAKE_TASK.format(
            skip_locked="FOR UPDATE SKIP LOCKED" if is_skipping else "",
            unless_in_the_way=condition,
        )
        adapted = connection.ops.adapt_datetimefield_value
        until, since = adapted(self.timeout(None)), adapted(now)
        with connection.cursor() as cursor:
            cursor.execute(statement, [until, queues[0], since, queues[1], since, *parameters])
            return [(key, payload) for key, payload in cursor.fetchall()]

    def note_taken(self, tasks: list[tuple[int | str, str]]) -> None:
        """Write down what was taken, in one step, as this process may be killed at any time."""
        self.taken.extend(int(key) for key, _ in tasks)
        file = taken_tasks_file(self.directory)
        draft = file.with_suffix(".draft")
        draft.write_text(" ".join(map(str, self.taken)))
        draft.replace(file)

    def acknowledge(self, task_id: int | str) -> None:
        """Note that a task is done; called in the monitor."""
        if task_id != BEAT_ID:
            # This closes a connection that broke.
            self.get_connection()
            with connection.cursor() as cursor:
                cursor.execute("DELETE FROM django_q_ormq WHERE id = %s", [task_id])
        note_beat(self.directory)


class StopSignal:
    """What django-q's sentinel looks at for its end: whether SIGTERM has come."""

    def __init__(self, processes: Callable[[], Iterable[BaseProcess]]) -> None:
        self.processes = processes
        self.came = stop_signals()
        self.note = signal.getsignal(signal.SIGTERM)
        signal.signal(signal.SIGTERM, self.begin)

    def begin(self, number: int, frame: FrameType | None) -> None:
        """Note the signal, and have the kernel end this process if it does not end in time.

        A process of the cluster that was killed may hold a lock that the end would wait for, and
        the supervisor, which would kill the cluster then, may be gone.
        """
        if callable(self.note):
            self.note(number, frame)
        signal.alarm(math.ceil(settings.STOP_SECONDS) + STOP_MARGIN_SECONDS)

    def is_set(self) -> bool:
        """Return whether it has."""
        return bool(self.came)

    def wait(self, seconds: float) -> bool:
        """Wait for it, or for the end of a process; return whether it has come."""
        processes = {each.sentinel: each for each in self.processes()}
        rest(seconds, self.came, [*processes])
        for sentinel in multiprocessing.connection.wait([*processes], 0):
            # Until it is gone, each look would take time away from the others' tasks.
            processes[cast(int, sentinel)].join()
        return self.is_set()


class TimerLock:
    """The lock of a task process's timer, as the sentinel takes it.

    The process holds it while it tells a task's result, and may be killed with it.
    """

    def __init__(self, process: BaseProcess, lock: Any) -> None:
        self.process = process
        self.lock = lock
        self.release = lock.release

    def acquire(self) -> None:
        """Wait for the lock, and end the cluster if it is never given back."""
        while not self.lock.acquire(timeout=LOCK_SECONDS):
            if self.process.exitcode is not None:
                end_cluster(self.process)

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()


class Sentinel(django_q.cluster.Sentinel):
    """The process that keeps the cluster's others running; it is the cluster's main process.

    django-q has it run below another, which does nothing but pass SIGTERM on.
    """

    def start(self) -> None:
        """Start the other processes, and watch them until SIGTERM."""
        self.stop_event = StopSignal(lambda: [*self.pool, self.monitor, self.pusher])
        # django-q's own count what is in them, and have a lock for that, which this process takes.
        self.task_queue: Any = multiprocessing.Queue(Conf.QUEUE_LIMIT)
        self.result_queue: Any = multiprocessing.Queue()
        super().start()

    def spawn_worker(self) -> None:
        """Start a task process, with whose timer's lock this process is on its guard."""
        super().spawn_worker()
        process = self.pool[-1]
        lock: Any = TimerLock(process, process.timer.get_lock())
        process.timer = synchronized(process.timer.get_obj(), lock)

    def reincarnate(self, process: BaseProcess) -> None:
        """Replace a process that ended by itself; end the cluster if a signal did, or it hangs."""
        # One whose task took too long mostly ends by itself, just now.
        process.join(END_SECONDS)
        if process.exitcode is None or process.exitcode < 0:
            end_cluster(process)
        super().reincarnate(process)


def end_cluster(process: BaseProcess) -> NoReturn:
    """End this cluster, because one of its processes has, or hangs.

    At once and without cleaning up, which would wait for locks that nobody gives back. The
    cluster's other processes die with this one.
    """
    status = process.exitcode
    what = "hangs in a task" if status is None else f"ended with status {status}"
    logger.error("process %s %s: ending the cluster", process.pid, what)
    os._exit(1)


def run() -> None:
    """Run the cluster until SIGTERM, or until it has lost a process."""
    die_with_parent(int(os.environ[PARENT_VARIABLE]), signal.SIGTERM)
    die_with_parent_after_fork()
    os.register_at_fork(after_in_child=end_on_sigterm)
    bound_waits()
    SupervisedBroker.directory = Path(os.environ[DIRECTORY_VARIABLE])
    Sentinel(None, threading.Event(), uuid4(), SupervisedBroker())


def end_on_sigterm() -> None:
    """Undo what this process has inherited from the sentinel, which alone is told to stop."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
