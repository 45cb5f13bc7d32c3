"""What `manage.py run_worker` does: keeps task clusters running, and has due rows looked for.

There is a cluster for each queue. One (cluster.py) runs in a process group of its own. It is ended
and started again when its main process ended, or when it gave no sign of life for longer than any
task may take. What there is to do in the database is done beside that (sweeper.py).
"""

import logging
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from django.conf import settings

from gatekeeper_site.core.postgresql import bound_waits
from gatekeeper_site.work.cluster import (
    DIRECTORY_VARIABLE,
    PARENT_VARIABLE,
    heartbeat_file,
    last_beat,
    note_beat,
    taken_tasks,
    taken_tasks_file,
)
from gatekeeper_site.work.process_groups import end_of, kill_group, stop_group
from gatekeeper_site.work.queue import cluster_names
from gatekeeper_site.work.stopping import rest, stop_signals
from gatekeeper_site.work.sweeper import Sweeper, give_back

TICK_SECONDS = 0.5
# A cluster that cannot start is not tried more often than this.
RESTART_SECONDS = 2
# With every worker in a task, nothing is acknowledged for as long as a task may take.
HEARTBEAT_MARGIN_SECONDS = 5
# What is given back at the end is given back in this time, or later by others.
LAST_JOBS_SECONDS = 1

logger = logging.getLogger(__name__)


@dataclass
class Cluster:
    """A started cluster: its name and its main process, which leads its group."""

    name: str
    process: subprocess.Popen[bytes]
    directory: Path
    started: float = field(default_factory=time.monotonic)


def run() -> None:
    """Supervise the clusters and sweep, until SIGTERM or SIGINT."""
    stopped = stop_signals()
    bound_waits(stopped)
    sweeper = Sweeper(worker_name=f"{socket.gethostname()}:{os.getpid()}")
    thread = sweeper.start()
    clusters: list[Cluster] = []
    with tempfile.TemporaryDirectory(prefix="gatekeeper-worker-") as directory:
        while not stopped:
            if clusters:
                clusters = [look_after(cluster, sweeper) for cluster in clusters]
            elif sweeper.is_migrated.is_set():
                clusters = [start_cluster(name, Path(directory) / name) for name in cluster_names()]
                logger.info("worker %s started", sweeper.worker_name)
            sweeper.is_working = bool(clusters) and all(map(is_working, clusters))
            rest(TICK_SECONDS, stopped)
        for cluster in clusters:
            os.kill(cluster.process.pid, signal.SIGTERM)
        # Before they have stopped: from now on they take nothing more.
        sweeper.is_working = False
        sweeper.jobs.put(sweeper.forget_worker)
        stop_before = time.monotonic() + settings.STOP_SECONDS
        for cluster in clusters:
            if not stop_group(cluster.process, stop_before):
                logger.warning("task cluster %s did not stop in time", cluster.process.pid)
            have_given_back(cluster, sweeper)
        sweeper.jobs.put(None)
        thread.join(LAST_JOBS_SECONDS)
    logger.info("worker %s stopped", sweeper.worker_name)


def start_cluster(name: str, directory: Path) -> Cluster:
    """Start the cluster of a queue; it leaves its signs of life in the directory."""
    directory.mkdir(exist_ok=True)
    heartbeat_file(directory).touch()
    note_beat(directory, at=0)
    taken_tasks_file(directory).unlink(missing_ok=True)
    process = subprocess.Popen(
        # Its name, so that `ps` tells the clusters' processes apart.
        [sys.executable, "-m", "django", "run_cluster", name],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            # Read by django-q.
            "Q_CLUSTER_NAME": name,
            DIRECTORY_VARIABLE: str(directory),
            PARENT_VARIABLE: str(os.getpid()),
        },
        start_new_session=True,
    )
    return Cluster(name, process, directory)


def ailment(cluster: Cluster) -> str | None:
    """Return why the cluster is to be replaced, or None if it works."""
    end = end_of(cluster.process)
    if end is not None:
        how = "with status" if end.si_code == os.CLD_EXITED else "by signal"
        return f"ended {how} {end.si_status}"
    silence = time.monotonic() - (last_beat(cluster.directory) or cluster.started)
    if silence > settings.Q_CLUSTER["timeout"] + HEARTBEAT_MARGIN_SECONDS:
        return f"gave no sign of life for {silence:.0f} s"
    return None


def is_working(cluster: Cluster) -> bool:
    """Return whether the cluster has begun to run tasks, and still does."""
    return ailment(cluster) is None and last_beat(cluster.directory) > 0


def look_after(cluster: Cluster, sweeper: Sweeper) -> Cluster:
    """Return the cluster if it works, else a new one in its place."""
    reason = ailment(cluster)
    if reason is None or time.monotonic() - cluster.started < RESTART_SECONDS:
        return cluster
    logger.error(
        "task cluster %s (%s) %s: starting another", cluster.process.pid, cluster.name, reason
    )
    kill_group(cluster.process)
    have_given_back(cluster, sweeper)
    return start_cluster(cluster.name, cluster.directory)


def have_given_back(cluster: Cluster, sweeper: Sweeper) -> None:
    """Have the tasks given back that an ended cluster had taken."""
    sweeper.jobs.put(partial(give_back, taken_tasks(cluster.directory)))
