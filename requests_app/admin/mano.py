"""The admin's page of the MANO: whether orders are handed to it, and the button that stops that."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from gatekeeper_site.access.caller import visible_to
from gatekeeper_site.adminsite.html import badge, list_url
from gatekeeper_site.adminsite.staff import (
    caller_of_staff,
    has_role,
)
from gatekeeper_site.core.counting import count_rows
from requests_app import services, states
from requests_app.mano import readiness
from requests_app.models import ManoState, Request

PAGE = "requests_app_mano"


class ReasonForm(forms.Form):
    """Why the MANO is paused."""

    reason = forms.CharField(
        max_length=1000,
        help_text="Shown on every page while it is paused.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


def mano_urls(site: AdminSite) -> list[URLPattern]:
    """Return the page; its form is sent to itself."""
    return [path("mano/", site.admin_view(page), kwargs={"site": site}, name=PAGE)]


def banner() -> SafeString | None:
    """Return what stands on every page while the MANO is paused."""
    mano = services.mano_state()
    if mano.state != ManoState.State.PAUSED or mano.since is None:
        return None
    return format_html(
        'The MANO is <a class="underline" href="{}">paused</a> since {} UTC by {}: “{}”. '
        "Orders wait in NEW.",
        reverse(f"admin:{PAGE}"),
        f"{mano.since:%Y-%m-%d %H:%M}",
        mano.by,
        mano.reason,
    )


def may_pause(request: HttpRequest) -> bool:
    """Tell whether he who uses the admin is an admin of all tenants."""
    return caller_of_staff(request).is_admin_of_all


def page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show how it is, and pause it or let it run."""
    if not has_role(request):
        raise PermissionDenied
    mano = services.mano_state()
    is_paused = mano.state == ManoState.State.PAUSED
    form = ReasonForm(request.POST or None)
    if request.method == "POST":
        if not may_pause(request):
            raise PermissionDenied
        is_pausing = request.POST.get("state") == ManoState.State.PAUSED
        if not is_pausing or form.is_valid():
            set_state(request, form, is_pausing=is_pausing)
            return HttpResponseRedirect(reverse(f"admin:{PAGE}"))
    requests = visible_to(caller_of_staff(request), Request.objects.order_by())
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": "MANO",
        "content_title": "MANO",
        "mano": mano,
        "is_paused": is_paused,
        "badge": badge(str(mano.state), "orange" if is_paused else "green"),
        "driver": settings.MANO_DRIVER,
        "fault": readiness.fault(),
        "may_pause": may_pause(request),
        "form": form,
        "counts": [
            (
                words,
                count_rows(requests.filter(status__in=states.STATUSES_OF_STATE[state])),
                f"{list_url(Request)}?state={state}",
            )
            for words, state in (("waiting in NEW", "NEW"), ("in progress", "IN_PROGRESS"))
        ],
    }
    return TemplateResponse(request, "admin/requests_app/mano.html", context)


def set_state(request: HttpRequest, form: forms.Form, *, is_pausing: bool) -> None:
    """Have the service do what the (checked) form asks for, and say so."""
    state = ManoState.State.PAUSED if is_pausing else ManoState.State.RUNNING
    reason = form.cleaned_data["reason"] if is_pausing else None
    services.set_mano_state(state=state, reason=reason, actor=request.user.get_username())
    done = "Orders wait in NEW from now on." if is_pausing else "Orders are handed over again."
    messages.success(request, done)
