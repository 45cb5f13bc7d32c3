"""Pages of lists by offset: kept ones, or read from the database."""

from typing import Any

from django.db import connection

from gatekeeper_site.access.services import KnownToken
from gatekeeper_site.api.hot_reads.callers import Row, admit, told
from gatekeeper_site.api.hot_reads.calls import Reading
from gatekeeper_site.api.hot_reads.kept_pages import STATE, KeptPages
from gatekeeper_site.api.hot_reads.resources import Answer, LeftToTheView, Resource
from gatekeeper_site.api.hot_reads.sql import (
    TENANT,
    known_sql,
    list_sql,
    refuse_unusual_fields,
    shape_of,
)
from gatekeeper_site.api.pagination import offset_links, page_headers, read_page, with_fields
from gatekeeper_site.api.renderers import to_json
from gatekeeper_site.core.counting import count_selected

KNOWN_WITH_STATE = known_sql(f", {STATE}")

kept_pages: KeptPages[Answer] = KeptPages()


def list_of(resource: Resource, reading: Reading, found: Row) -> Answer:
    """Answer with a page of a list.

    Raises:
        LeftToTheView: the token does not work or has had its calls; the query is unusual.
        ParametersRefused, ValidationError: a parameter is wrong.
    """
    known, (state,) = told(found)
    asked = (reading.path, reading.query, reading.root, known.role, known.tenant_id)
    if reading.is_at_once:
        answer = kept_pages.get(asked, state)
        if answer is None:
            raise LeftToTheView
    # What a transaction has itself written is in no snapshot.
    elif connection.in_atomic_block:
        return page_of(resource, reading, known)
    elif (answer := kept_pages.get(asked, state)) is None:
        answer = page_of(resource, reading, known)
        kept_pages.keep(asked, state, answer, len(answer.body))
        return answer
    admit(known, reading)
    return answer


def page_of(resource: Resource, reading: Reading, known: KnownToken) -> Answer:
    """Answer with a page of a list, read from the database.

    Raises:
        LeftToTheView: the token has had its calls; the query is unusual.
        ParametersRefused, ValidationError: a parameter is wrong.
    """
    view = resource.as_list
    refuse_unusual_fields(view, reading.query_params)
    page = read_page(reading, view)
    if page.cursor is not None:
        raise LeftToTheView
    shape, values = shape_of(resource.view, reading.query_params)
    ids, rows = list_sql(
        resource.view, known.role, bool(known.tenant_id), shape, page.column, page.is_descending
    )
    admit(known, reading)
    values[TENANT] = [known.tenant_id]
    total = count_selected(ids.text, ids.filled(values), exact=page.is_count_exact)
    found: list[dict[str, Any]] = []
    if page.offset < total.number or not total.is_exact:
        with connection.cursor() as cursor:
            # One more than is shown tells whether there is a next page.
            bounds = (page.limit + 1, page.offset)
            cursor.execute(rows.text, (*rows.filled(values), *bounds))
            found = [rows.row(each) for each in cursor.fetchall()]
    represent = resource.view.represent
    printed = [with_fields(represent(row), page.fields, view) for row in found[: page.limit]]
    shown = to_json(view.wrap_list(printed))
    links = offset_links(reading, page, total, has_next=len(found) > page.limit)
    headers = [
        ("Content-Type", "application/json"),
        *page_headers(total, links).items(),
        ("Vary", "Accept"),
        ("Allow", resource.allowed_for_list),
        ("Content-Length", str(len(shown))),
    ]
    return Answer("200 OK", headers, shown)
