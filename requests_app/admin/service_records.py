"""Admin page of service records, with the requests for them."""

from typing import Any

from django.contrib import admin
from django.db.models import Exists, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Concat
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.crumbs import set_name
from gatekeeper_site.adminsite.html import (
    NOTHING,
    badge,
    entry,
    lines,
    moment,
    object_link,
    search_link,
)
from gatekeeper_site.adminsite.lists import ChangeList
from records_app.admin import ServiceRecordAdmin
from records_app.admin.service_page import page_context
from records_app.models import Record, ServiceRecord
from requests_app import states
from requests_app.admin.base import shortened, status_badge
from requests_app.admin.instance_deeds import LEADS, InstanceDeeds
from requests_app.admin.sync import SyncPages
from requests_app.models import Request

MAX_REQUESTS = 10
SERVICE_NAME = Concat(
    "descriptor__name", Value(" "), "descriptor__version", output_field=TextField()
)


class ServiceRecordChangeList(ChangeList):
    """The list, with each instance's service, whether it is being terminated, and what runs."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """Return the rows that are searched and filtered for."""
        rows: QuerySet[Any] = super().get_queryset(*args, **kwargs)
        told: QuerySet[Any] = rows.annotate(
            is_terminating=Exists(terminations(OuterRef("pk"))),
            service_name=SERVICE_NAME,
        )
        return told


@admin.register(ServiceRecord)
class ServiceRecordWithRequestsAdmin(InstanceDeeds, SyncPages):
    """Service records, with the requests for them, and what runs."""

    actions_detail: Any = (*LEADS, *SyncPages.actions_detail)

    list_display: Any = (
        "service_and_id",
        ServiceRecordAdmin.list_display[1],
        "verdict",
        *ServiceRecordAdmin.list_display[2:],
    )
    fields = (*ServiceRecordAdmin.fields, "under_way", "sync")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the class of the list."""
        return ServiceRecordChangeList

    named_columns = ("service_name",)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return the page, with how the instance hangs together, what it was, and its requests."""
        record = context["original"]
        named = self.named(ServiceRecord.objects.filter(pk=record.pk, descriptor__isnull=False))
        service_name = named.values_list("service_name", flat=True).first()
        if service_name:
            set_name(record, f"{service_name} ({str(record.pk)[:8]})")
        more = {**page_context(record, service_name), **requests_of(record)}
        return super().render_change_form(request, {**context, **more}, *args, **kwargs)

    def named(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return records with the names of their services."""
        told: QuerySet[Any] = rows.annotate(service_name=SERVICE_NAME)
        return told

    def title_of(self, row: Any) -> str:
        """Return of what service the instance is."""
        return f"{self.service_name(row)}, {row.status} ({row.pk})"

    @admin.display(description="service")
    def service_and_id(self, record: Any) -> SafeString:
        """Return the service, which leads to the record, and its id."""
        return entry(record.page_url, self.service_name(record), record.pk)

    @admin.display(description="service")
    def service_name(self, record: Any) -> str:
        """Return the name and version of the service; its UUID where that was deleted."""
        return str(record.service_name.strip() or record.descriptor_reference or NOTHING)

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

    @admin.display(description="under way")
    def under_way(self, record: ServiceRecord) -> SafeString | str:
        """Return a link to the open request, if there is one."""
        under_way = Request.objects.filter(
            service_instance_uuid=record.pk, status__in=states.OPEN_STATUSES
        )
        links: list[SafeString | str] = [
            object_link(Request, row.pk, f"{row.request_type}, {row.status}: {row.pk}")
            for row in under_way[:1]
        ]
        return lines(links)


def requests_of(record: ServiceRecord) -> dict[str, Any]:
    """Return the latest requests for an instance as a table, and a link to all of them."""
    rows = Request.objects.filter(service_instance_uuid=record.pk).order_by("-created_at", "-id")
    return {
        "requests": {
            "headers": ["request", "status", "ordered", "error"],
            "rows": [
                [
                    object_link(Request, row.pk, f"{row.request_type} {row.pk}"),
                    status_badge(row.status),
                    moment(row.created_at),
                    shortened(row.error or NOTHING),
                ]
                for row in rows[:MAX_REQUESTS]
            ],
        },
        "all_requests": search_link(Request, record.pk, "All for this instance"),
    }


def terminations(instance_id: Any) -> QuerySet[Request]:
    """Return the TERMINATE requests in progress for an instance."""
    return Request.objects.filter(
        service_instance_uuid=instance_id,
        request_type=states.TERMINATE,
        status=states.TERMINATING,
    )
