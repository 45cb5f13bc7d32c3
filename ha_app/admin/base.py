"""What the admin's pages of HA objects share: statuses, bars of use, forms, events."""

from collections.abc import Callable
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gatekeeper_site.adminsite.base import (
    GatekeeperAdmin,
    caller_of_staff,
    refusals_as_errors,
)
from gatekeeper_site.adminsite.html import (
    badge,
    list_url,
    object_link,
    page_url,
)
from gatekeeper_site.adminsite.status_events import StatusEventInline
from ha_app import services
from ha_app.models import (
    MAX_INTEGER,
    MAX_NAME_LENGTH,
    Gateway,
    GatewayEvent,
    HaInterface,
    HaInterfaceEvent,
    HaObject,
    HaRouter,
    HaRouterEvent,
    QosType,
    Status,
)

STATUS_COLOURS = {
    Status.PENDING_CREATE: "blue",
    Status.PENDING_UPDATE: "orange",
    Status.PENDING_DELETE: "orange",
    Status.ACTIVE: "green",
    Status.DOWN: "red",
    Status.MONITORING_UNAVAILABLE: "grey",
    Status.ERROR: "red",
}
# What the page of each kind begins and ends with.
FIRST_FIELDS = ("id", "name", "description", "printed_status", "tenant_id")
LAST_FIELDS = ("version", "created_at", "confirm_by")
# Above which share of a capacity its bar turns orange, and red.
MUCH, NEARLY_ALL = 0.8, 0.95


def status_badge(status: str) -> SafeString:
    """Return a status, coloured."""
    return badge(status, STATUS_COLOURS[Status(status)])


def use_of(available: int, maximum: int) -> SafeString:
    """Return how much of a capacity is in use, as a bar and in numbers."""
    used = maximum - available
    share = used / maximum if maximum else 0
    level = "nearly-all" if share > NEARLY_ALL else "much" if share > MUCH else "some"
    return format_html(
        '<span class="gatekeeper-use {}"><svg viewBox="0 0 1 1" preserveAspectRatio="none" '
        'aria-hidden="true"><rect width="{}" height="1"/></svg>{} of {}</span>',
        level,
        f"{share:.3f}",
        used,
        maximum,
    )


def integer_field(label: str) -> forms.IntegerField:
    """Return the field of a maximum or a bandwidth."""
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=MAX_INTEGER,
        widget=UnfoldAdminIntegerFieldWidget(),
    )


class HaObjectForm(forms.Form):
    """What may be changed of any HA object; a field is named as the service names it."""

    description = forms.CharField(
        required=False,
        strip=False,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
    )

    def clean_description(self) -> str:
        """Return the text with the line ends that it had before a browser sent it."""
        text: str = self.cleaned_data["description"]
        return text.replace("\r\n", "\n")


class HaRouterForm(HaObjectForm):
    """What may be changed of an HA router."""

    maximum_gateways = integer_field("Maximum of gateways")


class HaInterfaceForm(HaObjectForm):
    """What may be changed of an HA interface."""

    admin_state_up = forms.BooleanField(
        label="Admin state up",
        required=False,
        help_text="Off: no new gateways.",
        widget=UnfoldBooleanSwitchWidget(),
    )
    maximum_ga_bandwidth = integer_field("Maximum of guaranteed bandwidth, in Mbit/s")
    maximum_be_bandwidth = integer_field("Maximum of best-effort bandwidth, in Mbit/s")


class GatewayForm(HaObjectForm):
    """What may be changed of a gateway."""

    name = forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_NAME_LENGTH,
        widget=UnfoldAdminTextInputWidget(),
    )
    qos_type = forms.TypedChoiceField(
        label="QoS type",
        required=False,
        empty_value=None,
        choices=[("", "none"), *QosType.choices],
        widget=UnfoldAdminSelectWidget(),
    )
    bandwidth = integer_field("Bandwidth, in Mbit/s")

    field_order = ("name", "description")


class EventInline(StatusEventInline):
    """What happened to the object."""

    status_badge = staticmethod(status_badge)


class HaRouterEventInline(EventInline):
    """Events of an HA router."""

    model = HaRouterEvent


class HaInterfaceEventInline(EventInline):
    """Events of an HA interface."""

    model = HaInterfaceEvent


class GatewayEventInline(EventInline):
    """Events of a gateway."""

    model = GatewayEvent


class HaObjectAdmin(GatekeeperAdmin):
    """What the three have in common: shown, changed and deleted by the services."""

    form_class: ClassVar[type[HaObjectForm]]
    # The service that changes an object.
    update_object: ClassVar[Callable[..., HaObject]]
    list_defer: ClassVar[tuple[str, ...]] = ("description",)
    ordering = ("-created_at", "-id")
    actions_detail: ClassVar[tuple[str, ...]] = ("change_object",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant."""
        return caller_of_staff(request).can_write

    def has_change_object_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant; Django's own form stays read-only."""
        return caller_of_staff(request).can_write

    @admin.display(description="ID")
    def id_and_name(self, ha_object: HaObject) -> SafeString:
        """Return both for a list, below each other."""
        return format_html('<span class="gatekeeper-id">{}</span> {}', ha_object.pk, ha_object.name)

    @admin.display(description="status")
    def printed_status(self, ha_object: HaObject) -> SafeString:
        """Return the status, coloured, and whether a deletion is still to be done."""
        status = status_badge(ha_object.status)
        if not ha_object.marked_for_deletion or ha_object.status == Status.PENDING_DELETE:
            return status
        return format_html("{} {}", status, badge("marked for deletion", "orange"))

    @admin.display(description="HA router")
    def router_link(self, ha_object: HaInterface | Gateway) -> SafeString | str:
        """Return a link to the router of an interface or a gateway."""
        return object_link(HaRouter, ha_object.ha_router_id, str(ha_object.ha_router))

    @action(description="Change", permissions=["change_object"], url_path="fields", icon="edit")  # type: ignore[untyped-decorator]
    def change_object(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Change fields by the service: those whose value is another than before."""
        row = self.object_or_404(request, object_id)
        fields = self.form_class.base_fields
        form = self.form_class(
            request.POST or None, initial={name: getattr(row, name) for name in fields}
        )
        changes: dict[str, Any] = {}
        if form.is_valid():
            values = form.cleaned_data
            changes = {name: values[name] for name in fields if values[name] != getattr(row, name)}
            if changes:
                with refusals_as_errors(form):
                    self.update_object(ha_object=row, caller=caller_of_staff(request), **changes)
        if not form.is_valid():
            title = f"Change the {self.opts.verbose_name} {row}"
            return self.form_page(request, form, title=title, button="Change", obj=row)
        if changes:
            self.log_change(request, row, f"Changed: {', '.join(changes)}.")
            messages.success(request, f"Changed: {', '.join(changes)}.")
        else:
            messages.info(request, "Nothing is changed: every field was as it is.")
        return HttpResponseRedirect(page_url(row, row.pk))

    def delete_model(self, request: HttpRequest, obj: HaObject) -> None:
        """Delete an object by the service."""
        try:
            services.delete_ha_object(ha_object=obj, caller=caller_of_staff(request))
        except ObjectDoesNotExist as error:
            raise Http404(f"The {self.opts.verbose_name} {obj} was deleted meanwhile.") from error

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Lead to the list; to the page of an object that agents have yet to let go of."""
        if self.model._default_manager.filter(pk=obj_id).exists():
            messages.info(
                request, f"{obj_display} is being deleted: it goes once agents let go of it."
            )
            return HttpResponseRedirect(page_url(self.model, obj_id))
        messages.success(request, f"The {self.opts.verbose_name} {obj_display} is deleted.")
        return HttpResponseRedirect(list_url(self.model))
