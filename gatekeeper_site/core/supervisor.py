"""What `manage.py run_worker` does: keeps task clusters running, and looks for due rows.

There is a cluster for each queue. One (cluster.py) runs in a process group of its own. It is ended
and started again when its main process ended, or when its heartbeat file was not touched for longer
than any task may take. Between its looks at them the supervisor calls the sweeps of the settings.
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils.module_loading import import_string
from django_q.conf import Conf
from django_q.models import OrmQ

from gatekeeper_site.core import clock
from gatekeeper_site.core.cluster import (
    DIRECTORY_VARIABLE,
    heartbeat_file,
    taken_tasks,
    taken_tasks_file,
)
from gatekeeper_site.core.origin import new_origin, originating
from gatekeeper_site.core.parent_death import die_with_parent
from gatekeeper_site.core.queue import cluster_names
from gatekeeper_site.core.stopping import stop_signals
from gatekeeper_site.core.worker_models import Worker

TICK_SECONDS = 0.2
SEEN_SECONDS = 1
# A cluster that cannot start is not tried more often than this.
RESTART_SECONDS = 2
# With every worker in a task, nothing is acknowledged for as long as a task may take.
HEARTBEAT_MARGIN_SECONDS = 5
FAILED_SWEEP_PAUSE_SECONDS = 5
LONGEST_DATABASE_PAUSE_SECONDS = 5
FORGET_WORKER_AFTER = timedelta(hours=1)

logger = logging.getLogger(__name__)


@dataclass
class Cluster:
    """A started cluster: its name and its main process, which leads its group."""

    name: str
    process: subprocess.Popen[bytes]
    directory: Path
    first_heartbeat: float
    started: float = field(default_factory=time.monotonic)

    def heartbeat(self) -> float:
        """Return when the cluster last gave a sign of life, in seconds since the epoch."""
        return heartbeat_file(self.directory).stat().st_mtime


@dataclass
class Agenda:
    """What the supervisor does in the database, and when it may try again (monotonic seconds)."""

    worker_name: str
    sweeps: dict[str, Callable[[], int]]
    started_at: datetime = field(default_factory=clock.now)
    seen_at: float = 0
    not_before: dict[str, float] = field(default_factory=dict)
    database_not_before: float = 0
    database_pause: float = 0


def run() -> None:
    """Supervise the clusters and sweep, until SIGTERM or SIGINT."""
    stopped = stop_signals()
    agenda = Agenda(
        worker_name=f"{socket.gethostname()}:{os.getpid()}",
        sweeps={path: import_string(path) for path in settings.SWEEPS},
    )
    with tempfile.TemporaryDirectory(prefix="gatekeeper-worker-") as directory:
        clusters = [start_cluster(name, Path(directory) / name) for name in cluster_names()]
        logger.info("worker %s started", agenda.worker_name)
        while not stopped:
            clusters = [look_after(cluster) for cluster in clusters]
            use_database(agenda, is_working=is_working(clusters[0]))
            time.sleep(TICK_SECONDS)
        for cluster in clusters:
            cluster.process.terminate()
        # Before they have stopped: from now on they take nothing more.
        forget_worker(agenda.worker_name)
        stop_before = time.monotonic() + settings.STOP_SECONDS
        for cluster in clusters:
            stop_cluster(cluster, stop_before)
    logger.info("worker %s stopped", agenda.worker_name)


def start_cluster(name: str, directory: Path) -> Cluster:
    """Start the cluster of a queue; it leaves its signs of life in the directory."""
    directory.mkdir(exist_ok=True)
    heartbeat_file(directory).touch()
    taken_tasks_file(directory).unlink(missing_ok=True)
    parent = os.getpid()
    process = subprocess.Popen(
        [sys.executable, "-m", "django", "run_cluster"],
        cwd=settings.BASE_DIR,
        # The name is read by django-q.
        env=os.environ | {"Q_CLUSTER_NAME": name, DIRECTORY_VARIABLE: str(directory)},
        start_new_session=True,
        # Safe, as this process has no threads.
        preexec_fn=lambda: die_with_parent(parent, signal.SIGTERM),  # noqa: PLW1509
    )
    return Cluster(name, process, directory, heartbeat_file(directory).stat().st_mtime)


def ailment(cluster: Cluster) -> str | None:
    """Return why the cluster is to be replaced, or None if it works."""
    status = cluster.process.poll()
    if status is not None:
        return f"ended with status {status}"
    silence = time.time() - cluster.heartbeat()
    if silence > Conf.TIMEOUT + HEARTBEAT_MARGIN_SECONDS:
        return f"gave no sign of life for {silence:.0f} s"
    return None


def is_working(cluster: Cluster) -> bool:
    """Return whether the cluster has begun to run tasks, and still does."""
    return ailment(cluster) is None and cluster.heartbeat() != cluster.first_heartbeat


def look_after(cluster: Cluster) -> Cluster:
    """Return the cluster if it works, else a new one in its place."""
    reason = ailment(cluster)
    if reason is None or time.monotonic() - cluster.started < RESTART_SECONDS:
        return cluster
    logger.error(
        "task cluster %s (%s) %s: starting another", cluster.process.pid, cluster.name, reason
    )
    kill_cluster(cluster)
    return start_cluster(cluster.name, cluster.directory)


def kill_cluster(cluster: Cluster) -> None:
    """End whatever is left of the cluster, at once, and give its tasks back."""
    try:
        os.killpg(cluster.process.pid, signal.SIGKILL)
    except ProcessLookupError:
        logger.debug("nothing is left of task cluster %s", cluster.process.pid)
    cluster.process.wait()
    try:
        OrmQ.objects.filter(pk__in=taken_tasks(cluster.directory)).update(lock=clock.now())
    except (OperationalError, InterfaceError) as error:
        logger.warning(
            "tasks of cluster %s are retried later: %s", cluster.process.pid, first_line(error)
        )


def stop_cluster(cluster: Cluster, before: float) -> None:
    """Let a terminated cluster's tasks end, before a (monotonic) moment; give back what is left."""
    try:
        cluster.process.wait(max(before - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        logger.warning("task cluster %s did not stop in time", cluster.process.pid)
    kill_cluster(cluster)


def use_database(agenda: Agenda, *, is_working: bool) -> None:
    """Sweep and say that this worker is there; with the database away, wait longer each time."""
    now = time.monotonic()
    if now < agenda.database_not_before:
        return
    close_old_connections()
    try:
        if is_working and now - agenda.seen_at >= SEEN_SECONDS:
            note_worker(agenda.worker_name, agenda.started_at)
            agenda.seen_at = now
        sweep(agenda)
    except (OperationalError, InterfaceError) as error:
        if agenda.database_pause == 0:
            logger.error("the database is away: %s", first_line(error))
        agenda.database_pause = min(
            max(2 * agenda.database_pause, TICK_SECONDS), LONGEST_DATABASE_PAUSE_SECONDS
        )
        agenda.database_not_before = now + agenda.database_pause
        connection.close()
        return
    if agenda.database_pause:
        logger.info("the database is back")
        agenda.database_pause = 0


def sweep(agenda: Agenda) -> None:
    """Call each sweep once; one that fails is logged and left out for a while.

    Raises:
        OperationalError, InterfaceError: the database is away.
    """
    for name, function in agenda.sweeps.items():
        if time.monotonic() < agenda.not_before.get(name, 0):
            continue
        try:
            with originating(new_origin(via="task")):
                count = function()
        except Exception as error:
            if isinstance(error, OperationalError | InterfaceError):
                raise_if_database_is_away()
            logger.exception("%s failed", name)
            agenda.not_before[name] = time.monotonic() + FAILED_SWEEP_PAUSE_SECONDS
        else:
            if count:
                logger.debug("%s: %d", name, count)


def raise_if_database_is_away() -> None:
    """Ask the database anything, on a new connection.

    Raises:
        OperationalError, InterfaceError: it does not answer.
    """
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def note_worker(name: str, started_at: datetime) -> None:
    """Write that the worker is there, and forget those that have long been gone."""
    now = clock.now()
    Worker.objects.update_or_create(name=name, defaults={"started_at": started_at, "seen_at": now})
    Worker.objects.filter(seen_at__lt=now - FORGET_WORKER_AFTER).delete()


def forget_worker(name: str) -> None:
    """Remove the row of a worker that stops; if the database is away, others do so later."""
    try:
        Worker.objects.filter(name=name).delete()
    except (OperationalError, InterfaceError) as error:
        logger.warning("worker %s stays listed for an hour: %s", name, first_line(error))


def first_line(error: Exception) -> str:
    """Return what the error says, without the hints that databases add on further lines."""
    return str(error).partition("\n")[0]
