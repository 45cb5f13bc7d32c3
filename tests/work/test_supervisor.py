"""How a worker judges its task clusters, without starting any."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from gatekeeper_site.work import supervisor
from gatekeeper_site.work.cluster import heartbeat_file, note_beat
from gatekeeper_site.work.supervisor import Cluster, ailment, is_working


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> float:
    """The moment at which the worker looks, however long a test takes."""
    moment = time.monotonic()
    monkeypatch.setattr(supervisor, "time", SimpleNamespace(monotonic=lambda: moment))
    return moment


@pytest.fixture
def cluster(tmp_path: Path, now: float) -> Iterator[Cluster]:
    """A cluster that was started a moment ago."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    heartbeat_file(tmp_path).touch()
    note_beat(tmp_path, at=0)
    yield Cluster("gatekeeper", process, tmp_path)
    process.kill()
    process.wait()


def test_a_cluster_works_from_its_first_sign_of_life(cluster: Cluster) -> None:
    assert (ailment(cluster), is_working(cluster)) == (None, False)

    note_beat(cluster.directory)

    assert (ailment(cluster), is_working(cluster)) == (None, True)


@pytest.mark.parametrize("never_beat", [True, False])
def test_a_cluster_that_is_silent_for_longer_than_a_task_takes_does_not_work(
    cluster: Cluster, now: float, never_beat: bool
) -> None:
    half_a_minute_ago = now - 31
    if never_beat:
        cluster.started = half_a_minute_ago
    else:
        note_beat(cluster.directory, at=half_a_minute_ago)

    assert ailment(cluster) == "gave no sign of life for 31 s"
    assert not is_working(cluster)


@pytest.mark.parametrize("step", [3600.0, -3600.0])
def test_a_clock_that_is_set_silences_nobody(
    cluster: Cluster, now: float, monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    note_beat(cluster.directory)
    set_to = time.time() + step
    monkeypatch.setattr(time, "time", lambda: set_to)

    assert ailment(cluster) is None

    note_beat(cluster.directory, at=now - 31)
    assert ailment(cluster) == "gave no sign of life for 31 s"


def test_a_cluster_that_ended_does_not_work(cluster: Cluster) -> None:
    note_beat(cluster.directory)
    cluster.process.kill()
    os.waitid(os.P_PID, cluster.process.pid, os.WEXITED | os.WNOWAIT)

    assert ailment(cluster) == "ended by signal 9"
    assert not is_working(cluster)
    # Its id is kept for it until its group is killed.
    assert psutil.Process(cluster.process.pid).status() == psutil.STATUS_ZOMBIE
