"""No process outlives the one that started it (Linux; elsewhere these do nothing)."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """Have the kernel send this process a signal when its parent dies.

    Args:
        parent: the parent's process id. If it is dead already, this process ends at once.
        number: the signal.

    Raises:
        OSError: the kernel refused.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_PDEATHSIG, number, 0, 0, 0) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    if os.getppid() != parent:
        # Not by the signal: until this process runs a program of its own, it may be handled.
        os._exit(1)


def die_with_parent_after_fork() -> None:
    """Have every process that is forked from this one, or from its children, end with its parent.

    The setting itself is not inherited, hence the hooks.
    """
    forking: list[int] = []
    os.register_at_fork(
        before=lambda: forking.append(os.getpid()),
        after_in_parent=forking.clear,
        after_in_child=lambda: die_with_parent(forking[-1]),
    )
