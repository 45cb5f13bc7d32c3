"""The tables of a run, and RESULTS.md, which keeps those of the last two."""

import importlib.metadata
import os
import platform
import re
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

import psutil

from benchmarks.servers import Servers
from benchmarks.turns import Cell

RESULTS = Path(__file__).with_name("RESULTS.md")
# What comes after is written by `make bench`.
MARK = "<!-- Written by `make bench`: its last two runs, the newer first. -->"
HEADING = "## Run of "
RUNS_KEPT = 2
PACKAGES = ("django", "gunicorn", "uvicorn", "psycopg2-binary", "djangorestframework")

# What was measured, the figures as text, and what they are to be.
Row: TypeAlias = tuple[str, str, str]


def machine(servers: Servers) -> str:
    """Return when and on what it is measured, as a run's first paragraph."""
    [postgresql] = servers.column("SHOW server_version")
    [model] = re.findall(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())[:1]
    wrk = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)
    versions = [f"Python {platform.python_version()}", f"PostgreSQL {postgresql}"]
    versions += [f"{name} {importlib.metadata.version(name)}" for name in PACKAGES]
    versions.append(wrk.stdout.split(" [")[0])
    memory = psutil.virtual_memory().total / 2**30
    system = platform.freedesktop_os_release()["PRETTY_NAME"]
    [load, _, _] = os.getloadavg()
    return (
        f"{HEADING}{datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n"
        f"{os.cpu_count()} cores ({model}), {memory:.0f} GiB, {system}; load {load:.1f} when it "
        f"began. {', '.join(versions)}."
    )


def cell_table(cells: Sequence[Cell], fewer: Sequence[Cell] | None = None) -> str:
    """Return what became of calls.

    Args:
        cells: with their turns.
        fewer: the same with fewer rows in the database, which each is compared with.
    """
    names = ["", "calls/s", "× plain", "goal", "p50 ms", "p99 ms", "server ms", "PostgreSQL ms"]
    lines = []
    for number, cell in enumerate(cells):
        yardstick = cell.yardstick
        columns = [
            cell.name,
            f"{cell.rate:,.0f}",
            "" if yardstick is None else f"{cell.rate / yardstick.rate:.2f}",
            "" if cell.goal is None else f"≥ {cell.goal}",
            f"{cell.median('p50'):.1f}",
            f"{cell.median('p99'):.1f}",
            f"{cell.milliseconds('server'):.2f}",
            f"{cell.milliseconds('database'):.2f}",
        ]
        if fewer is not None:
            columns.append(f"{fewer[number].rate / cell.rate:.2f}")
        lines.append(columns)
    if fewer is not None:
        names.append("few ÷ many (≤ 1.2)")
    return markdown(names, lines)


def row_table(rows: Sequence[Row]) -> str:
    """Return what has a sentence for each figure."""
    return markdown(["", "", "goal"], [list(row) for row in rows])


def markdown(names: list[str], lines: list[list[str]]) -> str:
    """Return a table."""
    all_lines = [names, ["---"] * len(names), *lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in all_lines)


def keep_run(text: str) -> None:
    """Put a run before the last one in RESULTS.md; those before that are forgotten."""
    before, _, runs = RESULTS.read_text().partition(MARK)
    kept = [HEADING + run.strip() for run in runs.split(HEADING)[1:]]
    RESULTS.write_text("\n\n".join([before.strip(), MARK, *[text, *kept][:RUNS_KEPT]]) + "\n")
