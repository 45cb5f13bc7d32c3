"""How a process that runs until it is told to stop learns of that."""

import select
import signal
import socket
import time
from collections.abc import Sequence
from types import FrameType

# A signal with a handler leaves a byte here, which ends a rest.
bell, clapper = socket.socketpair()
bell.setblocking(False)
clapper.setblocking(False)


def stop_signals() -> list[int]:
    """Return a list that is empty until SIGTERM or SIGINT comes.

    A list and no `threading.Event`: setting one in a signal's handler may wait for ever for the
    lock that the interrupted code holds.
    """
    came: list[int] = []

    def note_signal(number: int, frame: FrameType | None) -> None:
        came.append(number)

    signal.signal(signal.SIGTERM, note_signal)
    signal.signal(signal.SIGINT, note_signal)
    signal.set_wakeup_fd(clapper.fileno(), warn_on_full_buffer=False)
    return came


def rest(seconds: float, stop_signals: list[int], others: Sequence[int] = ()) -> None:
    """Wait, but not when told to stop, nor when one of other files (by number) has something."""
    until = time.monotonic() + seconds
    while not stop_signals and (left := until - time.monotonic()) > 0:
        ready = select.select([bell.fileno(), *others], [], [], left)[0]
        if bell.fileno() in ready:
            bell.recv(1024)
        elif ready:
            return
