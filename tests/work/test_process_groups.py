"""How a group of processes ends, of which the leader may end before what it has started."""

import subprocess
import sys
import time

import psutil

from gatekeeper_site.work.process_groups import end_of, kill_group, stop_group
from tests.processes import WAIT_SECONDS, wait_until

# Starts another, says its id, and ends as it is told to.
LEADER = """
import signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
if sys.argv[1] == "ends":
    sys.exit(3)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(60)
"""


def start(how: str) -> tuple[subprocess.Popen[bytes], psutil.Process]:
    """Start a group; return its leader, and the process that this has started."""
    leader = subprocess.Popen(
        [sys.executable, "-c", LEADER, how], stdout=subprocess.PIPE, start_new_session=True
    )
    assert leader.stdout is not None
    child = psutil.Process(int(leader.stdout.readline()))
    if how == "stays":
        assert leader.stdout.readline() == b"ready\n"
    return leader, child


def test_what_a_leader_has_left_ends_with_its_group() -> None:
    leader, child = start("ends")
    wait_until(lambda: end_of(leader) is not None, what="the end of the leader")
    assert child.is_running()
    # Until its group is killed, its id is nobody else's.
    assert psutil.Process(leader.pid).status() == psutil.STATUS_ZOMBIE

    status = kill_group(leader)

    assert status == 3
    assert not psutil.pid_exists(leader.pid)
    child.wait(WAIT_SECONDS)


def test_a_group_whose_leader_does_not_stop_is_killed_at_its_time() -> None:
    leader, child = start("stays")
    assert end_of(leader) is None
    leader.terminate()

    in_time = stop_group(leader, time.monotonic() + 0.1)

    assert not in_time
    assert leader.returncode == -9
    child.wait(WAIT_SECONDS)


def test_a_leader_that_has_stopped_in_time_is_known_to_have() -> None:
    leader, child = start("ends")

    assert stop_group(leader, time.monotonic() + WAIT_SECONDS)

    assert leader.returncode == 3
    child.wait(WAIT_SECONDS)
