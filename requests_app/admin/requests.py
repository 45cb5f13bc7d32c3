"""Admin pages of requests."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from gatekeeper_site.adminsite.base import refusals_as_errors
from gatekeeper_site.adminsite.crumbs import set_name
from gatekeeper_site.adminsite.history import call_link
from gatekeeper_site.adminsite.html import NOTHING, copyable, entry, lines, page_url
from gatekeeper_site.adminsite.lists import ChangeList
from gatekeeper_site.adminsite.staff import (
    caller_of_staff,
    is_admin,
)
from gatekeeper_site.core.origin import unpacked
from records_app.models import ServiceDescriptor
from requests_app import services, states
from requests_app.admin.base import ordered, shortened, status_badge, with_service_names
from requests_app.admin.dead_letters import dead_letter_urls
from requests_app.admin.deed_pages import DeedActions, deed_urls
from requests_app.admin.failed_work import failed_work_urls
from requests_app.admin.filters import AssigneeFilter, CauseFilter, LateFilter, StateFilter
from requests_app.admin.first_order import first_order_urls
from requests_app.admin.instance_deeds import LEADS
from requests_app.admin.mano import mano_urls
from requests_app.admin.new_order import OrdersServices
from requests_app.admin.request_page import (
    live_context,
    order_as_given,
    request_urls,
    times_of,
    who_ordered,
)
from requests_app.models import Request

# A search by name looks for the requests of so many services at most.
MAX_NAMED_SERVICES = 200


class StatusForm(forms.Form):
    """A status to set by hand."""

    status = forms.ChoiceField(widget=UnfoldAdminSelectWidget())
    force = forms.BooleanField(
        label="Force it, although no arrow leads there",
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )
    reason = forms.CharField(
        required=False,
        help_text="Kept in the request's events. Required where the status is forced.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    # So that it does not change what somebody else has changed meanwhile.
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, row: Request, **kwargs: Any) -> None:
        """Offer the statuses that the request's type has, those that an arrow leads to first."""
        super().__init__(*args, **kwargs)
        self.initial["seen"] = row.status
        following = states.next_statuses(row.request_type, row.status)
        others = [
            status
            for status in states.statuses_of_type(row.request_type)
            if status not in following and status != row.status
        ]
        groups: list[Any] = [
            (f"{row.status} → along the arrows", [(status, status) for status in following]),
            ("Only by force", [(status, status) for status in others]),
        ]
        field: Any = self.fields["status"]
        field.choices = [("", "Choose"), *(group for group in groups if group[1])]

    def clean(self) -> dict[str, Any]:
        """Return the fields, once a forced status has its reason.

        Raises:
            ValidationError: it has none.
        """
        fields: dict[str, Any] = self.cleaned_data
        if fields.get("force") and not fields.get("reason"):
            self.add_error("reason", "A forced status needs a reason.")
        return fields


class RequestChangeList(ChangeList):
    """The list, with the name of each request's service."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """Return the rows that are searched and filtered for."""
        rows: QuerySet[Any] = super().get_queryset(*args, **kwargs)
        return with_service_names(rows)


@admin.register(Request)
class RequestAdmin(OrdersServices, DeedActions):
    """Requests: read by all who may; operators act on them, and admins set their status."""

    list_display = (
        "order_and_id",
        "printed_status",
        "tenant_id",
        "short_error",
        "created_at",
    )
    list_display_links = None
    list_filter = (
        StateFilter,
        LateFilter,
        "status",
        "request_type",
        "error_class",
        "case_state",
        AssigneeFilter,
        CauseFilter,
        ("created_at", admin.DateFieldListFilter),
    )
    list_defer = ("ingresses", "egresses", "callback")
    search_fields = ("id", "service_instance_uuid", "service_uuid")
    search_help_text = (
        "UUID of a request (or its first eight digits), its service record or its service, the "
        "service's name, or tenant"
    )
    ordering = ("-created_at", "-id")
    actions_detail = (*DeedActions.actions_detail, "set_status", "clean_up", *LEADS)
    change_form_outer_before_template = "admin/requests_app/request/page.html"
    fieldsets = (
        (
            "Order",
            {
                "fields": (
                    "id",
                    "request_type",
                    "tenant_id",
                    "who",
                    "call",
                    "times",
                    "given",
                )
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of requests, of the MANO and its dead letters, and of failed work."""
        site = self.admin_site
        own = [
            *dead_letter_urls(site),
            *mano_urls(site),
            *failed_work_urls(self),
            *first_order_urls(self),
            *deed_urls(self),
            *request_urls(self),
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return the page, with what stays fresh of it."""
        row = context["original"]
        named = with_service_names(Request.objects.filter(pk=row.pk))
        row.service_name = named.values_list("service_name", flat=True).first()
        set_name(row, f"{ordered(row)} ({str(row.pk)[:8]})")
        live = live_context(self, request, row)
        return super().render_change_form(request, {**context, **live}, *args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the class of the list."""
        return RequestChangeList

    def found(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | None:
        """Return the requests that a term names; what is no id may be the name of a service."""
        rows = super().found(queryset, term)
        if rows is not None:
            return rows
        named = ServiceDescriptor.objects.filter(name__icontains=term).values_list("pk", flat=True)
        services_named = list(named[:MAX_NAMED_SERVICES])
        return queryset.filter(service_uuid__in=services_named) if services_named else None

    named_columns = ("service_name",)

    def named(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return requests with the names of their services."""
        return with_service_names(rows)

    def title_of(self, row: Any) -> str:
        """Return what was ordered, and what became of it."""
        return f"{self.order(row)}, {row.status} ({row.pk})"

    def has_set_status_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins: state edits are theirs alone."""
        return is_admin(request)

    @admin.display(description="status")
    def printed_status(self, row: Request) -> SafeString:
        """Return the status, coloured."""
        return status_badge(row.status)

    @admin.display(description="order")
    def order_and_id(self, row: Any) -> SafeString:
        """Return what is ordered, which leads to the request, and its id."""
        return entry(row.page_url, self.order(row), row.pk)

    @admin.display(description="order")
    def order(self, row: Any) -> str:
        """Return what is ordered of which service; its UUID where that was deleted."""
        return ordered(row)

    @admin.display(description="error")
    def short_error(self, row: Request) -> str:
        """Return the beginning of the error."""
        return shortened(row.error or NOTHING)

    @admin.display(description="ordered by")
    def who(self, row: Request) -> SafeString:
        """Return who ordered, and by which way."""
        return who_ordered(row)

    @admin.display(description="call")
    def call(self, row: Request) -> SafeString | str:
        """Return the ids of the call that ordered it, by which log and audit are searched."""
        origin = unpacked(row.origin)
        ids: list[SafeString | str] = []
        if origin.request_id:
            link = call_link(origin.request_id, "all that it has caused")
            ids.append(format_html("request id {}: {}", copyable(origin.request_id), link))
        if origin.traceparent:
            ids.append(format_html("traceparent {}", copyable(origin.traceparent)))
        return lines(ids)

    @admin.display(description="times")
    def times(self, row: Request) -> SafeString:
        """Return the times of the request, each with what it is."""
        return times_of(row)

    @admin.display(description="as it was given")
    def given(self, row: Request) -> SafeString:
        """Return the order, and a link to what the MANO is sent."""
        return order_as_given(row)

    @action(description="Set status", permissions=["set_status"], url_path="status", icon="edit")  # type: ignore[untyped-decorator]
    def set_status(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set the status by hand: along an arrow, or forced with a reason."""
        row = self.object_or_404(request, object_id)
        form = StatusForm(request.POST or None, row=row)
        if form.is_valid():
            with refusals_as_errors(form):
                services.set_status(
                    request_id=row.pk, actor=request.user.get_username(), **form.cleaned_data
                )
        if not form.is_valid():
            title = f"The request is {row.status}. Set its status by hand"
            return self.form_page(request, form, title=title, button="Set status", obj=row)
        change = f"{row.status} → {form.cleaned_data['status']}"
        self.log_change(request, row, f"{change} {form.cleaned_data['reason']}".strip())
        messages.success(request, f"The status is set: {change}.")
        return HttpResponseRedirect(page_url(row, row.pk))

    def has_clean_up_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who may order something for the tenant."""
        return bool(settings.OSM_URL) and caller_of_staff(request).can_write

    @action(description="Clean up", permissions=["clean_up"], url_path="clean-up", icon="mop")  # type: ignore[untyped-decorator]
    def clean_up(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Have what a failed CREATE has left at OSM removed, once that is confirmed."""
        row = self.object_or_404(request, object_id)
        form = forms.Form(request.POST or None)
        if request.method == "POST" and form.is_valid():
            with refusals_as_errors(form):
                services.clean_up_request(request=row, caller=caller_of_staff(request))
        if request.method != "POST" or not form.is_valid():
            title = "Terminate and delete what this request has left at OSM?"
            return self.form_page(request, form, title=title, button="Clean up", obj=row)
        self.log_change(request, row, "Clean-up ordered.")
        messages.success(request, "It is being cleaned up; the events tell how that goes.")
        return HttpResponseRedirect(page_url(row, row.pk))
