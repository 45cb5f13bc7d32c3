"""What the admin's pages of HA objects share: statuses, bars of use, forms, events."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.adminsite.base import (
    GatekeeperAdmin,
    refusals_as_errors,
)
from gatekeeper_site.adminsite.crumbs import set_crumb
from gatekeeper_site.adminsite.html import (
    badge,
    copyable,
    entry,
    list_url,
    named,
    page_url,
)
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.adminsite.status_events import StatusEventInline
from gatekeeper_site.core.refusals import PreconditionFailed
from ha_app import services
from ha_app.admin import deletion, state
from ha_app.admin.change_forms import ChangeForm
from ha_app.admin.new_forms import NewObjectForm
from ha_app.admin.pieces import status_badge
from ha_app.models import (
    Gateway,
    GatewayEvent,
    HaInterface,
    HaInterfaceEvent,
    HaObject,
    HaRouter,
    HaRouterEvent,
    Status,
)

# What the page of each kind begins and ends with.
FIRST_FIELDS = ("name", "printed_id", "description", "tenant_id")
LAST_FIELDS = ("version", "created_at", "confirm_by")
# How many changes of others a refused form names, and how long the number of one may be.
SHOWN_CHANGES, MAX_DIGITS = 10, 10


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
    """What the three have in common: shown, made, changed and deleted by the services."""

    new_form: ClassVar[type[NewObjectForm]]
    change_form: ClassVar[type[ChangeForm]]
    # The services that store an object of an order, and that change one.
    create_object: ClassVar[Callable[..., HaObject]]
    update_object: ClassVar[Callable[..., HaObject]]
    list_defer: ClassVar[tuple[str, ...]] = ("description",)
    search_text_fields = ("name",)
    ordering = ("-created_at", "-id")
    list_display_links = None
    actions = ("delete_ticked",)
    actions_detail: ClassVar[tuple[str, ...]] = ("change_object",)
    delete_confirmation_template = "admin/ha_app/delete_confirmation.html"
    change_form_outer_before_template = "admin/ha_app/state.html"
    # What changes while the page is looked at, above the rest of it.
    state_fields: ClassVar[tuple[str, ...]] = ("printed_status",)

    def get_urls(self) -> list[URLPattern]:
        """Return the model's pages, and those about several of its objects."""
        urls: list[URLPattern] = super().get_urls()
        return [*deletion.urls_of(self), *state.urls_of(self), *urls]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return an object's page, with how it is."""
        row = kwargs.get("obj")
        told = {} if row is None else state.told(self, row)
        return super().render_change_form(request, context | told, *args, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant."""
        return caller_of_staff(request).can_write

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant."""
        return caller_of_staff(request).can_write

    def has_change_object_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant; Django's own form stays read-only."""
        return caller_of_staff(request).can_write

    @admin.display(description="name")
    def id_and_name(self, ha_object: Any) -> SafeString:
        """Return both for a list, below each other."""
        return entry(ha_object.page_url, ha_object.name, ha_object.pk)

    @admin.display(description="ID")
    def printed_id(self, ha_object: HaObject) -> SafeString:
        """Return the id, to be copied."""
        return copyable(ha_object.pk)

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
        return named(HaRouter, ha_object.ha_router_id, ha_object.ha_router.name)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Make what a form asks for by the service; its address may answer some of it before."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        caller = caller_of_staff(request)
        form = self.new_form(request.POST or None, initial=request.GET.dict(), caller=caller)
        created: list[HaObject] = []
        if form.is_valid():
            with refusals_as_errors(form):
                created = self.created(form.orders(), caller)
        if not created:
            return self.new_page(request, form)
        for each in created:
            self.log_addition(request, each, "Made.")
        return self.response_created(request, created)

    def created(self, orders: list[Any], caller: Caller) -> list[HaObject]:
        """Store the one object that is asked for."""
        [order] = orders
        return [self.create_object(order=order, caller=caller)]

    def new_page(self, request: HttpRequest, form: NewObjectForm) -> HttpResponse:
        """Return the page that asks what is to be made."""
        set_crumb(request, "New")
        return self.form_page(request, form, title=f"New {self.opts.verbose_name}", button="Make")

    def response_created(self, request: HttpRequest, created: list[HaObject]) -> HttpResponse:
        """Lead to the page of what was made."""
        [row] = created
        messages.success(request, f"The {self.opts.verbose_name} {row} is made.")
        return HttpResponseRedirect(page_url(row, row.pk))

    @action(description="Change", permissions=["change_object"], url_path="fields", icon="edit")  # type: ignore[untyped-decorator]
    def change_object(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Change fields by the service: those whose value is another than was shown."""
        row = self.object_or_404(request, object_id)
        form = self.change_form.of(row, request.POST or None)
        changes: dict[str, Any] = {}
        if form.is_valid() and (changes := form.changes(row)):
            try:
                with refusals_as_errors(form):
                    self.update_object(
                        ha_object=row,
                        caller=caller_of_staff(request),
                        precondition=form.refuse_stale,
                        **changes,
                    )
            except PreconditionFailed:
                return self.stale_page(request, form, object_id)
            except ObjectDoesNotExist:
                messages.error(request, f"Somebody has deleted {row} in this moment.")
                return HttpResponseRedirect(list_url(self.model))
        if not form.is_valid():
            return self.change_page(request, form, row)
        if changes:
            self.log_change(request, row, f"Changed: {', '.join(changes)}.")
            messages.success(request, f"Changed: {', '.join(changes)}.")
        else:
            messages.info(request, "Nothing is changed: every field was as it is.")
        return HttpResponseRedirect(page_url(row, row.pk))

    def change_page(
        self, request: HttpRequest, form: ChangeForm, row: HaObject, stale: Any = None
    ) -> HttpResponse:
        """Return the form that changes an object, with what others have changed meanwhile."""
        set_crumb(request, "Change")
        page: Any = self.form_page(
            request,
            form,
            title=f"Change the {self.opts.verbose_name} {row}",
            button="Change",
            obj=row,
        )
        page.template_name = "admin/ha_app/change.html"
        page.context_data["stale"] = stale
        return page  # type: ignore[no-any-return]

    def stale_page(self, request: HttpRequest, form: ChangeForm, object_id: str) -> HttpResponse:
        """Show what others have changed since the form was shown, and the form anew."""
        row = self.object_or_404(request, object_id)
        shown = form.cleaned_data["revision"]
        newer = row.version - int(shown) if shown.isdecimal() and len(shown) < MAX_DIGITS else 0
        told = row.events.filter(message__startswith="updated").order_by("-id")
        stale = {
            "differences": {
                "headers": ["field", "when you began", "now"],
                "rows": form.differences(row),
            },
            "events": list(told[: max(0, min(newer, SHOWN_CHANGES))]),
        }
        return self.change_page(request, form.rebased(row), row, stale)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Say what will happen, and delete what is still as it was shown."""
        row = self.get_object(request, unquote(object_id))
        set_crumb(request, "Delete")
        context = {} if row is None else {"effects": deletion.effects_of(row), "row": row}
        try:
            return super().delete_view(request, object_id, context)
        except PreconditionFailed:
            messages.error(request, "It has changed since this page was shown: look once more.")
            return HttpResponseRedirect(request.path)

    def delete_model(self, request: HttpRequest, obj: HaObject) -> None:
        """Delete an object by the service."""
        services.delete_ha_object(
            ha_object=obj,
            caller=caller_of_staff(request),
            precondition=deletion.unless_changed(request.POST.get("revision", "")),
        )

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: Any) -> HttpResponse:
        """Lead to the list; to the page of an object that agents have yet to let go of."""
        if self.model._default_manager.filter(pk=obj_id).exists():
            messages.info(
                request, f"{obj_display} is being deleted: it goes once agents let go of it."
            )
            return HttpResponseRedirect(page_url(self.model, obj_id))
        messages.success(request, f"The {self.opts.verbose_name} {obj_display} is deleted.")
        return HttpResponseRedirect(list_url(self.model))

    @admin.action(description="Delete", permissions=["delete"])
    def delete_ticked(self, request: HttpRequest, queryset: QuerySet[HaObject]) -> HttpResponse:
        """Lead to the page that asks before the ticked objects are deleted."""
        ids = queryset.values_list("pk", flat=True)[: deletion.MAX_AT_ONCE]
        return HttpResponseRedirect(deletion.page_for(self.model, ids))
