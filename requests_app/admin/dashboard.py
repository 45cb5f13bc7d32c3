"""What the dashboard shows of requests."""

from typing import Any

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.adminsite.html import (
    badge,
    list_url,
    object_link,
)
from gatekeeper_site.core.counting import count_rows
from requests_app import states
from requests_app.admin.base import STATE_COLOURS
from requests_app.models import Request

MAX_ERRORS = 10


def dashboard_card(caller: Caller) -> dict[str, Any]:
    """Return how many requests there are of each state, and the last that failed."""
    requests = visible_to(caller, Request.objects.all())
    in_error = requests.filter(status=states.ERROR).order_by("-created_at", "-id")
    url = list_url(Request)
    return {
        "requests_by_state": [
            {
                "badge": badge(state, STATE_COLOURS[state]),
                "count": count_rows(requests.filter(status__in=statuses)),
                "url": f"{url}?state={state}",
            }
            for state, statuses in states.STATUSES_OF_STATE.items()
        ],
        "errors": {
            "headers": ["request", "type", "created", "error"],
            "rows": [
                [object_link(Request, row.pk), row.request_type, row.created_at, row.error]
                for row in in_error.only("request_type", "created_at", "error")[:MAX_ERRORS]
            ],
        },
    }
