"""Lists as files: CSV that no spreadsheet takes for formulas, and JSON."""

import csv
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Any

import orjson
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from gatekeeper_site.core import clock

ROWS_AT_ONCE = 2000
# What spreadsheets take for the beginning of a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

# A thread of the server has an export until it is complete; one in a process leaves the others.
_under_way = threading.Lock()


class Busy(Exception):
    """Another list is being exported by this process."""


class Parts:
    """The parts of a file; whoever has them closes them, read or not."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        """Take the parts of the export that is under way."""
        self.parts = parts
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        """Return them."""
        return iter(self.parts)

    def close(self) -> None:
        """Let the next export begin."""
        if not self.is_closed:
            self.is_closed = True
            _under_way.release()


def export(rows: QuerySet[Any], columns: Sequence[str], name: str, kind: str) -> Any:
    """Return a list as a file that is written as it is read.

    Args:
        rows: filtered and ordered.
        columns: of the model, or annotated.
        name: what the file is called, without its ending.
        kind: one of `FORMATS`.

    Raises:
        Busy: another list is being exported.
    """
    content_type, write = FORMATS[kind]
    if not _under_way.acquire(blocking=False):
        raise Busy
    parts = write(columns, rows_of(rows, columns))
    response = StreamingHttpResponse(Parts(parts), content_type=content_type)
    filename = f"{name}-{clock.now():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def rows_of(rows: QuerySet[Any], columns: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Yield the columns of all rows as of one moment, a few of them in memory."""
    # A cursor of PostgreSQL lives in a transaction, which in SQLite would lock out who writes.
    one_moment: Any = transaction.atomic() if connection.vendor == "postgresql" else nullcontext()
    with one_moment:
        yield from rows.values_list(*columns).iterator(chunk_size=ROWS_AT_ONCE)


class Echo:
    """A file that gives back what is written into it."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def as_csv(columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    """Yield the lines of a CSV file (RFC 4180, in UTF-8)."""
    writer = csv.writer(Echo())
    yield str(writer.writerow(columns)).encode()
    for row in rows:
        yield str(writer.writerow([cell(value) for value in row])).encode()


def cell(value: Any) -> str | int | float:
    """Return a value as a cell has it, never a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    text = plain(value)
    if not isinstance(text, str):
        text = orjson.dumps(text, default=str).decode()
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def as_json(columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    """Yield the parts of a JSON array of objects, one in a line."""
    separator = b"[\n"
    for row in rows:
        named = {name: plain(value) for name, value in zip(columns, row, strict=True)}
        yield separator + orjson.dumps(named, default=str)
        separator = b",\n"
    yield b"[]\n" if separator == b"[\n" else b"\n]\n"


def plain(value: Any) -> Any:
    """Return a value as JSON has it: times in UTC, whatever JSON lacks as text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    is_json = value is None or isinstance(value, bool | int | float | str | list | dict)
    return value if is_json else str(value)


FORMATS: dict[str, tuple[str, Callable[..., Iterator[bytes]]]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "json": ("application/json", as_json),
}
