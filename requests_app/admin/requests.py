"""Admin pages of requests, and of service records with the requests for them."""

import json
from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Exists, OuterRef, QuerySet
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

from gatekeeper_site.adminsite.base import (
    NOTHING,
    ChangeList,
    GatekeeperAdmin,
    ShownInline,
    badge,
    caller_of_staff,
    is_admin,
    lines,
    object_link,
    page_url,
    pretty,
    refusals_as_errors,
    search_link,
)
from gatekeeper_site.adminsite.status_events import StatusEventInline
from records_app.admin import ServiceRecordAdmin
from records_app.models import Record, ServiceDescriptor, ServiceRecord
from requests_app import services, states
from requests_app.admin.base import status_badge
from requests_app.admin.callbacks import DeliveryInline
from requests_app.admin.dead_letters import dead_letter_urls
from requests_app.admin.mano import mano_urls
from requests_app.models import ManoAnswer, Request, RequestEvent

ANSWERS_PER_PAGE = 20
# How much of an error the list shows.
MAX_ERROR_LENGTH = 60


class StateFilter(admin.SimpleListFilter):
    """By SONATA's request state, which several statuses may mean."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the states."""
        return [(state, state) for state in states.STATUSES_OF_STATE]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the requests of the state."""
        statuses = states.STATUSES_OF_STATE.get(self.value() or "")
        return queryset.filter(status__in=statuses) if statuses else queryset


class EventInline(StatusEventInline):
    """What happened to the request."""

    model = RequestEvent
    verbose_name_plural = "request events"
    status_badge = staticmethod(status_badge)


class AnswerInline(ShownInline):
    """What the MANO said, raw."""

    model = ManoAnswer
    verbose_name_plural = "raw answers of the MANO"
    per_page = ANSWERS_PER_PAGE
    fields = ("received_at", "outcome", "printed_body")
    readonly_fields = fields

    @admin.display(description="answer")
    def printed_body(self, answer: ManoAnswer) -> SafeString:
        """Return the answer, folded."""
        return format_html(
            '<details class="gatekeeper-fold"><summary>{} characters</summary>{}</details>',
            len(answer.body),
            pretty(json.loads(answer.body)),
        )


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

    def __init__(self, *args: Any, row: Request, **kwargs: Any) -> None:
        """Offer the statuses that the request's type has, those that an arrow leads to first."""
        super().__init__(*args, **kwargs)
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


@admin.register(Request)
class RequestAdmin(GatekeeperAdmin):
    """Requests: read by all who may, and nothing but the status written, by admins."""

    list_display = (
        "id",
        "printed_status",
        "request_type",
        "tenant_id",
        "short_error",
        "created_at",
    )
    list_filter = (
        StateFilter,
        "status",
        "request_type",
        ("created_at", admin.DateFieldListFilter),
    )
    list_defer = ("ingresses", "egresses", "callback")
    search_fields = ("id", "service_instance_uuid", "service_uuid")
    search_help_text = "UUID of a request, its service record or its service, or tenant"
    ordering = ("-created_at", "-id")
    inlines = (EventInline, DeliveryInline, AnswerInline)
    actions_detail = ("set_status", "clean_up")
    fieldsets = (
        (
            "Order",
            {
                "fields": (
                    "id",
                    "request_type",
                    "service_link",
                    "instance_link",
                    "tenant_id",
                    "requested_by",
                    "ingresses",
                    "egresses",
                    "callback",
                )
            },
        ),
        (
            "Progress",
            {
                "fields": (
                    "printed_status",
                    "error",
                    "handover",
                    "handover_began_at",
                    "deadline_at",
                    "due_at",
                    "late_success",
                    "retry_of_link",
                    "retried_by_link",
                    "began_at",
                    "created_at",
                    "updated_at",
                )
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of requests, of the MANO, and of the messages that it sent in vain."""
        own = [*dead_letter_urls(self.admin_site), *mano_urls(self.admin_site)]
        return [*own, *super().get_urls()]

    def has_set_status_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins: state edits are theirs alone."""
        return is_admin(request)

    @admin.display(description="status")
    def printed_status(self, row: Request) -> SafeString:
        """Return the status, coloured."""
        return status_badge(row.status)

    @admin.display(description="error")
    def short_error(self, row: Request) -> str:
        """Return the beginning of the error."""
        error = row.error or NOTHING
        return error if len(error) <= MAX_ERROR_LENGTH else f"{error[:MAX_ERROR_LENGTH]}…"

    @admin.display(description="late success")
    def late_success(self, row: Request) -> str:
        """Tell of a success that came after the ERROR."""
        return (
            "It came after the ERROR; its records are stored." if row.has_late_success else NOTHING
        )

    @admin.display(description="service")
    def service_link(self, row: Request) -> SafeString | str:
        """Return a link to the NSD; its bare UUID where that was deleted."""
        if row.service_uuid is None:
            return NOTHING
        descriptors = ServiceDescriptor.objects.defer("document")
        descriptor = descriptors.filter(pk=row.service_uuid).first()
        if descriptor is None:
            return str(row.service_uuid)
        return object_link(ServiceDescriptor, descriptor.pk, f"{descriptor} ({descriptor.pk})")

    @admin.display(description="service record")
    def instance_link(self, row: Request) -> SafeString | str:
        """Return a link to the service instance."""
        return object_link(ServiceRecord, row.service_instance_uuid)

    @admin.display(description="retry of")
    def retry_of_link(self, row: Request) -> SafeString | str:
        """Return a link to the request that this one retries."""
        return object_link(Request, row.retry_of)

    @admin.display(description="retried by")
    def retried_by_link(self, row: Request) -> SafeString | str:
        """Return a link to the request that retries this one."""
        return object_link(Request, row.retried_by)

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


class ServiceRecordChangeList(ChangeList):
    """The list, with whether each instance is being terminated."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """Return the rows that are searched and filtered for."""
        rows: QuerySet[Any] = super().get_queryset(*args, **kwargs)
        told: QuerySet[Any] = rows.annotate(is_terminating=Exists(terminations(OuterRef("pk"))))
        return told


@admin.register(ServiceRecord)
class ServiceRecordWithRequestsAdmin(ServiceRecordAdmin):
    """Service records, with the requests for them."""

    fields = (*ServiceRecordAdmin.fields[:-1], "request_links", ServiceRecordAdmin.fields[-1])

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the class of the list."""
        return ServiceRecordChangeList

    @admin.display(description="status")
    def printed_status(self, record: Record) -> SafeString:
        """Return the status and, while a TERMINATE is in progress, SONATA's word for that."""
        is_terminating = getattr(record, "is_terminating", None)
        if is_terminating is None:
            is_terminating = terminations(record.pk).exists()
        status = super().printed_status(record)
        return format_html(
            "{} {}", status, badge("Terminating", "orange") if is_terminating else ""
        )

    @admin.display(description="requests")
    def request_links(self, record: ServiceRecord) -> SafeString | str:
        """Return a link to the open request, if there is one, and to all of them."""
        under_way = Request.objects.filter(
            service_instance_uuid=record.pk, status__in=states.OPEN_STATUSES
        )
        links: list[SafeString | str] = [
            object_link(Request, row.pk, f"{row.request_type}, {row.status}: {row.pk}")
            for row in under_way[:1]
        ]
        return lines([*links, search_link(Request, record.pk, "All for this instance")])


def terminations(instance_id: Any) -> QuerySet[Request]:
    """Return the TERMINATE requests in progress for an instance."""
    return Request.objects.filter(
        service_instance_uuid=instance_id,
        request_type=states.TERMINATE,
        status=states.TERMINATING,
    )
