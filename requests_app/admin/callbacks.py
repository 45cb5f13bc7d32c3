"""Admin pages of callbacks: what customers' systems were told, and how it went."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action

from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import (
    badge,
    entry,
    moment,
    object_link,
    page_url,
)
from gatekeeper_site.adminsite.inlines import ShownInline
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core.refusals import Conflict
from requests_app import services
from requests_app.admin.base import status_badge
from requests_app.models import CallbackAttempt, CallbackDelivery, Request
from requests_app.services.circuits import open_circuits

OUTCOME_COLOURS = {"PENDING": "blue", "DELIVERED": "green", "FAILED": "red"}
DELIVERIES_PER_PAGE = 20
SHOWN_CIRCUITS = 50
ATTEMPTS_PER_PAGE = 50
# A filter that looked through all rows for their hosts would take long: of how many it offers them.
LATEST_DELIVERIES = 1000


def outcome_badge(outcome: str) -> SafeString:
    """Return what has become of a delivery, coloured."""
    return badge(outcome, OUTCOME_COLOURS[outcome])


def told(attempt: CallbackAttempt) -> SafeString:
    """Return a try in a line."""
    said = attempt.error or f"answered {attempt.status}"
    return format_html("{} in {} ms, {}", said, attempt.milliseconds, moment(attempt.at))


class DeliveryFields:
    """Columns that the pages have in common."""

    @admin.display(description="status told")
    def told_status(self, delivery: CallbackDelivery) -> SafeString:
        """Return the status that the request had."""
        return status_badge(delivery.request_status)

    @admin.display(description="outcome")
    def printed_outcome(self, delivery: CallbackDelivery) -> SafeString:
        """Return what has become of it, coloured."""
        return outcome_badge(delivery.outcome)


class AttemptInline(ShownInline):
    """The tries of a delivery."""

    model = CallbackAttempt
    verbose_name_plural = "tries"
    per_page = ATTEMPTS_PER_PAGE
    fields = ("at", "status", "milliseconds", "error")
    readonly_fields = fields


class HostFilter(admin.SimpleListFilter):
    """By the host that the latest callbacks went to; any other is found by the search."""

    title = "host"
    parameter_name = "host"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the hosts."""
        rows = model_admin.get_queryset(request).order_by("-created_at", "-id")
        hosts = set(rows.values_list("host", flat=True)[:LATEST_DELIVERIES])
        return [(host, host) for host in sorted(hosts)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the deliveries to the host."""
        return queryset.filter(host=self.value()) if self.value() else queryset


@admin.register(CallbackDelivery)
class CallbackDeliveryAdmin(DeliveryFields, GatekeeperAdmin):
    """Callbacks: read by all who may, tried anew by those who write."""

    list_display = (
        "callback_and_id",
        "printed_outcome",
        "request_link",
        "due_at",
        "created_at",
    )
    list_display_links = None
    list_filter = ("outcome", HostFilter)
    list_defer = ("body",)
    list_note_template = "admin/requests_app/open_circuits.html"
    search_fields = ("id", "request_id")
    search_help_text = "UUID of a callback or a request, tenant, or host with its port, in full"
    ordering = ("-created_at", "-id")
    inlines = (AttemptInline,)
    actions = ("redeliver_selected",)
    actions_detail = ("redeliver",)
    fields = (
        "id",
        "request_link",
        "tenant_id",
        "told_status",
        "printed_outcome",
        "url",
        "host",
        "created_at",
        "ended_at",
        "tries",
        "due_at",
        "printed_body",
    )

    def has_redeliver_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant."""
        return caller_of_staff(request).can_write

    def found(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | None:
        """Return the deliveries that a term names; a host has a port, and nothing else a colon."""
        return queryset.filter(host=term) if ":" in term else super().found(queryset, term)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list, and above it the hosts of its callbacks that get none now."""
        of_host = self.get_queryset(request).filter(host=OuterRef("host"))
        circuits = open_circuits().filter(Exists(of_host))[:SHOWN_CIRCUITS]
        response: HttpResponse = super().changelist_view(
            request, {**(extra_context or {}), "open_circuits": circuits}
        )
        return response

    @admin.display(description="callback")
    def callback_and_id(self, delivery: Any) -> SafeString:
        """Return what is told to which host, which leads to the callback, and its id."""
        return entry(delivery.page_url, delivery, delivery.pk)

    @admin.display(description="request")
    def request_link(self, delivery: CallbackDelivery) -> SafeString | str:
        """Return a link to the request."""
        return object_link(Request, delivery.request_id)

    @admin.display(description="body")
    def printed_body(self, delivery: CallbackDelivery) -> SafeString:
        """Return what is sent, as it is."""
        return format_html('<pre class="gatekeeper-document">{}</pre>', delivery.body)

    def redeliver_all(self, request: HttpRequest, rows: Iterable[CallbackDelivery]) -> None:
        """Have deliveries tried anew by the service, and say what came of it."""
        for delivery in rows:
            try:
                current = services.redeliver(delivery=delivery)
            except Conflict as conflict:
                messages.warning(request, conflict.detail)
                continue
            if current is None:
                messages.warning(request, f"The callback {delivery.pk} is gone.")
                continue
            self.log_change(request, delivery, "Redelivered.")
            messages.success(request, f"The callback {delivery.pk} is sent anew.")

    @admin.action(description="Redeliver", permissions=["redeliver"])
    def redeliver_selected(
        self, request: HttpRequest, queryset: QuerySet[CallbackDelivery]
    ) -> None:
        """Try those anew that are ticked in the list, in the order in which they came."""
        self.redeliver_all(request, queryset.order_by("created_at"))

    @action(  # type: ignore[untyped-decorator]
        description="Redeliver", permissions=["redeliver"], url_path="redeliver", icon="replay"
    )
    def redeliver(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Try the delivery of the page anew, once that is confirmed."""
        delivery = self.object_or_404(request, object_id)
        if request.method != "POST":
            title = f"Send the callback {delivery.pk} to {delivery.host} anew?"
            return self.form_page(
                request, forms.Form(), title=title, button="Redeliver", obj=delivery
            )
        self.redeliver_all(request, [delivery])
        return HttpResponseRedirect(page_url(delivery, delivery.pk))
