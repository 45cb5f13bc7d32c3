"""How a process that runs until it is told to stop learns of that."""

import signal
import time
from types import FrameType

TICK_SECONDS = 0.1


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
    return came


def rest(seconds: float, stop_signals: list[int]) -> None:
    """Wait, but not when told to stop."""
    until = time.monotonic() + seconds
    while not stop_signals and time.monotonic() < until:
        time.sleep(TICK_SECONDS)
