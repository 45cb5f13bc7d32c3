"""What is ordered for a service instance on its page: an end, or another version of its service."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from gatekeeper_site.adminsite.base import (
    GatekeeperAdmin,
    refusals_as_errors,
)
from gatekeeper_site.adminsite.html import page_url
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core import clock
from gatekeeper_site.webhooks import callback_fault
from records_app.models import RecordStatus, ServiceRecord
from records_app.selectors import visible_service_descriptors
from requests_app import services, states
from requests_app.mano import driver
from requests_app.models import Request
from requests_app.services.submit import NewRequest

# On the page of a request these lead to the page of its instance.
LEADS = ("update_instance", "terminate_instance")
# Of services so many versions are offered.
MAX_OFFERED = 200


class OrderForm(forms.Form):
    """What every order for an instance may have."""

    callback = forms.CharField(
        required=False,
        label="Callback",
        help_text="A URL that is told of every change of the request's status; empty: nobody.",
        widget=UnfoldAdminTextInputWidget(attrs={"inputmode": "url"}),
    )

    def clean_callback(self) -> str | None:
        """Return the URL, or None.

        Raises:
            ValidationError: callbacks may not go there.
        """
        url: str = self.cleaned_data["callback"]
        fault = callback_fault(url) if url else None
        if fault:
            raise forms.ValidationError(fault)
        return url or None


class UpdateForm(OrderForm):
    """To what an instance is updated. It carries what the instance is of where it was made."""

    field_order = ("latest_nsd_id", "callback", "nsd_id")
    latest_nsd_id = forms.ChoiceField(label="Update to", widget=UnfoldAdminSelectWidget())
    nsd_id = forms.UUIDField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, choices: list[Any], **kwargs: Any) -> None:
        """Offer services."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["latest_nsd_id"]
        field.choices = [("", "Choose"), *choices]


def offered(record: ServiceRecord, request: HttpRequest) -> list[Any]:
    """Return the services that an instance can be updated to, its own other versions first."""
    visible = visible_service_descriptors(caller_of_staff(request))
    visible = visible.filter(tenant_id__in=("", record.tenant_id), format__in=driver().FORMATS)
    rows = visible.defer("document").order_by("vendor", "name", "-created_at")[:MAX_OFFERED]
    own = record.descriptor
    groups: dict[str, list[tuple[str, str]]] = {"Versions of its service": [], "Others": []}
    for row in rows:
        is_own = own is not None and (row.vendor, row.name) == (own.vendor, own.name)
        now = " (what it is of now)" if row.pk == record.descriptor_reference else ""
        group = groups["Versions of its service" if is_own else "Others"]
        group.append((str(row.pk), f"{row}{now}"))
    return [group for group in groups.items() if group[1]]


class InstanceDeeds(GatekeeperAdmin):
    """The buttons of a service record's page that order something for the instance."""

    def has_order_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant."""
        return caller_of_staff(request).can_write

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of the page, those alone that fit the instance as it is."""
        buttons: list[Any] = super().get_actions_detail(request, object_id)
        record = self.get_object(request, str(object_id))
        unfit = set(LEADS) if record is None else unfit_for(record)
        return [each for each in buttons if each.method.__name__ not in unfit]

    @action(  # type: ignore[untyped-decorator]
        description="Update", permissions=["order"], url_path="update", icon="upgrade"
    )
    def update_instance(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Order an update of the instance."""
        record = self.object_or_404(request, object_id)
        form = UpdateForm(
            request.POST or None,
            choices=offered(record, request),
            initial={"nsd_id": record.descriptor_reference},
        )
        title = f"Update the service instance {record.pk}, {record.status}"
        return self.ordered(request, record, form, title, "Order the update", states.UPDATE)

    @action(  # type: ignore[untyped-decorator]
        description="Terminate", permissions=["order"], url_path="terminate", icon="delete_forever"
    )
    def terminate_instance(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Order the end of the instance."""
        record = self.object_or_404(request, object_id)
        form = OrderForm(request.POST if request.method == "POST" else None)
        name = record.descriptor or record.descriptor_reference or "no known service"
        number = record.functions.count()
        title = (
            f"Terminate the service instance {record.pk} of {name}? The MANO ends it and its "
            f"{number} function{'' if number == 1 else 's'}; nobody brings it back."
        )
        return self.ordered(request, record, form, title, "Terminate", states.TERMINATE)

    def ordered(
        self,
        request: HttpRequest,
        record: ServiceRecord,
        form: forms.Form,
        title: str,
        button: str,
        request_type: str,
    ) -> HttpResponse:
        """Ask, order, and lead to the request that came of it."""
        new = None
        if form.is_valid():
            order = NewRequest(
                request_type=request_type, service_instance_uuid=record.pk, **form.cleaned_data
            )
            with refusals_as_errors(form):
                new = services.submit_request(
                    order=order, caller=caller_of_staff(request), began_at=clock.now()
                )
        if new is None:
            return self.form_page(request, form, title=title, button=button, obj=record)
        self.log_change(request, record, f"{request_type} ordered: {new.pk}.")
        messages.success(request, f"{request_type} is ordered.")
        return HttpResponseRedirect(page_url(new, new.pk))


def unfit_for(record: ServiceRecord) -> set[str]:
    """Return what cannot be ordered for an instance as it is now."""
    open_requests = Request.objects.filter(
        service_instance_uuid=record.pk, status__in=states.OPEN_STATUSES
    )
    if record.status == RecordStatus.TERMINATED or open_requests.exists():
        return set(LEADS)
    return set() if driver().CAN_UPDATE else {"update_instance"}


class LeadsToInstance(GatekeeperAdmin):
    """The same buttons on the page of a request, which lead to the page of its instance."""

    def has_order_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant."""
        return caller_of_staff(request).can_write

    def unfit_leads(self, row: Request) -> set[str]:
        """Return those of `LEADS` that a request's page does not have."""
        record = (
            ServiceRecord.objects.filter(pk__in=[row.service_instance_uuid]).only("status").first()
        )
        return set(LEADS) if record is None else unfit_for(record)

    def lead(self, request: HttpRequest, object_id: str, name: str) -> HttpResponse:
        """Lead to the instance's page that asks.

        Raises:
            Http404: the request has no instance.
        """
        row = self.object_or_404(request, object_id)
        if row.service_instance_uuid is None:
            raise Http404(f"The request {row.pk} has no instance.")
        url = reverse(f"admin:records_app_servicerecord_{name}", args=[row.service_instance_uuid])
        return HttpResponseRedirect(url)

    @action(  # type: ignore[untyped-decorator]
        description="Update instance", permissions=["order"], url_path="update", icon="upgrade"
    )
    def update_instance(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the update of the request's instance."""
        return self.lead(request, object_id, "update_instance")

    @action(  # type: ignore[untyped-decorator]
        description="Terminate instance",
        permissions=["order"],
        url_path="terminate",
        icon="delete_forever",
    )
    def terminate_instance(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the end of the request's instance."""
        return self.lead(request, object_id, "terminate_instance")
