"""How a process that runs until it is told to stop learns of that."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from gatekeeper_site.work.stopping import rest, stop_signals


@pytest.fixture
def handled_signals() -> Iterator[None]:
    """Give the process its handlers of signals back afterwards."""
    handlers = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGINT)}
    yield
    signal.set_wakeup_fd(-1)
    for each, handler in handlers.items():
        signal.signal(each, handler)


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGINT])
def test_a_pause_ends_when_told_to_stop(handled_signals: None, told: signal.Signals) -> None:
    stop = stop_signals()
    threading.Timer(0.1, os.kill, [os.getpid(), told]).start()
    began = time.monotonic()

    rest(60, stop)

    assert stop == [told]
    assert time.monotonic() - began < 50


def test_a_pause_ends_when_a_process_does() -> None:
    process = multiprocessing.get_context("fork").Process(target=int)
    process.start()
    began = time.monotonic()

    rest(60, [], [process.sentinel])

    process.join()
    assert process.exitcode == 0
    assert time.monotonic() - began < 50
