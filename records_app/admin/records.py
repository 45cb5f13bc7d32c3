"""Admin pages of records.

Service records are shown with the requests for them, so they are registered in
`requests_app.admin`.
"""

import re
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import (
    NOTHING,
    badge,
    entry,
    lines,
    object_link,
    pretty,
    search_link,
)
from records_app.admin.descriptors import MAX_LINKS
from records_app.models import (
    FunctionDescriptor,
    FunctionRecord,
    Record,
    RecordStatus,
    ServiceDescriptor,
    ServiceRecord,
)
from records_app.selectors import having_address

# An IPv4, MAC or IPv6 address in full.
ADDRESS = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}", re.ASCII
)
STATUS_COLOURS = {
    RecordStatus.NORMAL_OPERATION: "green",
    RecordStatus.UPDATING: "orange",
    RecordStatus.DEGRADED_OPERATION: "orange",
    RecordStatus.OFFLINE: "grey",
    RecordStatus.FAILED: "red",
    RecordStatus.TERMINATED: "grey",
}


class RecordAdmin(GatekeeperAdmin):
    """What service and function records have in common: shown, never written by hand."""

    list_display: Any = (
        "uuid",
        "printed_status",
        "version",
        "tenant_id",
        "created_at",
        "updated_at",
    )
    list_display_links = None
    list_filter = ("status", ("created_at", admin.DateFieldListFilter))
    list_defer: ClassVar[Any] = ("body",)
    sortable_by = ("created_at", "updated_at")
    ordering = ("-created_at", "-uuid")

    @admin.display(description="status")
    def printed_status(self, record: Record) -> SafeString:
        """Return the status, coloured."""
        return badge(record.status, STATUS_COLOURS[RecordStatus(record.status)])

    @admin.display(description="what the MANO sent")
    def printed_body(self, record: Record) -> SafeString:
        """Return the record's members as the MANO sent them, indented."""
        return pretty(record.body)


class ServiceRecordAdmin(RecordAdmin):
    """Network service records (NSR): the service instances."""

    search_fields = ("uuid", "descriptor_reference")
    search_help_text = "UUID of a record or its service, or tenant"
    fields: ClassVar[tuple[str, ...]] = (
        "uuid",
        "printed_status",
        "version",
        "tenant_id",
        "descriptor_link",
        "created_at",
        "updated_at",
        "function_links",
    )
    change_form_after_template = "admin/records_app/servicerecord/page.html"

    class Media:
        """The script of the drawing."""

        js = ("gatekeeper/topology.js",)

    @admin.display(description="service")
    def descriptor_link(self, record: ServiceRecord) -> SafeString | str:
        """Return a link to the NSD; its bare UUID where that was deleted."""
        return descriptor_link(ServiceDescriptor, record)

    @admin.display(description="function records")
    def function_links(self, record: ServiceRecord) -> SafeString | str:
        """Return links to the records of the service's functions, the first of them."""
        rows = FunctionRecord.objects.filter(service=record).order_by("pk")
        found = list(rows.values_list("pk", "status")[: MAX_LINKS + 1])
        links = [
            object_link(FunctionRecord, pk, f"{pk}: {status}") for pk, status in found[:MAX_LINKS]
        ]
        if len(found) > MAX_LINKS:
            links.append(search_link(FunctionRecord, record.pk, "All of them"))
        return lines(links)


@admin.register(FunctionRecord)
class FunctionRecordAdmin(RecordAdmin):
    """VNF records (VNFR): the functions of service instances."""

    list_display: Any = ("function_and_id", *RecordAdmin.list_display[1:])
    list_select_related = ("descriptor",)
    list_defer: ClassVar[Any] = ("body", "descriptor__document")
    search_fields = ("uuid", "service_id", "descriptor_reference")
    search_help_text = (
        "UUID of a record, its service record or its function, an address or MAC in it, or tenant"
    )
    fields = (
        "uuid",
        "printed_status",
        "version",
        "tenant_id",
        "service_link",
        "descriptor_link",
        "created_at",
        "updated_at",
        "printed_body",
    )

    def found(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | None:
        """Return the records that a term names, or in which the address stands that it is."""
        if ADDRESS.fullmatch(term):
            return having_address(queryset, term)
        return super().found(queryset, term)

    def found_by(self, row: Any, term: str) -> str:
        """Return the name of what of a record a term was found in."""
        return "address" if ADDRESS.fullmatch(term) else super().found_by(row, term)

    @admin.display(description="function")
    def function_and_id(self, record: Any) -> SafeString:
        """Return the function by name and version, which leads to the record, and its id."""
        made_of = record.descriptor
        name = "" if made_of is None else f"{made_of.name} {made_of.version}"
        return entry(record.page_url, name or record.descriptor_reference, record.pk)

    @admin.display(description="service record")
    def service_link(self, record: FunctionRecord) -> SafeString | str:
        """Return a link to the record of the service that the function is part of."""
        return object_link(ServiceRecord, record.service_id)

    @admin.display(description="function")
    def descriptor_link(self, record: FunctionRecord) -> SafeString | str:
        """Return a link to the VNFD; its bare UUID where that was deleted."""
        return descriptor_link(FunctionDescriptor, record)


def descriptor_link(
    model: type[ServiceDescriptor] | type[FunctionDescriptor], record: Any
) -> SafeString | str:
    """Return a link to what a record was made of; its bare UUID where that was deleted."""
    if record.descriptor_id is None:
        return NOTHING if record.descriptor_reference is None else str(record.descriptor_reference)
    name = model._default_manager.defer("document").filter(pk=record.descriptor_id).first()
    return object_link(model, record.descriptor_id, f"{name} ({record.descriptor_id})")
