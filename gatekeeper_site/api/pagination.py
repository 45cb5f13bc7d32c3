"""Lists in pages, by offset or by cursor (contract: http.md, Lists)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote_plus, urlencode

from django.db.models import QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gatekeeper_site.api.ordering import Ordering
from gatekeeper_site.core.counting import RowCount, count_rows

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
MAX_OFFSET = 2**63 - 1 - MAX_LIMIT - 1
PARAMETERS = ("limit", "offset", "cursor", "ordering", "fields", "count")
GOHANS_ORDERING = ("sort_key", "sort_order")
# What `count` and `sort_order` can be.
COUNTS = ("exact",)
SORT_ORDERS = ("asc", "desc")
GOHANS_FIELDS = "_fields"
GOHAN_PARAMETERS = (*GOHANS_ORDERING, GOHANS_FIELDS)


@dataclass(frozen=True)
class Page:
    """Which rows a list was asked for."""

    limit: int
    offset: int
    # None: pages by offset. "": the first page by cursor.
    cursor: str | None
    column: str
    is_descending: bool
    fields: tuple[str, ...]
    is_count_exact: bool


class Asked(Protocol):
    """Of a request, what says which page is asked for, and of what."""

    @property
    def query_params(self) -> Any:
        """The parameters."""

    @property
    def path(self) -> str:
        """The list's path."""

    def build_absolute_uri(self, location: str, /) -> str:
        """Return the URL of a path."""


def list_parameters(view: Any) -> tuple[str, ...]:
    """Return the parameters that a view's lists take besides their filters."""
    return (*PARAMETERS, *GOHAN_PARAMETERS) if view.takes_gohan_parameters else PARAMETERS


class Pagination(BasePagination):
    """One page of plain rows (`values()`), the total in headers and the neighbours in `Link`."""

    # In the browsable API: once there is a page.
    display_page_controls = False
    page: Page
    total: RowCount
    links: dict[str, str]

    def paginate_queryset(  # type: ignore[override]  # rows are never instances here
        self, queryset: QuerySet[Any, Any], request: Request, view: APIView | None = None
    ) -> list[dict[str, Any]]:
        """Return the page's rows as dicts of the view's `columns`.

        Raises:
            ValidationError: a parameter is out of range.
        """
        self.page = page = read_page(request, view)
        self.total = count_rows(queryset, exact=page.is_count_exact)
        ordering = Ordering(queryset.model, page.column, page.is_descending)
        selected = ordering.applied(queryset)
        if page.cursor:
            selected = ordering.rows_after(selected, page.cursor)
        elif page.offset >= self.total.number and self.total.is_exact:
            selected = selected.none()
        # A cursor is made of what is ordered by, printed or not.
        columns = dict.fromkeys(("pk", ordering.key, *view.columns))  # type: ignore[union-attr]
        # One more than is shown tells whether there is a next page.
        rows = list(selected.values(*columns)[page.offset : page.offset + page.limit + 1])
        has_next = len(rows) > page.limit
        rows = rows[: page.limit]
        if page.cursor is None:
            self.links = offset_links(request, page, self.total, has_next)
        else:
            next_cursor = ordering.cursor_after(rows[-1]) if has_next else None
            self.links = cursor_links(request, next_cursor)
        self.display_page_controls = True
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        """Return the page with its headers."""
        return Response(data, headers=page_headers(self.total, self.links))

    def to_html(self) -> str:
        """Return the page links of the browsable API."""
        from django.template.loader import render_to_string

        return render_to_string("api/pages.html", {"links": self.links, "total": self.total})

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the parameters in the OpenAPI schema."""
        return page_parameters(view)


def page_headers(total: RowCount, links: dict[str, str]) -> dict[str, str]:
    """Return the headers of a page: the total, and the neighbours."""
    headers = {
        "Record-Count": str(total.number),
        "X-Total-Count": str(total.number),
        "Link": ", ".join(f'<{url}>; rel="{name}"' for name, url in links.items()),
    }
    if not total.is_exact:
        headers["Record-Count-Exact"] = "false"
    return headers


def read_page(request: Asked, view: Any) -> Page:
    """Read and check the parameters of a list.

    Raises:
        ValidationError: naming every parameter that is out of range.
    """
    faults: dict[str, str] = {}
    given: dict[str, str] = {}
    for name in (*PARAMETERS, *GOHANS_ORDERING):
        values = request.query_params.getlist(name)
        if len(values) > 1:
            faults[name] = "Given more than once."
        elif values:
            given[name] = values[0]

    limit = whole_number(given, "limit", view.default_limit, 1, MAX_LIMIT, faults)
    offset = whole_number(given, "offset", 0, 0, MAX_OFFSET, faults)
    if "cursor" in given and "offset" in given:
        faults["cursor"] = "A cursor excludes offset: give one of the two."
    ordering = given.get("ordering", view.default_ordering)
    if "sort_key" in given or "sort_order" in given:
        ordering = gohan_ordering(given, view, faults)
    elif ordering.removeprefix("-") not in view.ordering_fields:
        faults["ordering"] = f"'{ordering}' is not one of: {', '.join(view.ordering_fields)}."
    fields = fields_asked_for(request, view, faults)
    if given.get("count", "exact") not in COUNTS:
        faults["count"] = f"'{given['count']}' is not 'exact'."
    if faults:
        raise ValidationError(faults)
    return Page(
        limit=limit,
        offset=offset,
        cursor=given.get("cursor"),
        column=ordering.removeprefix("-"),
        is_descending=ordering.startswith("-"),
        fields=fields,
        is_count_exact="count" in given,
    )


def fields_asked_for(request: Asked, view: Any, faults: dict[str, str]) -> tuple[str, ...]:
    """Return the fields that are asked for; none are all of them. Note what is wrong with them."""
    values = request.query_params.getlist("fields")
    gohans = request.query_params.getlist(GOHANS_FIELDS) if view.takes_gohan_parameters else []
    if len(values) > 1:
        faults["fields"] = "Given more than once."
    if values and gohans:
        faults[GOHANS_FIELDS] = f"Give either fields or {GOHANS_FIELDS}."
    elif gohans:
        names = [name.removeprefix(f"{view.singular}.") for name in gohans]
        return known_fields(GOHANS_FIELDS, names, view, faults)
    elif len(values) == 1:
        return known_fields("fields", values[0].split(","), view, faults)
    return ()


def known_fields(
    parameter: str, names: list[str], view: Any, faults: dict[str, str]
) -> tuple[str, ...]:
    """Return the fields that a parameter names, each once. Note the fault of an unknown."""
    known = ", ".join((*view.fields, *view.inner_fields))
    if names == [""]:
        faults[parameter] = f"Name one of: {known}; without the parameter, all are given."
    elif (unknown := next((name for name in names if not view.has_field(name)), None)) is not None:
        faults[parameter] = f"'{unknown}' is not one of: {known}."
    return tuple(dict.fromkeys(names))


def read_fields(request: Asked, view: Any) -> tuple[str, ...]:
    """Return the fields that are asked for of one object.

    Raises:
        ValidationError: there is no such field.
    """
    faults: dict[str, str] = {}
    names = fields_asked_for(request, view, faults)
    if faults:
        raise ValidationError(faults)
    return names


def with_fields(printed: dict[str, Any], names: tuple[str, ...], view: Any) -> dict[str, Any]:
    """Return a printed object with the fields asked for alone; all of it if none are."""
    if not names:
        return printed
    members = printed.get(view.inner_member, {}) | printed
    return {name: members[name] for name in names if name in members}


def whole_number(
    given: dict[str, str], name: str, default: int, low: int, high: int, faults: dict[str, str]
) -> int:
    """Return a parameter's number, or note the fault."""
    text = given.get(name)
    if text is None:
        return default
    if re.fullmatch(r"[0-9]{1,19}", text) and low <= int(text) <= high:
        return int(text)
    faults[name] = f"'{text}' is not a whole number from {low} to {high}."
    return default


def gohan_ordering(given: dict[str, str], view: Any, faults: dict[str, str]) -> str:
    """Return the ordering that gohan's `sort_key` and `sort_order` ask for."""
    key, order = given.get("sort_key", "id"), given.get("sort_order", "asc")
    if "ordering" in given:
        faults["ordering"] = "Give either ordering or sort_key and sort_order."
    if key not in view.ordering_fields:
        faults["sort_key"] = f"'{key}' is not one of: {', '.join(view.ordering_fields)}."
    if order not in SORT_ORDERS:
        faults["sort_order"] = f"'{order}' is not one of: asc, desc."
    return f"-{key}" if order == "desc" else key


def page_urls(request: Asked, name: str) -> Callable[[str], str]:
    """Return what makes this list's URL with one parameter changed and the others kept."""
    parameters = [
        (each, value)
        for each, values in request.query_params.lists()
        for value in values
        if each != name
    ]
    own = urlencode(parameters) + "&" if parameters else ""
    start = f"{request.build_absolute_uri(request.path)}?{own}{name}="
    return lambda value: start + quote_plus(value)


def offset_links(request: Asked, page: Page, total: RowCount, has_next: bool) -> dict[str, str]:
    """Return first, prev, next and, where the total is known, last."""
    url = page_urls(request, "offset")
    links = {"first": url("0")}
    if page.offset > 0:
        links["prev"] = url(str(max(0, page.offset - page.limit)))
    if has_next:
        links["next"] = url(str(page.offset + page.limit))
    if total.is_exact:
        last = max(0, total.number - 1) // page.limit * page.limit
        links["last"] = url(str(last))
    return links


def cursor_links(request: Asked, next_cursor: str | None) -> dict[str, str]:
    """Return first and, if there is more, next."""
    url = page_urls(request, "cursor")
    links = {"first": url("")}
    if next_cursor is not None:
        links["next"] = url(next_cursor)
    return links


def fields_description(view: Any) -> str:
    """Describe what `fields` takes."""
    inner = f", or members of its `{view.inner_member}`" if view.inner_member else ""
    return f"Comma-separated top-level fields to return{inner}."


def gohans_fields(view: Any) -> dict[str, Any]:
    """Return the OpenAPI schema of gohan's `_fields`."""
    names = [f"{prefix}{name}" for prefix in ("", f"{view.singular}.") for name in view.fields]
    return {"type": "array", "items": {"type": "string", "enum": names}}


def page_parameters(view: Any) -> list[dict[str, Any]]:
    """Return the OpenAPI parameters of a list."""

    def parameter(name: str, description: str, **schema: Any) -> dict[str, Any]:
        return {"name": name, "in": "query", "description": description, "schema": schema}

    # No `default`: clients would send it, also with what excludes it.
    orderings = [f"{sign}{name}" for name in view.ordering_fields for sign in ("", "-")]
    parameters = [
        parameter(
            "limit",
            f"Rows in a page; {view.default_limit} if absent.",
            type="integer",
            minimum=1,
            maximum=MAX_LIMIT,
        ),
        parameter("offset", "Rows to skip.", type="integer", minimum=0),
        parameter(
            "cursor",
            "Empty to start, then as the `next` link gives it: continues where a page ended at a "
            "cost that does not grow with depth. Excludes `offset`.",
            type="string",
        ),
        parameter(
            "ordering",
            f"The field to order by, `-` for descending; `{view.default_ordering}` if absent.",
            type="string",
            enum=orderings,
        ),
        parameter("fields", fields_description(view), type="string"),
        parameter("count", "Count exactly, also above 100,000 rows.", type="string", enum=COUNTS),
    ]
    if view.takes_gohan_parameters:
        parameters += [
            parameter("sort_key", "gohan's ordering.", type="string", enum=view.ordering_fields),
            parameter("sort_order", "gohan's ordering.", type="string", enum=SORT_ORDERS),
            parameter(GOHANS_FIELDS, "gohan's `fields`, one each time.", **gohans_fields(view)),
        ]
    return parameters
