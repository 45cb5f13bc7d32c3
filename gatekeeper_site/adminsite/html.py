"""Pieces of the admin's pages: badges, documents, and links to objects and lists."""

import json
from datetime import datetime
from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gatekeeper_site.core import clock

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
# Of a document a page has so many characters.
MAX_SHOWN_JSON = 200_000
# How many of each unit are one of the next.
UNITS = (("s", 60), ("min", 60), ("h", 24))


def badge(text: str, colour: str) -> SafeString:
    """Return a word on a coloured ground.

    Args:
        text: the word.
        colour: one of `BADGE_COLOURS`.
    """
    return format_html('<span class="{} {}">{}</span>', BADGE_SHAPE, BADGE_COLOURS[colour], text)


def outcome_badge(is_done: bool) -> SafeString:
    """Return whether something was done or refused."""
    return badge("done", "green") if is_done else badge("refused", "red")


def pretty(document: Any) -> SafeString:
    """Return JSON as a person reads it, or the beginning of it where it is long."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    if len(text) > MAX_SHOWN_JSON:
        text = f"{text[:MAX_SHOWN_JSON]}…\n\n{len(text)} characters in all; the API has the rest."
    return format_html('<pre class="gatekeeper-document" tabindex="0">{}</pre>', text)


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


def counted(number: int, noun: str) -> str:
    """Return a number of things, in words."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def ago(seconds: float) -> str:
    """Return in one unit how long ago something was; "in …" if the seconds are negative."""
    number, unit = int(abs(seconds)), "d"
    for name, size in UNITS:
        if number < size:
            unit = name
            break
        number //= size
    return f"in {number} {unit}" if seconds < 0 else f"{number} {unit} ago"


def moment(at: datetime | None) -> SafeString | str:
    """Return a time with its zone and how long ago it was, which live.js keeps true."""
    if at is None:
        return NOTHING
    return format_html(
        '<time datetime="{}" class="gatekeeper-moment">{} UTC '
        '<span class="gatekeeper-ago">{}</span></time>',
        clock.iso_z(at),
        f"{at:%Y-%m-%d %H:%M:%S}",
        ago((clock.now() - at).total_seconds()),
    )


def copyable(text: Any) -> SafeString:
    """Return an id with a button that copies it."""
    return format_html(
        '<span class="gatekeeper-copyable"><code>{0}</code> <button type="button" data-copy="{0}" '
        'aria-label="Copy {0}" title="Copy"></button></span>',
        text,
    )


def named(model: type[Model], pk: Any, name: Any) -> SafeString | str:
    """Return a link to an object's page by its name, its id beside it; a dash if there is none.

    Args:
        model: the object's; it is not loaded.
        pk: its key.
        name: what people call it; "" where it has none, and its id is all there is.
    """
    if pk is None:
        return NOTHING
    return entry(page_url(model, pk), name, pk) if name else object_link(model, pk)


def entry(url: str, name: Any, pk: Any) -> SafeString:
    """Return a link to an object's page by its name, and its id, as a list's first column has it.

    Args:
        url: of the page.
        name: what people call it; "" where it has none, and is called by the first of its digits.
        pk: its id, a UUID.
    """
    return format_html(
        '<span class="gatekeeper-named"><a href="{}" class="text-link">{}</a> {}</span>',
        url,
        name or str(pk)[:8],
        copyable(pk),
    )
