"""What the admin shows first: what the rooms and apps have registered for it."""

from typing import Any

from django.http import HttpRequest

from gatekeeper_site.adminsite.base import caller_of_staff
from gatekeeper_site.core import registry


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the first page (unfold's DASHBOARD_CALLBACK)."""
    caller = caller_of_staff(request)
    if caller.role:
        for card in registry.dashboard_cards:
            context |= card(caller)
    return context
