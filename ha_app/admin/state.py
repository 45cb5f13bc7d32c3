"""How an HA object is, above the rest of its page: what agents and gateways change stays fresh."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse

from gatekeeper_site.adminsite.live import live_answer
from ha_app.models import HaObject

PART = "admin/ha_app/state_part.html"


def urls_of(model_admin: Any) -> list[URLPattern]:
    """Return the part of a model's pages that stays fresh."""
    view, name = model_admin.admin_site.admin_view, f"ha_app_{model_admin.opts.model_name}_state"
    return [path("<uuid:pk>/state/", view(part), {"model_admin": model_admin}, name)]


def told(model_admin: Any, row: HaObject) -> dict[str, Any]:
    """Return what the part tells: fields of the page, and what happened last."""
    shown = [(name, getattr(model_admin, name)) for name in model_admin.state_fields]
    return {
        "state": [(name, method.short_description, method(row)) for name, method in shown],
        "last_event": row.events.order_by("-id").first(),
        "state_url": reverse(f"admin:ha_app_{row._meta.model_name}_state", args=[row.pk]),
    }


def part(request: HttpRequest, pk: Any, model_admin: Any) -> HttpResponseBase:
    """Return the part as it is now.

    Raises:
        Http404: there is no such object, or it is another tenant's.
    """
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    row = model_admin.object_or_404(request, str(pk))
    return live_answer(request, PART, told(model_admin, row))
