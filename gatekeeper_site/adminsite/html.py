"""Pieces of the admin's pages: badges, documents, and links to objects and lists."""

import json
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

BADGE_SHAPE = (
    "inline-block font-semibold rounded-default text-xs whitespace-nowrap h-6 leading-6 px-2"
)
BADGE_COLOURS = {
    "blue": "bg-blue-100 text-blue-700 dark:bg-blue-500/20 dark:text-blue-400",
    "green": "bg-green-100 text-green-700 dark:bg-green-500/20 dark:text-green-400",
    "grey": "bg-base-500/8 text-base-700 dark:bg-base-500/20 dark:text-base-200",
    "orange": "bg-orange-100 text-orange-700 dark:bg-orange-500/20 dark:text-orange-400",
    "red": "bg-red-100 text-red-700 dark:bg-red-500/20 dark:text-red-400",
}
NOTHING = "–"


def badge(text: str, colour: str) -> SafeString:
    """Return a word on a coloured ground.

    Args:
        text: the word.
        colour: one of `BADGE_COLOURS`.
    """
    return format_html('<span class="{} {}">{}</span>', BADGE_SHAPE, BADGE_COLOURS[colour], text)


def pretty(document: Any) -> SafeString:
    """Return JSON as a person reads it."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return format_html('<pre class="gatekeeper-document">{}</pre>', text)


def page_url(model: type[Model] | Model, pk: Any) -> str:
    """Return the address of an object's page."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])


def list_url(model: type[Model] | Model) -> str:
    """Return the address of the list of a model's objects."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def object_link(model: type[Model], pk: Any, text: Any = None) -> SafeString | str:
    """Return a link to an object's page, without loading it; a dash where there is none."""
    if pk is None:
        return NOTHING
    url = page_url(model, pk)
    return format_html('<a href="{}" class="text-link">{}</a>', url, pk if text is None else text)


def search_link(model: type[Model], term: Any, text: str) -> SafeString:
    """Return a link to the list of a model's objects that a search finds."""
    return format_html('<a href="{}?q={}" class="text-link">{}</a>', list_url(model), term, text)


def lines(parts: list[SafeString | str]) -> SafeString | str:
    """Return parts below each other; a dash where there are none."""
    return format_html_join("", "<div>{}</div>", ((part,) for part in parts)) or NOTHING
