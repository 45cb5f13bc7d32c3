"""What the admin shows first, and on every page: what the rooms and apps have registered for it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseBase
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.cards import Chart, Concern, Figure, Health, Step, Use
from gatekeeper_site.adminsite.charts import day_and_week
from gatekeeper_site.adminsite.live import live_answer
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core import registry


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the first page (unfold's DASHBOARD_CALLBACK)."""
    return context | overview(request)


def live_overview(request: HttpRequest) -> HttpResponseBase:
    """Return what the first page shows, as it is now."""
    return admin.site.admin_view(overview_part)(request)


def overview_part(request: HttpRequest) -> HttpResponseBase:
    """Return it to somebody who is logged in."""
    return live_answer(request, "admin/overview.html", overview(request))


def overview(request: HttpRequest) -> dict[str, Any]:
    """Return what the rooms and apps tell, by its kind; nothing to who has no role."""
    caller = caller_of_staff(request)
    if not caller.role:
        return {"has_role": False}
    cards = [card for room in registry.dashboard_cards for card in room(caller)]
    concerns = [card for card in cards if isinstance(card, Concern)]
    health = [card for card in cards if isinstance(card, Health)]
    steps = sorted((card for card in cards if isinstance(card, Step)), key=lambda step: step.rank)
    uses: dict[str, list[Use]] = {}
    for card in cards:
        if isinstance(card, Use):
            uses.setdefault(card.kind, []).append(card)
    return {
        "has_role": True,
        "concerns": sorted(concerns, key=lambda concern: not concern.is_urgent),
        "is_well": not concerns and all(card.is_well for card in health),
        # They are for a site on which nothing has been ordered yet, which its app knows.
        "steps": steps if any(step.rank == 0 for step in steps) else [],
        "charts": [
            shown for card in cards if isinstance(card, Chart) for shown in day_and_week(card)
        ],
        "figures": [card for card in cards if isinstance(card, Figure)],
        "uses": uses,
        "health": sorted(health, key=lambda card: card.is_well),
    }


def banners(request: HttpRequest) -> dict[str, Callable[[], list[SafeString]]]:
    """Return what gives the lines that stand on every page for now, to templates that ask for it.

    It is one of the settings' `context_processors`, which every template has.
    """
    return {"banners": partial(lines_for, request)}


def lines_for(request: HttpRequest) -> list[SafeString]:
    """Return the lines; none to who may see nothing."""
    if not caller_of_staff(request).role:
        return []
    found = (banner() for banner in registry.admin_banners)
    return [line for line in found if line is not None]
