"""Cells and their turns: what is called, how often it was answered, and what that cost."""

import json
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.processes import descendants

CONNECTIONS = 16
SCRIPT = Path(__file__).with_name("calls.lua")


@dataclass(frozen=True)
class Server:
    """Where calls go, and the process of which all that answer came."""

    url: str
    pid: int


@dataclass(frozen=True)
class Turn:
    """What came of the calls of a few seconds; p50 and p99 in milliseconds."""

    calls: int
    seconds: float
    p50: float
    p99: float
    # Processor seconds, of the server and of PostgreSQL.
    server: float
    database: float


@dataclass
class Cell:
    """A kind of call, and its turns."""

    name: str
    server: Server
    # Returns, for a turn, a line for each call: its path, or path, tab, body.
    calls: Callable[[], Iterable[str]]
    method: str = "GET"
    headers: Sequence[str] = ()
    # That of plain which does the same.
    yardstick: "Cell | None" = None
    # What calls/s are to be, in those of the yardstick.
    goal: float | None = None
    turns: list[Turn] = field(default_factory=list)

    def take_turn(self, database_pid: int, seconds: int) -> None:
        """Call for a while.

        Raises:
            SystemExit: not every call succeeded, so that nothing was measured.
        """
        with tempfile.NamedTemporaryFile("w", suffix=".calls") as file:
            file.writelines(f"{line}\n" for line in self.calls())
            file.flush()
            before = processor_seconds(self.server.pid), processor_seconds(database_pid)
            printed = subprocess.run(
                ["wrk", "--threads=1", f"--connections={CONNECTIONS}", f"--duration={seconds}s"]
                + [f"--header={each}" for each in self.headers]
                + [f"--script={SCRIPT}", self.server.url, "--", self.method, file.name],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        after = processor_seconds(self.server.pid), processor_seconds(database_pid)
        result = json.loads(printed.partition("RESULT ")[2])
        if result["refused"] or result["broken"] or not result["calls"]:
            raise SystemExit(f"{self.name}: {printed}")
        self.turns.append(
            Turn(
                calls=result["calls"],
                seconds=result["seconds"],
                p50=result["p50"],
                p99=result["p99"],
                server=after[0] - before[0],
                database=after[1] - before[1],
            )
        )

    @property
    def rate(self) -> float:
        """The median of calls a second."""
        return statistics.median(turn.calls / turn.seconds for turn in self.turns)

    @property
    def calls_made(self) -> int:
        """How many calls all turns had."""
        return sum(turn.calls for turn in self.turns)

    def median(self, name: str) -> float:
        """Return the median of a figure of the turns."""
        return statistics.median(getattr(turn, name) for turn in self.turns)

    def milliseconds(self, name: str) -> float:
        """Return the processor milliseconds of a call, on the `server` or the `database`."""
        return sum(getattr(turn, name) for turn in self.turns) * 1000 / self.calls_made


def processor_seconds(pid: int) -> float:
    """Return what a process and those that came of it have used, ended ones included."""
    seconds = 0.0
    for process in descendants(pid):
        with suppress(psutil.NoSuchProcess):
            seconds += sum(process.cpu_times()[:4])
    return seconds


def megabytes(pid: int) -> list[tuple[float, float]]:
    """Return the PSS and RSS of a process and of each that came of it, the largest first."""
    sizes = []
    for process in descendants(pid):
        with suppress(psutil.NoSuchProcess):
            memory = process.memory_full_info()
            sizes.append((memory.pss / 1e6, memory.rss / 1e6))
    return sorted(sizes, reverse=True)
