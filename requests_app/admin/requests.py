"""Admin pages of requests."""

import json
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
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
    GatekeeperAdmin,
    ShownInline,
    caller_of_staff,
    is_admin,
    refusals_as_errors,
)
from gatekeeper_site.adminsite.html import (
    NOTHING,
    lines,
    object_link,
    page_url,
    pretty,
    search_link,
)
from gatekeeper_site.adminsite.lists import ChangeList
from gatekeeper_site.adminsite.status_events import StatusEventInline
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core.origin import unpacked
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app import failures, services, states
from requests_app.admin.base import shortened, status_badge
from requests_app.admin.callbacks import DeliveryInline
from requests_app.admin.dead_letters import dead_letter_urls
from requests_app.admin.deed_pages import DeedActions, deed_urls
from requests_app.admin.failed_work import failed_work_urls
from requests_app.admin.filters import AssigneeFilter, CauseFilter, StateFilter
from requests_app.admin.mano import mano_urls
from requests_app.models import CaseNote, ManoAnswer, Request, RequestEvent

ANSWERS_PER_PAGE = 20
NOTES_PER_PAGE = 20
# A search by name looks for the requests of so many services at most.
MAX_NAMED_SERVICES = 200


class NoteInline(ShownInline):
    """What was noted about a case."""

    model = CaseNote
    verbose_name_plural = "notes"
    per_page = NOTES_PER_PAGE
    fields = ("at", "by", "text")
    readonly_fields = fields


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


class RequestChangeList(ChangeList):
    """The list, with the name of each request's service."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """Return the rows that are searched and filtered for."""
        rows: QuerySet[Any] = super().get_queryset(*args, **kwargs)
        return with_service_names(rows)


def with_service_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Give requests the name and version of their service, or of what their instance is of."""
    named = Concat("name", Value(" "), "version", output_field=TextField())
    ordered = ServiceDescriptor.objects.filter(pk=OuterRef("service_uuid")).values(named=named)
    of_record = Concat(
        "descriptor__name", Value(" "), "descriptor__version", output_field=TextField()
    )
    made_of = ServiceRecord.objects.filter(
        pk=OuterRef("service_instance_uuid"), descriptor__isnull=False
    ).values(named=of_record)
    told: QuerySet[Any] = rows.annotate(service_name=Coalesce(Subquery(ordered), Subquery(made_of)))
    return told


@admin.register(Request)
class RequestAdmin(DeedActions, GatekeeperAdmin):
    """Requests: read by all who may; operators act on them, and admins set their status."""

    list_display = (
        "id",
        "printed_status",
        "order",
        "tenant_id",
        "short_error",
        "created_at",
    )
    list_filter = (
        StateFilter,
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
    inlines = (EventInline, NoteInline, DeliveryInline, AnswerInline)
    actions_detail = (*DeedActions.actions_detail, "set_status", "clean_up")
    fieldsets = (
        (
            "State",
            {
                "fields": (
                    "printed_status",
                    "error",
                    "failure",
                    "case",
                    "late_success",
                    "retry_of_link",
                    "retried_by_link",
                )
            },
        ),
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
                    "handover",
                    "handover_began_at",
                    "deadline_at",
                    "due_at",
                    "began_at",
                    "created_at",
                    "updated_at",
                    "call",
                    "audit",
                )
            },
        ),
    )

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of requests, of the MANO and its dead letters, and of failed work."""
        site = self.admin_site
        own = [*dead_letter_urls(site), *mano_urls(site), *failed_work_urls(self), *deed_urls(self)]
        return [*own, *super().get_urls()]

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

    def named(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return requests with the names of their services."""
        return with_service_names(rows)

    def title_of(self, row: Any) -> str:
        """Return what was ordered, and what became of it."""
        return f"{self.order(row)}, {row.status} ({row.pk})"

    def has_set_status_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins: state edits are theirs alone."""
        return is_admin(request)

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Return the fields; the audit is the admins'."""
        groups = super().get_fieldsets(request, obj)
        if is_admin(request):
            return groups
        return [
            (name, {"fields": [field for field in part["fields"] if field != "audit"]})
            for name, part in groups
        ]

    @admin.display(description="status")
    def printed_status(self, row: Request) -> SafeString:
        """Return the status, coloured."""
        return status_badge(row.status)

    @admin.display(description="order")
    def order(self, row: Any) -> str:
        """Return what is ordered of which service; its UUID where that was deleted."""
        return f"{row.request_type} {row.service_name or row.service_uuid or ''}".rstrip()

    @admin.display(description="error")
    def short_error(self, row: Request) -> str:
        """Return the beginning of the error."""
        return shortened(row.error or NOTHING)

    @admin.display(description="how it failed")
    def failure(self, row: Request) -> str:
        """Return the class of the error, and what that means."""
        if row.error_class is None:
            return NOTHING
        return f"{row.error_class}: {failures.ERROR_CLASSES[row.error_class]}"

    @admin.display(description="case")
    def case(self, row: Request) -> str:
        """Return whose the case is, and how it has ended."""
        if row.status != states.ERROR:
            return NOTHING
        whose = f"{row.assignee}'s" if row.assignee else "nobody's"
        ended = f", {row.resolution}" if row.resolution else ""
        return f"{row.case_state or failures.OPEN}{ended}, {whose}"

    @admin.display(description="audit")
    def audit(self, row: Request) -> SafeString:
        """Return a link to what was done to the request, by whom."""
        return search_link(AuditEntry, row.pk, "What was done to it, and by whom")

    @admin.display(description="call")
    def call(self, row: Request) -> SafeString | str:
        """Return the ids of the call that ordered it, by which log and audit are searched."""
        origin = unpacked(row.origin)
        return lines(
            [
                format_html("{}: <code>{}</code>", name, value)
                for name, value in (
                    ("by way of", origin.via),
                    ("request id", origin.request_id),
                    ("traceparent", origin.traceparent),
                )
                if value
            ]
        )

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
