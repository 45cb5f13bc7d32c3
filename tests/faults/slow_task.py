"""A task that takes its time, and writes down that it has begun and ended."""

import time
from pathlib import Path


def take_time(file: str, seconds: float) -> None:
    with Path(file).open("a") as log:
        log.write("begun\n")
        log.flush()
        time.sleep(seconds)
        log.write("ended\n")
