"""Admin pages of descriptors: they are onboarded, from a text or a file, and deleted."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.adminsite.base import GatekeeperAdmin, refusals_as_errors
from gatekeeper_site.adminsite.cards import Card, Step
from gatekeeper_site.adminsite.fields import TenantField
from gatekeeper_site.adminsite.html import (
    lines,
    object_link,
    page_url,
    pretty,
    search_link,
)
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core.documents import MAX_BYTES, DocumentError, printable, read_document
from gatekeeper_site.core.documents.places import lines_of
from records_app.models import (
    Descriptor,
    FunctionDescriptor,
    FunctionRecord,
    NetworkFunction,
    ServiceDescriptor,
    ServiceRecord,
)
from records_app.services import delete_descriptor, onboard_function, onboard_service

# How many links an object's page has to others, of which there may be any number.
MAX_LINKS = 25


class DescriptorForm(forms.Form):
    """A descriptor to onboard, as a text or a file; what is wrong with it is told by its lines."""

    document = forms.CharField(
        label="Descriptor",
        help_text="JSON or YAML.",
        max_length=MAX_BYTES,
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 24, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label="Or a file",
        help_text="It comes in the place of the text above.",
        required=False,
        widget=UnfoldAdminFileFieldWidget(),
    )
    tenant_id = TenantField(help_text="32 hex digits; empty: every tenant may read it.")

    def clean(self) -> dict[str, Any]:
        """Return the document and its tenant."""
        cleaned = self.cleaned_data
        upload = cleaned.pop("file", None)
        try:
            text = cleaned.get("document", "") if upload is None else upload.read().decode()
        except UnicodeDecodeError as error:
            self.add_error("file", f"It is not UTF-8 from its byte {error.start} on.")
            return cleaned
        # A file that is wrong is mended in the text.
        self.data = {**self.data.dict(), "document": text}  # type: ignore[attr-defined]
        if not text.strip():
            self.add_error("document", "Paste a descriptor, or choose a file.")
            return cleaned
        try:
            cleaned["document"] = read_document(text.encode())
        except DocumentError as error:
            self.add_faults(error.faults)
        return cleaned

    def add_faults(self, faults: Sequence[tuple[str, str]]) -> None:
        """Tell what is wrong with the document, each fault with its line as it stands."""
        text = self.data["document"]
        lines = lines_of(text, [path for path, _ in faults if path])
        written = text.splitlines()
        for path, message in faults:
            told = f"{path}: {message}" if path else message
            if path in lines:
                number = lines[path]
                told = f"Line {number}, “{printable(written[number - 1].strip())}”: {told}"
            self.add_error("document", told)


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
        is_given = request.method == "POST"
        form = DescriptorForm(
            request.POST if is_given else None,
            request.FILES if is_given else None,
            initial={"tenant_id": caller.tenant_id},
        )
        if not caller.is_admin:
            form.fields["tenant_id"].disabled = True
        stored = None
        if form.is_valid():
            with refusals_as_errors(form, form.add_faults):
                stored = type(self).onboard(**form.cleaned_data)
        if stored is None:
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


def dashboard_cards(caller: Caller) -> Iterator[Card]:
    """Yield that services can be onboarded, where nothing has come of any."""
    may_onboard = caller.is_admin or (caller.can_write and bool(caller.tenant_id))
    if may_onboard and not visible_to(caller, ServiceRecord.objects.all()).exists():
        words = "A VNFD for each function, then the NSD that names them, as JSON or YAML."
        url = reverse("admin:records_app_functiondescriptor_add")
        yield Step("Onboard your own service", words, "Onboard a VNFD", url, rank=1)
