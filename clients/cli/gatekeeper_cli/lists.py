"""Lists: filters, pages and the progress of reading many of them."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from gatekeeper_cli.arguments import parse_filters
from gatekeeper_cli.connection import module_of
from gatekeeper_cli.faults import WrongUse
from gatekeeper_cli.list_answers import next_cursor, rows_of
from gatekeeper_cli.names import find
from gatekeeper_cli.nouns import REFERENCES, Noun
from gatekeeper_cli.session import Form, Session

DEFAULT_LIMIT = 50
# Rows in a page, where all are read.
PAGE = 1000


def list_rows(
    session: Session,
    noun: Noun,
    *,
    filters: Sequence[str] = (),
    is_all: bool = False,
    limit: int | None = None,
    ordering: str | None = None,
) -> None:
    """Print a list, or its first rows; how many more there are is said beside it."""
    if is_all and limit is not None:
        raise WrongUse("--all and --limit exclude each other.")
    operation = noun.operation("list")
    query: dict[str, Any] = parse_filters(module_of(operation)._get_kwargs, filters)
    for name, referred in REFERENCES.items():
        if name in query:
            query[name] = [find(session, referred, word) for word in query[name]]
    query["ordering"] = ordering
    # A table needs its columns alone.
    columns = session.fields or (noun.columns if session.form in (Form.TABLE, Form.VALUE) else ())
    query["fields"] = columns
    if is_all:
        rows = all_rows(session, noun, query)
    else:
        limit = DEFAULT_LIMIT if limit is None else limit
        answer = session.call(operation, limit=limit, **query)
        rows = rows_of(answer, noun)
        if answer.total is not None and answer.total > len(rows):
            session.progress(f"{len(rows)} of {answer.total} {noun.plural}; --all prints all.")
    session.rows(rows, noun.columns)


def all_rows(session: Session, noun: Noun, query: Mapping[str, Any]) -> list[Any]:
    """Return all rows of a list, read page by page, none of them twice."""
    rows: list[Any] = []
    cursor: str | None = ""
    with progress_of(noun.plural) as advance:
        while cursor is not None:
            answer = session.call(noun.operation("list"), limit=PAGE, cursor=cursor, **query)
            rows += rows_of(answer, noun)
            advance(len(rows), answer.total)
            cursor = next_cursor(answer)
    return rows


@contextmanager
def progress_of(plural: str) -> Iterator[Any]:
    """Give a function that shows on a terminal how many rows have come."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn(f"Reading {plural}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
