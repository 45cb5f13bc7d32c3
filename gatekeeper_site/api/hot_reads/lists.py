"""Pages of lists by offset: kept ones, or read from the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
    ListSQL,
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
from gatekeeper_site.core.counting import (
    EXACT_UP_TO,
    RowCount,
    count_of,
    count_selected,
    remembered_count,
)

KNOWN_WITH_STATE = known_sql(f", {STATE}")
# Of the pages that are read amid the event loop, which does nothing else meanwhile: how many rows,
# after how many, how much text they may be, of how many, unless that is known, and how long their
# statement may have taken the last time.
MAX_ROWS_AT_ONCE = 100
MAX_OFFSET_AT_ONCE = 10_000
MAX_TEXT_AT_ONCE = 256 * 1024
MAX_COUNTED_AT_ONCE = 2000
MAX_SECONDS_AT_ONCE = 0.02

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
    # How many there are, where that is known.
    total: RowCount | None
    # By what it is kept, and in which state it is right.
    counted: tuple[object, ...]
    state: str
    sql: ListSQL
    # What selects all ids, and its parameters; and what a page's statement has.
    ids: tuple[str, Sequence[Any]]
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
    sql = list_sql(
        resource.view, known.role, bool(known.tenant_id), shape, page.column, page.is_descending
    )
    values[TENANT] = [known.tenant_id]
    ids = sql.ids.text, sql.ids.filled(values)
    counted = (*ids[:1], *ids[1], page.is_count_exact)
    total = kept.counts.get(counted, state) if is_keeping() else None
    if total is None and not page.is_count_exact:
        total = remembered_count(*ids)
    if not reading.is_at_once:
        admit(known, reading)
        if total is None and page.is_count_exact:
            total = count_selected(*ids, exact=True)
    listing = Listing(
        resource=resource,
        reading=reading,
        known=known,
        page=page,
        asked=asked,
        total=total,
        counted=counted,
        state=state,
        sql=sql,
        ids=ids,
        # One more than is shown tells whether there is a next page.
        parameters=(*sql.page.filled(values), page.limit + 1, page.offset),
    )
    if reading.is_at_once and not is_of_a_moment(listing):
        raise LeftToTheView
    return rows_of(listing)


def is_of_a_moment(listing: Listing) -> bool:
    """Tell whether a page was read soon the last time, and its rows are few, or their number known.

    There are filters and orders that no index serves.
    """
    last = kept.seconds.last(timed(listing))
    if last is None or last[1] > MAX_SECONDS_AT_ONCE:
        return False
    if listing.total is not None:
        return True
    number = kept.counts.last(listing.counted)
    return number is not None and number[1].number <= MAX_COUNTED_AT_ONCE


def timed(listing: Listing) -> tuple[object, ...]:
    """Return by what it is known how long a page's statement takes."""
    page = listing.page
    return (*listing.counted, page.column, page.is_descending, listing.total is None)


def is_keeping() -> bool:
    """Tell whether what is kept may be used: what a transaction itself writes has no snapshot."""
    return not connection.in_atomic_block


def rows_of(listing: Listing) -> Question:
    """Say what is to be asked for the ids and versions of a page's rows, and for their number."""
    if listing.total is not None:
        return Question(listing.sql.page.text, listing.parameters, partial(page_of, listing))
    parameters = (*listing.parameters, *listing.ids[1])
    return Question(listing.sql.counted_page, parameters, partial(page_of, listing))


def page_of(listing: Listing, found: Row) -> Answer | Question:
    """Answer with a page whose rows are kept, or say what is to be asked of the others.

    Raises:
        LeftToTheView: amid the event loop, something was written meanwhile, or there are many rows.
    """
    [text] = cast(Sequence[Any], found)
    state, server, entries, seconds, counted = page_read(text)
    kept.seconds.keep(timed(listing), "", seconds)
    total = listing.total
    if total is None:
        [number] = counted
        if listing.reading.is_at_once and number > EXACT_UP_TO:
            raise LeftToTheView
        total = count_of(number, *listing.ids)
        listing = replace(listing, total=total, state=state)
        if total.is_exact and is_keeping():
            kept.counts.keep(listing.counted, state, total)
    elif not total.is_exact:
        listing = replace(listing, state=state)
    elif state != listing.state and listing.reading.is_at_once:
        raise LeftToTheView
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
        return rows_of(listing if listing.page.is_count_exact else replace(listing, total=None))
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
    total = cast(RowCount, listing.total)
    links = offset_links(reading, page, total, has_next=len(printed) > page.limit)
    headers = [
        ("Content-Type", "application/json"),
        *page_headers(total, links).items(),
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
