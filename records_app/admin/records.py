"""Admin pages of descriptors and records.

Service records are shown with the requests for them, so they are registered in
`requests_app.admin`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminTextareaWidget

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.adminsite.base import (
    GatekeeperAdmin,
    refusals_as_errors,
)
from gatekeeper_site.adminsite.cards import Card, Step
from gatekeeper_site.adminsite.fields import TenantField
from gatekeeper_site.adminsite.html import (
    NOTHING,
    badge,
    entry,
    lines,
    object_link,
    page_url,
    pretty,
    search_link,
)
from gatekeeper_site.adminsite.staff import (
    caller_of_staff,
)
from gatekeeper_site.core import registry
from gatekeeper_site.core.documents import DocumentError, read_document
from records_app.models import (
    Descriptor,
    FunctionDescriptor,
    FunctionRecord,
    NetworkFunction,
    Record,
    RecordStatus,
    ServiceDescriptor,
    ServiceRecord,
)
from records_app.selectors import having_address
from records_app.services import delete_descriptor, onboard_function, onboard_service

# An IPv4, MAC or IPv6 address in full.
ADDRESS = re.compile(
    r"\d{1,3}(?:\.\d{1,3}){3}|[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}", re.ASCII
)
# How many links an object's page has to others, of which there may be any number.
MAX_LINKS = 25
STATUS_COLOURS = {
    RecordStatus.NORMAL_OPERATION: "green",
    RecordStatus.UPDATING: "orange",
    RecordStatus.DEGRADED_OPERATION: "orange",
    RecordStatus.OFFLINE: "grey",
    RecordStatus.FAILED: "red",
    RecordStatus.TERMINATED: "grey",
}


class DescriptorForm(forms.Form):
    """A descriptor to onboard."""

    document = forms.CharField(
        label="Descriptor",
        help_text="JSON or YAML.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 24, "spellcheck": "false"}),
    )
    tenant_id = TenantField(help_text="32 hex digits; empty: every tenant may read it.")

    def clean_document(self) -> dict[str, Any]:
        """Return the document.

        Raises:
            ValidationError: it is neither JSON nor YAML.
        """
        text: str = self.cleaned_data["document"]
        try:
            return read_document(text.encode())
        except DocumentError as error:
            raise forms.ValidationError(str(error)) from error


# What the page of each kind of descriptor begins with.
FIRST_FIELDS = ("uuid", "vendor", "name", "version", "format", "tenant_id", "created_at")


class DescriptorAdmin(GatekeeperAdmin):
    """What NSDs and VNFDs have in common: onboarded and deleted by the services."""

    onboard: ClassVar[Callable[..., Descriptor]]
    shared = True
    list_display = ("name", "vendor", "version", "format", "tenant_id", "uuid", "created_at")
    list_filter = ("format", ("created_at", admin.DateFieldListFilter))
    list_defer = ("document",)
    search_fields = ("uuid",)
    search_text_fields = ("vendor", "name", "version")
    search_help_text = "Vendor, name, version, UUID or tenant"
    ordering = ("-created_at", "-uuid")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes: admins for every tenant, others for their own."""
        caller = caller_of_staff(request)
        return caller.is_admin or (caller.can_write and bool(caller.tenant_id))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes; what belongs to no tenant is an admin's to delete."""
        caller = caller_of_staff(request)
        return caller.is_admin or (caller.can_write and (obj is None or bool(obj.tenant_id)))

    @admin.display(description="document")
    def printed_document(self, descriptor: Descriptor) -> SafeString:
        """Return the document, indented."""
        return pretty(descriptor.document)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Onboard a descriptor by the service."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        caller = caller_of_staff(request)
        form = DescriptorForm(request.POST or None, initial={"tenant_id": caller.tenant_id})
        if not caller.is_admin:
            form.fields["tenant_id"].disabled = True
        if form.is_valid():
            with refusals_as_errors(form):
                stored = type(self).onboard(**form.cleaned_data)
        if not form.is_valid():
            title = f"Onboard a {self.opts.verbose_name}"
            return self.form_page(request, form, title=title, button="Onboard")
        self.log_addition(request, stored, "Onboarded.")
        messages.success(request, f"{stored} is onboarded.")
        return HttpResponseRedirect(page_url(stored, stored.pk))

    def delete_model(self, request: HttpRequest, obj: Descriptor) -> None:
        """Delete a descriptor by the service."""
        delete_descriptor(descriptor=obj)


@admin.register(ServiceDescriptor)
class ServiceDescriptorAdmin(DescriptorAdmin):
    """Network service descriptors (NSD)."""

    onboard = staticmethod(onboard_service)
    fields = (
        *FIRST_FIELDS,
        "function_links",
        "record_link",
        "printed_document",
    )

    @admin.display(description="network functions")
    def function_links(self, descriptor: ServiceDescriptor) -> SafeString | str:
        """Return links to the VNFDs that the service is made of, the first of them."""
        rows = NetworkFunction.objects.filter(service=descriptor).select_related("function")
        found = list(rows.defer("function__document").order_by("position")[: MAX_LINKS + 1])
        links = [
            object_link(FunctionDescriptor, row.function_id, f"{row.vnf_id}: {row.function}")
            for row in found[:MAX_LINKS]
        ]
        return lines(links + ["…"] * (len(found) > MAX_LINKS))

    @admin.display(description="service records")
    def record_link(self, descriptor: ServiceDescriptor) -> SafeString:
        """Return a link to the list of what was made of the service."""
        return search_link(ServiceRecord, descriptor.pk, "Those made of it")


@admin.register(FunctionDescriptor)
class FunctionDescriptorAdmin(DescriptorAdmin):
    """VNF descriptors (VNFD)."""

    onboard = staticmethod(onboard_function)
    fields = (
        *FIRST_FIELDS,
        "service_links",
        "record_link",
        "printed_document",
    )

    @admin.display(description="part of")
    def service_links(self, descriptor: FunctionDescriptor) -> SafeString | str:
        """Return links to the NSDs that name the function, some of them."""
        rows = NetworkFunction.objects.filter(function=descriptor).select_related("service")
        found = list(rows.defer("service__document").order_by()[: MAX_LINKS + 1])
        links = [
            object_link(ServiceDescriptor, row.service_id, str(row.service))
            for row in found[:MAX_LINKS]
        ]
        return lines(links + ["…"] * (len(found) > MAX_LINKS))

    @admin.display(description="function records")
    def record_link(self, descriptor: FunctionDescriptor) -> SafeString:
        """Return a link to the list of what was made of the function."""
        return search_link(FunctionRecord, descriptor.pk, "Those made of it")


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


def dashboard_cards(caller: Caller) -> Iterator[Card]:
    """Yield that services can be onboarded, where nothing has come of any."""
    may_onboard = caller.is_admin or (caller.can_write and bool(caller.tenant_id))
    if may_onboard and not visible_to(caller, ServiceRecord.objects.all()).exists():
        words = "A VNFD for each function, then the NSD that names them, as JSON or YAML."
        url = reverse("admin:records_app_functiondescriptor_add")
        yield Step("Onboard your own service", words, "Onboard a VNFD", url, rank=1)


registry.dashboard_cards.append(dashboard_cards)
