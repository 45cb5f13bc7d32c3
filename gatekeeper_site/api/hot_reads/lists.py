"""Pages of lists by offset: kept ones, or read from the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias, cast

from django.db import connection

from gatekeeper_site.access.services import KnownToken
from gatekeeper_site.api.hot_reads import kept
from gatekeeper_site.api.hot_reads.callers import admit, told
from gatekeeper_site.api.hot_reads.calls import Reading
from gatekeeper_site.api.hot_reads.kept import STATE
from gatekeeper_site.api.hot_reads.objects import columns_of
from gatekeeper_site.api.hot_reads.resources import (
    VARY,
    Answer,
    LeftToTheView,
    Question,
    Resource,
    Row,
)
from gatekeeper_site.api.hot_reads.sql import (
    TENANT,
    known_sql,
    list_sql,
    page_read,
    read_json,
    refuse_unusual_fields,
    rows_sql,
    shape_of,
)
from gatekeeper_site.api.pagination import Page, offset_links, page_headers, read_page, with_fields
from gatekeeper_site.api.renderers import to_json
from gatekeeper_site.core.counting import RowCount, count_selected

KNOWN_WITH_STATE = known_sql(f", {STATE}")
# Of the pages that are read amid the event loop, which does nothing else meanwhile: how many rows,
# after how many, and how much text they may be.
MAX_ROWS_AT_ONCE = 100
MAX_OFFSET_AT_ONCE = 10_000
MAX_TEXT_AT_ONCE = 256 * 1024

# The JSON of a row.
Text: TypeAlias = bytes | memoryview


@dataclass(frozen=True)
class Listing:
    """A page that is being read."""

    resource: Resource
    reading: Reading
    known: KnownToken
    page: Page
    # All that the page depends on besides the data.
    asked: tuple[object, ...]
    total: RowCount
    # By what the total is kept, and in which state it was read.
    counted: tuple[object, ...]
    state: str
    # What tells of its rows.
    sql: str
    parameters: Sequence[Any]


def list_of(resource: Resource, reading: Reading, found: Row) -> Answer | Question:
    """Answer with a page of a list, or say what is to be asked for it.

    Raises:
        LeftToTheView: the token does not work or has had its calls; the query is unusual.
        ParametersRefused, ValidationError: a parameter is wrong.
    """
    known, (state,) = told(found)
    asked = (reading.path, reading.query, reading.root, known.role, known.tenant_id)
    answer = kept.pages.get(asked, state) if is_keeping() else None
    if answer is not None:
        admit(known, reading)
        return answer
    view = resource.as_list
    refuse_unusual_fields(view, reading.query_params)
    page = read_page(reading, view)
    is_long = page.limit > MAX_ROWS_AT_ONCE or page.offset > MAX_OFFSET_AT_ONCE
    if page.cursor is not None or (reading.is_at_once and is_long):
        raise LeftToTheView
    shape, values = shape_of(resource.view, reading.query_params)
    ids, rows = list_sql(
        resource.view, known.role, bool(known.tenant_id), shape, page.column, page.is_descending
    )
    values[TENANT] = [known.tenant_id]
    parameters = ids.filled(values)
    counted = (ids.text, *parameters, page.is_count_exact)
    total = kept.counts.get(counted, state) if is_keeping() else None
    if reading.is_at_once:
        if total is None:
            raise LeftToTheView
    else:
        admit(known, reading)
    if total is None:
        total = count_selected(ids.text, parameters, exact=page.is_count_exact)
    listing = Listing(
        resource=resource,
        reading=reading,
        known=known,
        page=page,
        asked=asked,
        total=total,
        counted=counted,
        state=state,
        sql=rows.text,
        # One more than is shown tells whether there is a next page.
        parameters=(*rows.filled(values), page.limit + 1, page.offset),
    )
    return rows_of(listing)


def is_keeping() -> bool:
    """Tell whether what is kept may be used: what a transaction itself writes has no snapshot."""
    return not connection.in_atomic_block


def rows_of(listing: Listing) -> Question:
    """Say what is to be asked for the ids and versions of a page's rows."""
    return Question(listing.sql, listing.parameters, partial(page_of, listing))


def page_of(listing: Listing, found: Row) -> Answer | Question:
    """Answer with a page whose rows are kept, or say what is to be asked of the others.

    Raises:
        LeftToTheView: amid the event loop, something was written meanwhile.
    """
    [text] = cast(Sequence[Any], found)
    state, server, entries = page_read(text)
    if state != listing.state and listing.reading.is_at_once:
        raise LeftToTheView
    if state == listing.state and is_keeping():
        kept.counts.keep(listing.counted, state, listing.total)
    view = listing.resource.view
    rows = kept.rows.of(view.model._meta.db_table, server)
    printed: list[Text | None] = list(map(rows.get, entries))
    if None in printed:
        paired = zip(entries, printed, strict=True)
        new = ",".join(entry.partition(" ")[0] for entry, row in paired if row is None)
        return Question(
            rows_sql(view),
            # The array's text, as PostgreSQL writes it.
            [f"{{{new}}}"],
            partial(page_with_new, listing, state, server, entries, printed),
            is_planned=True,
        )
    return shown_page(listing, state, printed)


def page_with_new(
    listing: Listing,
    state: str,
    server: str,
    entries: Sequence[str],
    printed: Sequence[Text | None],
    found: Row,
) -> Answer | Question:
    """Answer with a page, of which some rows were read just now; if one has changed, ask anew.

    Raises:
        LeftToTheView: amid the event loop, there is much to read.
    """
    [text] = cast(Sequence[Any], found)
    if listing.reading.is_at_once and len(text) > MAX_TEXT_AT_ONCE:
        raise LeftToTheView
    resource = listing.resource
    table = resource.view.model._meta.db_table
    server_then, rows = read_json(text)
    new: dict[str, bytes] = {}
    for row in rows or ():
        version, pk, *_ = row
        shown = to_json(resource.view.represent(columns_of(resource, row)))
        new[f"{pk} {version}"] = shown
        kept.rows.keep(table, server_then, f"{pk} {version}", shown)
    paired = zip(entries, printed, strict=True)
    completed = [new.get(entry) if row is None else row for entry, row in paired]
    # A page is of one moment: what has changed may not belong to it any more.
    if None in completed or server_then != server:
        return rows_of(listing)
    return shown_page(listing, state, completed)


def shown_page(listing: Listing, state: str, printed: Sequence[Text | None]) -> Answer:
    """Answer with a page, and keep it.

    Args:
        listing: what is asked.
        state: that which the page shows.
        printed: its rows, and one more if there is one.
    """
    reading, page = listing.reading, listing.page
    before, after = listing.resource.around_list
    rows: Iterable[Text] = cast(Sequence[Text], printed[: page.limit])
    if page.fields:
        rows = [with_some_fields(row, page.fields, listing.resource) for row in rows]
    body = b"".join((before, b",".join(rows), after))
    links = offset_links(reading, page, listing.total, has_next=len(printed) > page.limit)
    headers = [
        ("Content-Type", "application/json"),
        *page_headers(listing.total, links).items(),
        VARY,
        ("Allow", listing.resource.allowed_for_list),
        ("Content-Length", str(len(body))),
    ]
    answer = Answer("200 OK", headers, body)
    if reading.is_at_once:
        admit(listing.known, reading)
    if state == listing.state and is_keeping():
        kept.pages.keep(listing.asked, state, answer, len(body))
    return answer


def with_some_fields(row: Text, names: tuple[str, ...], resource: Resource) -> bytes:
    """Return the JSON of a row with the fields asked for alone."""
    return to_json(with_fields(read_json(bytes(row).decode()), names, resource.as_list))
