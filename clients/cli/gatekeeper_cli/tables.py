"""Tables: by rich on a terminal, in which they fit; in plain columns where they are piped."""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from gatekeeper_cli.faults import visible
from gatekeeper_cli.texts import as_yaml, cell, write

GAP = 2
# A column narrower than this says nothing, and is left out of a terminal that has no more room.
NARROWEST = 8
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
COLOURS = {
    "green": {"READY", "INSTANTIATED", "SUCCEEDED", "ACTIVE", "active", "normal operation"},
    "red": {"ERROR", "DOWN", "failed", "offline"},
    "yellow": {
        "NEW", "INSTANTIATING", "UPDATING", "TERMINATING", "IN_PROGRESS", "PENDING_CREATE",
        "PENDING_UPDATE", "PENDING_DELETE", "MONITORING_UNAVAILABLE", "updating",
        "degraded operation", "paused",
    },
}  # fmt: skip
STYLES = {word: colour for colour, words in COLOURS.items() for word in words}


def is_terminal() -> bool:
    """Return whether a person looks at the output."""
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def print_rows(rows: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    """Print a table with a heading; a list without rows has one, too."""
    if not is_terminal():
        write(plain([heading(columns), *rows]))
        return
    from rich.table import Table

    console = new_console()
    shown = [heading(columns), *([short(text) for text in row] for row in rows)]
    widths = fitting(shown, console.width)
    if len(widths) == 1 and columns[1:2] == ("name",):
        # By its name it is found as well as by its id, and known by people.
        shown = [[*row[1:], row[0]] for row in shown]
        widths = fitting(shown, console.width)
    table = Table(box=None, pad_edge=False, padding=(0, GAP, 0, 0), header_style="bold")
    for name, width in zip(shown[0], widths, strict=False):
        table.add_column(name, no_wrap=True, overflow="ellipsis", max_width=width)
    for row in shown[1:]:
        table.add_row(*(styled(text) for text in row[: len(widths)]))
    console.print(table)
    sys.stdout.flush()


def print_object(data: Mapping[str, Any]) -> None:
    """Print each member of an object in lines of its own."""
    lines = [(name, value) for name, value in data.items()]
    width = max((len(visible(name)) for name, _ in lines), default=0) + GAP
    if not is_terminal():
        write("\n".join(block(name, value, width) for name, value in lines))
        return
    from rich.text import Text

    console = new_console()
    for name, value in lines:
        text = Text().append(visible(name).ljust(width), style="bold")
        if is_nested(value):
            text.append(f"\n{nested(value)}")
        else:
            text.append_text(styled(cell(value)))
        console.print(text, soft_wrap=True)
    sys.stdout.flush()


def block(name: str, value: Any, width: int) -> str:
    """Return a member as plain text; what is nested stands below its name."""
    if is_nested(value):
        return f"{visible(name)}\n{nested(value)}"
    return f"{visible(name).ljust(width)}{cell(value)}".rstrip()


def is_nested(value: Any) -> bool:
    """Return whether a value does not fit into a line."""
    if isinstance(value, list):
        return any(isinstance(each, dict | list) for each in value)
    return isinstance(value, dict) and bool(value)


def nested(value: Any) -> str:
    """Return a nested value in lines of YAML, indented."""
    return "\n".join(f"  {visible(line)}" for line in as_yaml(value).splitlines())


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Return rows in columns as wide as they need, without colour."""
    widths = [max(len(row[place]) for row in rows) + GAP for place in range(len(rows[0]))]
    return "\n".join(
        "".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def heading(columns: Sequence[str]) -> list[str]:
    """Return the columns' names as a table's heading has them."""
    return [visible(name).upper().replace("_", " ") for name in columns]


def fitting(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """Return the widths of those columns, from the left, that have room on a terminal.

    The first column, which names things, is never cut; the last that has some room is.
    """
    from rich.cells import cell_len

    widths: list[int] = []
    for place in range(len(rows[0])):
        wanted = max(cell_len(row[place]) for row in rows)
        left = room - sum(widths) - GAP * len(widths)
        if widths and left < min(wanted, NARROWEST):
            break
        widths.append(wanted if not widths else min(wanted, left))
    return widths


def short(text: str) -> str:
    """Return a time (UTC) to the second, as people read it; other text as it is."""
    if TIME.fullmatch(text):
        return f"{text[:10]} {text[11:19]}Z"
    return text


def styled(text: str) -> Any:
    """Return a text in the colour of the status that it is, if it is one."""
    from rich.text import Text

    return Text(text, style=STYLES.get(text, ""))


def new_console() -> Any:
    """Return rich's console upon the output: no markup of others is obeyed."""
    from rich.console import Console

    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False)
