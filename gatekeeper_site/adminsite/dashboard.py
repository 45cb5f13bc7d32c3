"""What the admin shows first, and on every page: what the rooms and apps have registered for it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.base import caller_of_staff
from gatekeeper_site.core import registry


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the first page (unfold's DASHBOARD_CALLBACK)."""
    caller = caller_of_staff(request)
    if caller.role:
        for card in registry.dashboard_cards:
            context |= card(caller)
    return context


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
