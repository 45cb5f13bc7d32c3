"""The search over everything, which every page has (Ctrl+K): it asks each list's own search."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.text import capfirst

from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import list_url, page_url

# How many of each list are shown; the list itself has all of them.
ROWS_OF_A_LIST = 5
MAX_TERM_LENGTH = 200


@dataclass(frozen=True)
class Found:
    """A page that a search leads to."""

    title: str
    # What of it was searched for, as "UUID" or "service instance".
    where: str
    url: str


@dataclass(frozen=True)
class Group:
    """What was found in one list."""

    title: str
    found: list[Found]
    # Where all of it is, if there is more.
    all_url: str | None = None


def search_page(request: HttpRequest) -> HttpResponse:
    """Answer a search: a page of its own, or with `part` what the dialog of every page shows."""
    term = request.GET.get("s", "").strip()[:MAX_TERM_LENGTH]
    context = {"term": term, "groups": list(search(request, term)) if term else []}
    if "part" in request.GET:
        return TemplateResponse(request, "admin/search_found.html", {**context, "options": True})
    site_context = {**admin.site.each_context(request), "title": "Search"}
    return TemplateResponse(request, "admin/search.html", site_context | context)


def search(request: HttpRequest, term: str) -> Iterator[Group]:
    """Yield what a term finds, of what he who searches may see: pages first, then objects.

    Args:
        request: whose it is.
        term: not empty.
    """
    if "\0" in term:
        return
    entries = list(sidebar(request))
    pages = [
        Found(entry["title"], entry["group"], str(entry["link"]))
        for entry in entries
        if term.casefold() in entry["title"].casefold()
    ]
    if pages:
        yield Group("Pages", pages)
    for model_admin in searched_admins(entries):
        group = found_in(model_admin, request, term)
        if group.found:
            yield group


def searched_admins(entries: Iterable[dict[str, Any]]) -> Iterator[GatekeeperAdmin]:
    """Yield the admins whose lists can be searched, in the order of a sidebar's entries."""
    by_url = {list_url(model): each for model, each in admin.site._registry.items()}
    for entry in entries:
        model_admin = by_url.get(str(entry["link"]))
        if isinstance(model_admin, GatekeeperAdmin) and model_admin.search_help_text:
            yield model_admin


def found_in(model_admin: GatekeeperAdmin, request: HttpRequest, term: str) -> Group:
    """Return the first rows of a list that a term finds."""
    rows = model_admin.found(model_admin.get_queryset(request), term)
    ordering = model_admin.get_ordering(request)
    limit = ROWS_OF_A_LIST + 1
    first = [] if rows is None else model_admin.named(rows).order_by(*ordering)[:limit]
    model = model_admin.model
    found = [
        Found(model_admin.title_of(row), model_admin.found_by(row, term), page_url(model, row.pk))
        for row in first
    ]
    has_more = len(found) > ROWS_OF_A_LIST
    return Group(
        capfirst(str(model._meta.verbose_name_plural)),
        found[:ROWS_OF_A_LIST],
        f"{list_url(model)}?{urlencode({'q': term})}" if has_more else None,
    )


def sidebar(request: HttpRequest) -> Iterator[dict[str, Any]]:
    """Yield the entries of the sidebar that this user has, each with the title of its group."""
    site: Any = admin.site
    for group in site.get_sidebar_list(request):
        for entry in group["items"]:
            if entry["has_permission"]:
                yield {**entry, "group": group.get("title", "")}
