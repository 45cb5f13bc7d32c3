"""The admin's page of failed work: open cases of one class and cause together, the oldest first."""

import hashlib
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from gatekeeper_site.access.caller import visible_to
from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import list_url
from gatekeeper_site.adminsite.live import live_answer
from gatekeeper_site.adminsite.staff import (
    caller_of_staff,
    has_role,
)
from requests_app import failures
from requests_app.admin.deed_pages import FAILED_WORK_PAGE, deed_url
from requests_app.admin.deeds import DEEDS
from requests_app.models import Request

# Groups of cases on the page; those whose oldest is the oldest.
MAX_GROUPS = 50
GROUPS_PART = "requests_app_failed_groups"
# What is done to a whole group.
DEEDS_OF_GROUP = ("retry", "close", "assign", "note")
WHOSE = {"": "All", "mine": "Mine", "nobodys": "Nobody's"}


def failed_work_urls(model_admin: GatekeeperAdmin) -> list[URLPattern]:
    """Return the page, and what stays fresh of it."""
    view = model_admin.admin_site.admin_view
    kwargs = {"model_admin": model_admin}
    return [
        path("failed-work/", view(page), kwargs=kwargs, name=FAILED_WORK_PAGE),
        path("failed-work/groups/", view(groups_part), name=GROUPS_PART),
    ]


def groups_of(request: HttpRequest, whose: str) -> list[Any]:
    """Return the open cases that a user may see, grouped by class and cause.

    Args:
        request: of the user.
        whose: a word of `WHOSE`.
    """
    rows = visible_to(caller_of_staff(request), Request.objects.filter(case_state=failures.OPEN))
    if whose == "mine":
        rows = rows.filter(assignee=request.user.get_username())
    elif whose == "nobodys":
        rows = rows.filter(assignee__isnull=True)
    counted = (
        rows.order_by()
        .values("error_class", "cause")
        .annotate(
            number=Count("pk"),
            oldest=Min("created_at"),
            of_nobody=Count("pk", filter=Q(assignee__isnull=True)),
        )
    )
    return list(counted.order_by("oldest")[: MAX_GROUPS + 1])


def page(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show the groups, with what can be done to each."""
    groups = groups_context(request)
    whose = groups["whose"]
    own = reverse(f"admin:{FAILED_WORK_PAGE}")
    context = {
        **model_admin.admin_site.each_context(request),
        **groups,
        "title": "Failed work",
        "content_title": "Failed work",
        "choices": [
            (name, f"{own}?whose={word}" if word else own, word == whose)
            for word, name in WHOSE.items()
        ],
        "closed_url": f"{list_url(Request)}?case_state__exact={failures.CLOSED}",
        "live_url": f"{reverse(f'admin:{GROUPS_PART}')}?{urlencode({'whose': whose})}",
    }
    return TemplateResponse(request, "admin/requests_app/failed_work.html", context)


def groups_part(request: HttpRequest) -> HttpResponseBase:
    """Return the groups as they are now."""
    return live_answer(request, "admin/requests_app/failed_groups.html", groups_context(request))


def groups_context(request: HttpRequest) -> dict[str, Any]:
    """Return the groups that are asked for, as their template shows them.

    Raises:
        PermissionDenied: he who asks has no role.
    """
    if not has_role(request):
        raise PermissionDenied
    whose = request.GET.get("whose", "")
    if whose not in WHOSE:
        whose = ""
    groups = groups_of(request, whose)
    can_write = caller_of_staff(request).can_write
    return {
        "whose": whose,
        "has_more": len(groups) > MAX_GROUPS,
        "groups": [
            group
            | {
                # By which the page finds it again, wherever it stands then.
                "key": "group-" + hashlib.sha256(repr(own_of(group)).encode()).hexdigest()[:12],
                "meaning": failures.ERROR_CLASSES.get(group["error_class"] or "", ""),
                "url": f"{list_url(Request)}?{urlencode(list_filter(group))}",
                "deeds": [
                    (DEEDS[word], deed_url(word, **own_of(group)))
                    for word in DEEDS_OF_GROUP
                    if can_write
                ],
            }
            for group in groups[:MAX_GROUPS]
        ],
    }


def own_of(group: dict[str, Any]) -> dict[str, str]:
    """Return what names a group."""
    return {"error_class": group["error_class"] or "", "cause": group["cause"] or ""}


def list_filter(group: dict[str, Any]) -> dict[str, str]:
    """Return what the list of requests is asked for the cases of a group."""
    return {
        "error_class__exact": group["error_class"] or "",
        "cause": group["cause"] or "",
        "case_state__exact": failures.OPEN,
    }
