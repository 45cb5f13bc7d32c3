"""Pages of lists by offset: kept ones, or read from the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from django.db import connection

from gatekeeper_site.access.services import KnownToken
from gatekeeper_site.api.hot_reads import kept
from gatekeeper_site.api.hot_reads.callers import admit, told
from gatekeeper_site.api.hot_reads.calls import Reading
from gatekeeper_site.api.hot_reads.kept import STATE, Printed
from gatekeeper_site.api.hot_reads.objects import printed_row, shown_row
from gatekeeper_site.api.hot_reads.resources import (
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
from gatekeeper_site.api.pagination import Page, offset_links, page_headers, read_page
from gatekeeper_site.api.renderers import to_json
from gatekeeper_site.core.counting import RowCount, count_selected

KNOWN_WITH_STATE = known_sql(f", {STATE}")
# Of the pages that are read amid the event loop, which does nothing else meanwhile: how many rows,
# after how many, and how much text they may be.
MAX_ROWS_AT_ONCE = 100
MAX_OFFSET_AT_ONCE = 10_000
MAX_TEXT_AT_ONCE = 256 * 1024


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
    state, versions = page_read(text)
    if state != listing.state and listing.reading.is_at_once:
        raise LeftToTheView
    if state == listing.state and is_keeping():
        kept.counts.keep(listing.counted, state, listing.total)
    view = listing.resource.view
    printed = {pk: kept.rows.get((view, pk), version) for pk, version in versions.items()}
    new = [pk for pk, row in printed.items() if row is None]
    if new:
        # The array's text, as PostgreSQL writes it.
        answer = partial(page_with_new, listing, state, versions, printed)
        return Question(rows_sql(view), [f"{{{','.join(new)}}}"], answer, is_planned=True)
    return shown_page(listing, state, printed)


def page_with_new(
    listing: Listing,
    state: str,
    versions: Mapping[str, str],
    printed: dict[str, Printed | None],
    found: Row,
) -> Answer | Question:
    """Answer with a page, of which some rows were read just now; if one has changed, ask anew.

    Raises:
        LeftToTheView: amid the event loop, there is much to read.
    """
    [text] = cast(Sequence[Any], found)
    if listing.reading.is_at_once and len(text or "") > MAX_TEXT_AT_ONCE:
        raise LeftToTheView
    for row in read_json(text or "[]"):
        version, pk, *_ = row
        new = printed_row(listing.resource, row)
        if version == versions[pk]:
            printed[pk] = new
    # A page is of one moment: what has changed may not belong to it any more.
    if None in printed.values():
        return rows_of(listing)
    return shown_page(listing, state, printed)


def shown_page(listing: Listing, state: str, printed: Mapping[str, Printed | None]) -> Answer:
    """Answer with a page, and keep it.

    Args:
        listing: what is asked.
        state: that which the page shows.
        printed: its rows, and one more if there is one.
    """
    reading, page, view = listing.reading, listing.page, listing.resource.as_list
    rows = cast(list[Printed], list(printed.values()))[: page.limit]
    body = to_json(view.wrap_list([shown_row(row, page.fields, view) for row in rows]))
    links = offset_links(reading, page, listing.total, has_next=len(printed) > page.limit)
    headers = [
        ("Content-Type", "application/json"),
        *page_headers(listing.total, links).items(),
        ("Vary", "Accept"),
        ("Allow", listing.resource.allowed_for_list),
        ("Content-Length", str(len(body))),
    ]
    answer = Answer("200 OK", headers, body)
    if reading.is_at_once:
        admit(listing.known, reading)
    if state == listing.state and is_keeping():
        kept.pages.keep(listing.asked, state, answer, len(body))
    return answer
