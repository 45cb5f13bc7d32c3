"""Whatever is killed, the next task still runs, and nothing outlives a worker."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest
from django.conf import settings
from django_q.signing import SignedPackage

from gatekeeper_site.core import clock
from gatekeeper_site.work.cluster import note_beat
from tests.preloaded import CLUSTERS
from tests.processes import (
    OWN_DATABASE,
    WAIT_SECONDS,
    copy_prepared,
    descendants,
    environment_for,
    is_gone,
    kill,
    new_postgres_database,
    running,
    running_by_itself,
    wait_until,
)
from tests.requests_app.remote import rows

pytestmark = pytest.mark.processes

# A cluster starts in a second or two on a quiet machine. A task that it had taken in the very
# moment in which it was killed, and of which it has not noted that, is taken again after 90 s.
HEAL_SECONDS = 150


@pytest.fixture(params=[OWN_DATABASE])
def environment(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, str]]:
    if request.param == "sqlite":
        copy_prepared(tmp_path)
        yield environment_for(tmp_path, SECRET_KEY=settings.SECRET_KEY)
        return
    with new_postgres_database() as url:
        yield environment_for(tmp_path, url, SECRET_KEY=settings.SECRET_KEY)


def enqueue(environment: dict[str, str], function: str, *args: str | float) -> None:
    """Put a task into the queue as django-q stores it, signed with the tests' own secret key."""
    task = {
        "id": uuid4().hex,
        "name": function,
        "func": function,
        "args": args,
        "kwargs": {},
        "started": clock.now(),
    }
    rows(
        environment,
        "INSERT INTO django_q_ormq (key, payload, lock) "
        f"VALUES ('gatekeeper', '{SignedPackage.dumps(task)}', CURRENT_TIMESTAMP)",
    )


@pytest.fixture
def run_task(environment: dict[str, str], tmp_path: Path) -> Callable[[], None]:
    """Enqueue a task that makes a directory, and wait until it is there."""
    directories = (tmp_path / f"task-{number}" for number in range(100))

    def run() -> None:
        directory = next(directories)
        enqueue(environment, "os.mkdir", str(directory))
        wait_until(directory.exists, seconds=HEAL_SECONDS, what="the task")

    return run


def cluster_processes(
    worker: psutil.Process, name: str = "gatekeeper", task_processes: int = 2
) -> dict[str, psutil.Process]:
    """Return the processes of a task cluster, or nothing as long as some are missing."""
    try:
        every = psutil.Process(worker.pid).children()
        mains = [each for each in every if each.environ().get("Q_CLUSTER_NAME") == name]
        # One that was killed may yet be listed for a moment.
        alive = [each for each in (mains[0].children() if mains else []) if not is_gone(each)]
        others = sorted(alive, key=lambda each: each.pid)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        # One of those that were killed has gone between two looks.
        return {}
    if len(others) != task_processes + 2:
        return {}
    tasks = [f"task process {number}" for number in range(1, task_processes + 1)]
    names = ("main", *tasks, "monitor", "pusher")
    return dict(zip(names, (mains[0], *others), strict=True))


def started_cluster(
    worker: psutil.Process, name: str = "gatekeeper", task_processes: int = 2
) -> dict[str, psutil.Process]:
    return wait_until(
        lambda: cluster_processes(worker, name, task_processes),
        seconds=HEAL_SECONDS,
        what="a complete cluster",
        # Each look goes through every process of the machine.
        pause=0.2,
    )


def hang(cluster: dict[str, psutil.Process], *names: str) -> None:
    """Halt some processes of a cluster, let it seem that this was long ago; wait for its end."""
    directory = Path(cluster["main"].environ()["GATEKEEPER_CLUSTER_DIRECTORY"])
    for name in names:
        cluster[name].send_signal(signal.SIGSTOP)

    def is_ended() -> bool:
        if is_gone(cluster["main"]):
            return True
        # Again and again: one that is not halted may yet acknowledge what was on its way.
        note_beat(directory, at=1)
        return False

    wait_until(is_ended, what="the end of a cluster that hangs")


def worker_rows(environment: dict[str, str]) -> list[tuple[str]]:
    return rows(environment, "SELECT name FROM core_worker")


def test_the_next_task_runs_whichever_process_of_the_cluster_is_killed(
    environment: dict[str, str], run_task: Callable[[], None]
) -> None:
    with running(environment | {CLUSTERS: "7"}, "manage.py", "run_worker") as worker:
        # Given a cluster that is idle after a task
        run_task()
        for name in started_cluster(worker):
            cluster = started_cluster(worker)

            # When one of its processes is killed
            kill(cluster[name])

            # Then the next task runs, and nothing is left of the old cluster
            run_task()
            for process in cluster.values():
                wait_until(lambda p=process: is_gone(p), what=f"the end of {process}")
        assert not is_gone(worker)


def of_task_process(name: str) -> Any:
    """Return, in a task, what django-q's task process knows by a name."""
    frame = sys._getframe()
    while "timer" not in frame.f_locals:
        assert frame.f_back is not None, "django-q's worker has other names"
        frame = frame.f_back
    return frame.f_locals[name]


def be_killed_with_lock(directory: str) -> None:
    """Run as a task: have its process killed, the first time, as if it told a task's result."""
    if Path(directory).exists():
        return
    Path(directory).mkdir()
    # Of these the main process asks whether there is something in them, and waits for no lock.
    assert type(of_task_process("task_queue")) is type(of_task_process("result_queue")) is Queue
    of_task_process("timer").get_lock().acquire()
    os.kill(os.getpid(), signal.SIGKILL)


def hang_in_task(directory: str) -> None:
    """Run as a task: halt its process, the first time, as if it had begun some 24 s ago."""
    if Path(directory).exists():
        return
    Path(directory).mkdir()
    timer = of_task_process("timer")
    cycle = settings.Q_CLUSTER["guard_cycle"]
    while timer.value > cycle:
        timer.value -= cycle
    os.kill(os.getpid(), signal.SIGSTOP)


def test_a_cluster_is_replaced_whose_task_process_is_killed_with_a_lock(
    environment: dict[str, str], run_task: Callable[[], None], tmp_path: Path
) -> None:
    with running(environment | {CLUSTERS: "3"}, "manage.py", "run_worker") as worker:
        run_task()
        cluster = started_cluster(worker)

        function = f"{__name__}.{be_killed_with_lock.__name__}"
        enqueue(environment, function, str(tmp_path / "killed"))

        # Before it would be taken to hang, as it gives no sign of life: that is half a minute.
        for process in cluster.values():
            wait_until(lambda p=process: is_gone(p), seconds=25, what=f"the end of {process}")
        run_task()


def test_a_cluster_is_replaced_of_which_one_task_process_hangs(
    environment: dict[str, str], run_task: Callable[[], None], tmp_path: Path
) -> None:
    with running(environment | {CLUSTERS: "3"}, "manage.py", "run_worker") as worker:
        run_task()
        cluster = started_cluster(worker)

        enqueue(environment, f"{__name__}.{hang_in_task.__name__}", str(tmp_path / "hung"))
        wait_until((tmp_path / "hung").exists, seconds=20, what="a task process that hangs")

        # Though the other one still works
        run_task()
        for process in cluster.values():
            wait_until(lambda p=process: is_gone(p), seconds=30, what=f"the end of {process}")
        run_task()


def test_a_cluster_that_hangs_is_replaced(
    environment: dict[str, str], run_task: Callable[[], None]
) -> None:
    with running(environment | {CLUSTERS: "3"}, "manage.py", "run_worker") as worker:
        run_task()
        cluster = started_cluster(worker)

        # When its monitor neither works nor dies
        hang(cluster, "monitor")

        # Then the cluster is replaced
        for process in cluster.values():
            wait_until(lambda p=process: is_gone(p), what=f"the end of {process}")
        run_task()


def test_nothing_outlives_a_killed_worker(
    environment: dict[str, str], run_task: Callable[[], None]
) -> None:
    with running(environment, "manage.py", "run_worker") as worker:
        run_task()
        started_cluster(worker)
        family = descendants(worker.pid)

        kill(worker)

        for process in family:
            wait_until(lambda p=process: is_gone(p), what=f"the end of {process}")


def test_a_cluster_that_cannot_stop_outlives_a_killed_worker_for_seconds_only(
    environment: dict[str, str], run_task: Callable[[], None]
) -> None:
    with running(environment | {"STOP_SECONDS": "0"}, "manage.py", "run_worker") as worker:
        # Given a cluster at work, whose end waits for a process that is halted. (One that is
        # halted as it is forked has not yet asked the kernel to end with its parent.)
        run_task()
        cluster = started_cluster(worker)
        cluster["pusher"].send_signal(signal.SIGSTOP)

        kill(worker)

        wait_until(
            lambda: all(is_gone(process) for process in cluster.values()),
            what="the end of the cluster",
        )


def test_sigterm_stops_a_worker_and_removes_its_row(
    environment: dict[str, str], run_task: Callable[[], None]
) -> None:
    with running_by_itself(environment, "manage.py", "run_worker") as worker:
        run_task()
        wait_until(lambda: worker_rows(environment), what="the worker's row")
        family = descendants(worker.pid)
        # `ps` tells whose each process is.
        for name, task_processes in (("gatekeeper", 2), ("callbacks", 3)):
            for process in started_cluster(worker, name, task_processes).values():
                assert process.cmdline()[-2:] == ["run_cluster", name]

        worker.terminate()

        assert worker.wait(WAIT_SECONDS) == 0
        assert [process for process in family if not is_gone(process)] == []
        assert worker_rows(environment) == []


def test_two_workers_share_a_queue_and_each_heartbeat_is_its_own(
    environment: dict[str, str], run_task: Callable[[], None]
) -> None:
    # Given two workers on one database
    with (
        running(environment | {CLUSTERS: "3"}, "manage.py", "run_worker") as first,
        running(environment, "manage.py", "run_worker") as second,
    ):
        run_task()
        unharmed = started_cluster(second)
        hanging = started_cluster(first)

        # When one's task processes hang
        hang(hanging, "task process 1", "task process 2")

        # Then only that one's cluster is replaced, though the other runs tasks
        for process in hanging.values():
            wait_until(lambda p=process: is_gone(p), what=f"the end of {process}")
        run_task()
        assert started_cluster(second) == unharmed
