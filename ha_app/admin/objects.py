"""Admin pages of HA routers, HA interfaces with their VLAN pools, and gateways."""

import re
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.decorators import action

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.adminsite.html import (
    NOTHING,
    badge,
    copyable,
    named,
    search_link,
)
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core.refusals import Conflict
from ha_app import services, vlan_pool
from ha_app.admin import capacity as capacities
from ha_app.admin import vlan_map as maps
from ha_app.admin.base import (
    FIRST_FIELDS,
    LAST_FIELDS,
    GatewayEventInline,
    HaInterfaceEventInline,
    HaObjectAdmin,
    HaRouterEventInline,
)
from ha_app.admin.change_forms import GatewayForm, HaInterfaceForm, HaRouterForm
from ha_app.admin.filters import FullFilter
from ha_app.admin.mirror import EtcdMirrorAdmin
from ha_app.admin.names import short_name
from ha_app.admin.new_forms import NewGatewayForm, NewHaInterfaceForm, NewHaRouterForm
from ha_app.admin.pieces import use_of
from ha_app.models import EtcdMirror, Gateway, HaInterface, HaObject, HaRouter, VlanAllocation

# A VLAN as people write it: "100", "VLAN 100".
VLAN = re.compile(r"(?:vlan ?)?(?P<id>[0-9]{1,4})", re.IGNORECASE | re.ASCII)

admin.site.register(EtcdMirror, EtcdMirrorAdmin)


@admin.register(HaRouter)
class HaRouterAdmin(HaObjectAdmin):
    """HA routers, with how many gateways they have."""

    new_form = NewHaRouterForm
    change_form = HaRouterForm
    create_object = staticmethod(services.create_ha_router)
    update_object = staticmethod(services.update_ha_router)
    list_display = ("id_and_name", "printed_status", "gateway_use", "tenant_id", "created_at")
    list_filter = ("status", FullFilter, ("created_at", admin.DateFieldListFilter))
    search_fields = ("id", "claims__device_id")
    search_help_text = "UUID of an HA router or one of its edge routers, name, or tenant"
    actions_detail = ("capacity", "new_interface", "new_gateway", "change_object")
    inlines = (HaRouterEventInline,)
    state_fields = ("printed_status", "gateway_use")
    fields = (
        *FIRST_FIELDS,
        "primary",
        "secondary",
        "interface_links",
        "gateway_links",
        *LAST_FIELDS,
    )

    @admin.display(description="primary router")
    def primary(self, router: HaRouter) -> SafeString:
        """Return the id of an edge router, to be copied."""
        return copyable(router.primary_router_id)

    @admin.display(description="secondary router")
    def secondary(self, router: HaRouter) -> SafeString:
        """Return the id of the other edge router, to be copied."""
        return copyable(router.secondary_router_id)

    @admin.display(description="gateways in use")
    def gateway_use(self, router: HaRouter) -> SafeString:
        """Return how many of its gateways a router has."""
        return use_of(router.available_gateways, router.maximum_gateways)

    @admin.display(description="HA interfaces")
    def interface_links(self, router: HaRouter) -> SafeString:
        """Return a link to the list of the router's interfaces."""
        return search_link(HaInterface, router.pk, "All of this router")

    @admin.display(description="gateways")
    def gateway_links(self, router: HaRouter) -> SafeString:
        """Return a link to the list of the router's gateways."""
        return search_link(Gateway, router.pk, "All on this router")

    def get_urls(self) -> list[URLPattern]:
        """Return the model's pages, and that which compares interfaces."""
        return [*capacities.urls_of(self), *super().get_urls()]

    @action(description="Capacity", permissions=["view"], url_path="capacity", icon="bar_chart")  # type: ignore[untyped-decorator]
    def capacity(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Compare all interfaces of the router."""
        return capacities.page(request, self, self.object_or_404(request, object_id))

    @action(description="Interface", permissions=["add"], url_path="new-interface", icon="add")  # type: ignore[untyped-decorator]
    def new_interface(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the form of a new HA interface of the router."""
        return self.form_for(HaInterface, request, object_id)

    @action(description="Gateway", permissions=["add"], url_path="new-gateway", icon="add")  # type: ignore[untyped-decorator]
    def new_gateway(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the form of a new gateway on the router."""
        return self.form_for(Gateway, request, object_id)

    def form_for(self, model: type[HaObject], request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the form of a new object of the router, and mostly of its tenant."""
        router = self.object_or_404(request, object_id)
        known = {"ha_router_id": router.pk, "tenant_id": router.tenant_id}
        url = reverse(f"admin:ha_app_{model._meta.model_name}_add")
        return HttpResponseRedirect(f"{url}?{urlencode(known)}")


@admin.register(HaInterface)
class HaInterfaceAdmin(HaObjectAdmin):
    """HA interfaces, with the use and a map of their VLAN pools."""

    new_form = NewHaInterfaceForm
    change_form = HaInterfaceForm
    create_object = staticmethod(services.create_ha_interface)
    update_object = staticmethod(services.update_ha_interface)
    list_display = (
        "id_and_name",
        "printed_status",
        "link_type",
        "vlan_use",
        "tenant_id",
        "created_at",
    )
    list_filter = (
        "status",
        "link_type",
        "admin_state_up",
        FullFilter,
        ("created_at", admin.DateFieldListFilter),
    )
    list_defer = ("description", "vlan_pool_state", "restricted_vlans", "reserved_vlans")
    search_fields = ("id", "ha_router_id", "claims__device_id")
    search_help_text = (
        "UUID of an HA interface, its HA router or one of its physical interfaces, name, or tenant"
    )
    actions_detail = ("vlan_map", "change_object")
    inlines = (HaInterfaceEventInline,)
    state_fields = ("printed_status", "vlan_use", "ga_bandwidth_use", "be_bandwidth_use")
    fields = (
        *FIRST_FIELDS,
        "router_link",
        "link_type",
        "primary",
        "secondary",
        "admin_state_up",
        "restricted_vlans",
        "reserved_vlans",
        "gateway_links",
        *LAST_FIELDS,
    )

    def get_urls(self) -> list[URLPattern]:
        """Return the model's pages, and those about a VLAN pool."""
        return [*maps.urls_of(self), *super().get_urls()]

    @admin.display(description="status")
    def printed_status(self, ha_object: Any) -> SafeString:
        """Return the status, and whether new gateways are refused."""
        status = super().printed_status(ha_object)
        is_up = ha_object.admin_state_up
        return status if is_up else format_html("{} {}", status, badge("disabled", "grey"))

    @admin.display(description="primary interface")
    def primary(self, interface: HaInterface) -> SafeString:
        """Return the id of a physical interface, to be copied."""
        return copyable(interface.primary_interface_id)

    @admin.display(description="secondary interface")
    def secondary(self, interface: HaInterface) -> SafeString:
        """Return the id of the other physical interface, to be copied."""
        return copyable(interface.secondary_interface_id)

    @admin.display(description="VLANs in use")
    def vlan_use(self, interface: HaInterface) -> SafeString:
        """Return how many VLANs are allocated of those that ever can be."""
        available = interface.vlan_ids_available
        return use_of(available, available + interface.gateway_instances_count)

    @admin.display(description="guaranteed bandwidth in use, Mbit/s")
    def ga_bandwidth_use(self, interface: HaInterface) -> SafeString:
        """Return how much of its guaranteed bandwidth is in use."""
        return use_of(interface.available_ga_bandwidth, interface.maximum_ga_bandwidth)

    @admin.display(description="best-effort bandwidth in use, Mbit/s")
    def be_bandwidth_use(self, interface: HaInterface) -> SafeString:
        """Return how much of its best-effort bandwidth is in use."""
        return use_of(interface.available_be_bandwidth, interface.maximum_be_bandwidth)

    @admin.display(description="gateways")
    def gateway_links(self, interface: HaInterface) -> SafeString:
        """Return a link to the list of the gateways with a VLAN of the interface."""
        return search_link(Gateway, interface.pk, "All gateways on this interface")

    @action(description="VLAN map", permissions=["view"], url_path="vlans", icon="grid_on")  # type: ignore[untyped-decorator]
    def vlan_map(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what each of the 4096 VLANs is, and whose."""
        return maps.page(request, self, self.object_or_404(request, object_id))


@admin.register(Gateway)
class GatewayAdmin(HaObjectAdmin):
    """Gateways, with the interfaces whose VLANs they have."""

    new_form = NewGatewayForm
    change_form = GatewayForm
    create_object = staticmethod(services.create_gateway)
    update_object = staticmethod(services.update_gateway)
    list_display = (
        "id_and_name",
        "printed_status",
        "service_type",
        "vlan_id",
        "uplink_vlan_id",
        "tenant_id",
        "created_at",
    )
    list_filter = ("status", "service_type", ("created_at", admin.DateFieldListFilter))
    search_fields = ("id", "ha_router_id", "downlink_interface_id", "uplink_interface_id")
    search_help_text = (
        "UUID of a gateway, its HA router or one of its HA interfaces, a VLAN, name, or tenant"
    )
    inlines = (GatewayEventInline,)
    fields = (
        *FIRST_FIELDS,
        "service_type",
        "router_link",
        "downlink",
        "uplink",
        "qos_type",
        "bandwidth",
        "vrf_name",
        *LAST_FIELDS,
    )

    def created(self, orders: list[Any], caller: Caller) -> list[HaObject]:
        """Store all gateways that are asked for, or none."""
        if len(orders) == 1:
            return super().created(orders, caller)
        try:
            return list(services.create_gateways(orders=orders, caller=caller))
        except Conflict as refusal:
            # It begins with the place in a list that nobody has seen here.
            detail = refusal.detail.partition(": ")[2]
            raise Conflict(refusal.code, f"{detail} So none is made.") from refusal

    def new_page(self, request: HttpRequest, form: Any) -> HttpResponse:
        """Return the page that asks; with what each of the named VLANs is, if any are."""
        page: Any = super().new_page(request, form)
        interface, numbers = form.named_vlans()
        if interface is None:
            return page  # type: ignore[no-any-return]
        vlans = vlan_pool.format_ranges(vlan_pool.from_numbers(numbers))
        page.template_name = "admin/ha_app/gateway/allocate.html"
        page.context_data |= {
            "title": f"Allocate VLAN{'s' * (len(numbers) > 1)} {vlans} of {short_name(interface)}",
            "button": "Allocate",
            "table": maps.states_of(interface, numbers, caller_of_staff(request)),
            "number": len(numbers),
        }
        if request.GET.get("back") == "map":
            page.context_data["back_url"] = maps.map_url(interface.pk, vlans)
        return page  # type: ignore[no-any-return]

    def response_created(self, request: HttpRequest, created: list[HaObject]) -> HttpResponse:
        """Lead to the page of what was made; of several, or from a map, to the map."""
        if len(created) == 1 and request.GET.get("back") != "map":
            return super().response_created(request, created)
        gateways: list[Any] = created
        is_uplink = "uplink_interface_id" in request.GET
        first = gateways[0]
        interface = first.uplink_interface_id if is_uplink else first.downlink_interface_id
        numbers = [each.uplink_vlan_id if is_uplink else each.vlan_id for each in gateways]
        vlans = vlan_pool.format_ranges(vlan_pool.from_numbers(numbers))
        if len(gateways) == 1:
            text = f"The gateway {short_name(first)} is made, with VLAN {vlans}."
        else:
            text = f"{len(gateways)} gateways are made, with the VLANs {vlans}."
        messages.success(request, text)
        return HttpResponseRedirect(maps.map_url(interface, vlans))

    def found(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | None:
        """Return the gateways that a term names, or that have the VLAN which it is."""
        vlan = VLAN.fullmatch(term)
        if vlan is None:
            return super().found(queryset, term)
        allocations = VlanAllocation.objects.filter(vlan_id=vlan["id"])
        having_it = queryset.filter(pk__in=allocations.values("gateway"))
        return having_it if having_it.exists() else super().found(queryset, term)

    def found_by(self, row: Any, term: str) -> str:
        """Return the name of what of a gateway a term was found in."""
        return "VLAN" if VLAN.fullmatch(term) else super().found_by(row, term)

    @admin.display(description="downlink")
    def downlink(self, gateway: Gateway) -> SafeString | str:
        """Return the gateway's VLAN, and a link to the interface that it is of."""
        return vlan_link(gateway.vlan_id, gateway.downlink_interface)

    @admin.display(description="uplink")
    def uplink(self, gateway: Gateway) -> SafeString | str:
        """Return the gateway's VLAN of an uplink, and a link to it."""
        return vlan_link(gateway.uplink_vlan_id, gateway.uplink_interface)


def vlan_link(vlan_id: int | None, interface: HaInterface | None) -> SafeString | str:
    """Return a VLAN, and a link to the interface that it is of; a dash where there is none."""
    if interface is None:
        return NOTHING
    link = named(HaInterface, interface.pk, interface.name)
    return format_html("VLAN {} of {}", vlan_id, link)
