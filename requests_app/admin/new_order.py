"""A service is ordered by a form: which, where it is entered and left, and who is told."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.adminsite.base import GatekeeperAdmin, refusals_as_errors
from gatekeeper_site.adminsite.html import page_url
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core import clock
from gatekeeper_site.core.parsing import parse_uuid
from records_app.selectors import visible_service_descriptors
from requests_app import services
from requests_app.admin.instance_deeds import MAX_OFFERED, OrderForm
from requests_app.mano import driver
from requests_app.services.submit import NewRequest


class EndpointsField(forms.CharField):
    """Places where a service is entered or left: a location and its NAP in each line."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the options of Django's field."""
        super().__init__(
            required=False,
            help_text="A line for each: its location, then its network access point.",
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            **kwargs,
        )

    def to_python(self, value: Any) -> Any:
        """Return the endpoints as the API has them.

        Raises:
            ValidationError: a line is something else.
        """
        text: str = super().to_python(value) or ""
        # Django's validators see what is returned, in which they would not find it.
        if "\0" in text:
            raise forms.ValidationError("A NUL character is not part of any text.")
        lines = [line.rsplit(None, 1) for line in text.splitlines()]
        for number, words in enumerate(lines, start=1):
            if len(words) == 1:
                raise forms.ValidationError(
                    f"Line {number} has one word, “{words[0]}”: it needs a location and a NAP."
                )
        return [{"location": words[0], "nap": words[1]} for words in lines if words]


class ServiceOrderForm(OrderForm):
    """What an order of a new instance has."""

    field_order = ("service_uuid", "ingresses", "egresses", "callback")
    service_uuid = forms.TypedChoiceField(
        label="Service", coerce=UUID, widget=UnfoldAdminSelectWidget()
    )
    ingresses = EndpointsField()
    egresses = EndpointsField()

    def __init__(self, *args: Any, caller: Caller, **kwargs: Any) -> None:
        """Offer what the caller may order from this MANO: the newest, and what is asked for."""
        super().__init__(*args, **kwargs)
        visible = visible_service_descriptors(caller).filter(format__in=driver().FORMATS)
        rows = visible.defer("document").order_by("-created_at")
        offered = {row.pk: str(row) for row in rows[:MAX_OFFERED]}
        asked = parse_uuid(self["service_uuid"].value())
        if asked is not None and asked not in offered:
            offered |= {row.pk: str(row) for row in rows.filter(pk=asked)}
        by_name = sorted(offered.items(), key=lambda each: each[1])
        field: Any = self.fields["service_uuid"]
        field.choices = [("", "Choose"), *((str(pk), name) for pk, name in by_name)]


class OrdersServices(GatekeeperAdmin):
    """The button "Add request", which orders a service."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes."""
        return caller_of_staff(request).can_write

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Ask, order by the service, and lead to the request."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        caller = caller_of_staff(request)
        form = ServiceOrderForm(request.POST or None, initial=request.GET.dict(), caller=caller)
        new = None
        if form.is_valid():
            with refusals_as_errors(form):
                new = services.submit_request(
                    order=NewRequest(**form.cleaned_data), caller=caller, began_at=clock.now()
                )
        if new is None:
            return self.form_page(request, form, title="Order a service", button="Order")
        self.log_addition(request, new, "Ordered.")
        messages.success(request, "The service is ordered. Its request is NEW at first.")
        return HttpResponseRedirect(page_url(new, new.pk))
