"""What the admin shows first: requests, what failed lately, the mirror in etcd, who works."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django_q.models import OrmQ

from gatekeeper_site.access.caller import visible_to
from gatekeeper_site.adminsite.base import badge, caller_of_staff, list_url, object_link
from gatekeeper_site.core.counting import count_rows
from gatekeeper_site.work.admin import worker_badge
from gatekeeper_site.work.models import Worker
from ha_app.admin.mirror import cards
from ha_app.mirror_state import mirror_state
from ha_app.models import EtcdMirror
from requests_app import states
from requests_app.admin.base import STATE_COLOURS
from requests_app.models import Request

MAX_ERRORS = 10
MAX_WORKERS = 20


def first_page(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Return the context of the first page (unfold's DASHBOARD_CALLBACK)."""
    caller = caller_of_staff(request)
    if not caller.role:
        return context
    requests = visible_to(caller, Request.objects.all())
    url = list_url(Request)
    context["requests_by_state"] = [
        {
            "badge": badge(state, STATE_COLOURS[state]),
            "count": count_rows(requests.filter(status__in=statuses)),
            "url": f"{url}?state={state}",
        }
        for state, statuses in states.STATUSES_OF_STATE.items()
    ]
    in_error = requests.filter(status=states.ERROR).order_by("-created_at", "-id")
    context["errors"] = {
        "headers": ["request", "type", "created", "error"],
        "rows": [
            [object_link(Request, row.pk), row.request_type, row.created_at, row.error]
            for row in in_error.only("request_type", "created_at", "error")[:MAX_ERRORS]
        ],
    }
    if settings.ETCD_ENDPOINTS:
        context["mirror"] = {"cards": cards(mirror_state()), "url": list_url(EtcdMirror)}
    context["tasks_waiting"] = count_rows(OrmQ.objects.all())
    context["workers"] = {
        "headers": ["worker", "state", "seen"],
        "rows": [
            [worker.name, worker_badge(worker), worker.seen_at]
            for worker in Worker.objects.order_by("-seen_at")[:MAX_WORKERS]
        ],
    }
    return context
