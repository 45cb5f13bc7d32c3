"""No process outlives the one that started it (Linux; elsewhere these do nothing)."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(number: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when its parent dies.

    Raises:
        OSError: the kernel refused.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def die_with_parent_after_fork() -> None:
    """Have every process that is forked from this one, or from its children, end with its parent.

    The setting itself is not inherited, hence the hook.
    """
    os.register_at_fork(after_in_child=die_with_parent)
