"""Programs that lead a process group of their own, and how all of such a group ends.

Whoever starts one passes `start_new_session=True` to `subprocess.Popen`.
"""

import os
import signal
import subprocess
import time
from contextlib import suppress


def end_of(leader: subprocess.Popen[bytes]) -> os.waitid_result | None:
    """Return how a group's leader has ended, None while it runs.

    Without forgetting it: as long as nobody has, no other process group gets its id.
    """
    return os.waitid(os.P_PID, leader.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)


def kill_group(leader: subprocess.Popen[bytes]) -> int:
    """Kill at once what is left of a group; return its leader's status."""
    with suppress(ProcessLookupError):  # nothing is left
        os.killpg(leader.pid, signal.SIGKILL)
    return leader.wait()


def stop_group(leader: subprocess.Popen[bytes], before: float) -> bool:
    """Let a leader that was told to stop end, before a (monotonic) moment; kill what is left.

    Returns:
        Whether the leader ended in time.
    """
    try:
        leader.wait(max(before - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        return False
    else:
        return True
    finally:
        kill_group(leader)
