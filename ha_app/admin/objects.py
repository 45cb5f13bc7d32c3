"""Admin pages of HA routers, HA interfaces with their VLAN pools, and gateways."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action

from gatekeeper_site.adminsite.base import caller_of_staff
from gatekeeper_site.adminsite.html import (
    NOTHING,
    badge,
    list_url,
    object_link,
    search_link,
)
from ha_app import services
from ha_app.admin.base import (
    FIRST_FIELDS,
    LAST_FIELDS,
    GatewayEventInline,
    GatewayForm,
    HaInterfaceEventInline,
    HaInterfaceForm,
    HaObjectAdmin,
    HaRouterEventInline,
    HaRouterForm,
    use_of,
)
from ha_app.admin.mirror import EtcdMirrorAdmin
from ha_app.admin.vlan_map import GRID, VLANS_PER_ROW, kinds_of
from ha_app.models import EtcdMirror, Gateway, HaInterface, HaRouter
from ha_app.selectors import vlans_of

admin.site.register(EtcdMirror, EtcdMirrorAdmin)


@admin.register(HaRouter)
class HaRouterAdmin(HaObjectAdmin):
    """HA routers, with how many gateways they have."""

    form_class = HaRouterForm
    update_object = staticmethod(services.update_ha_router)
    list_display = ("id_and_name", "printed_status", "gateway_use", "tenant_id", "created_at")
    list_filter = ("status", ("created_at", admin.DateFieldListFilter))
    search_fields = ("id", "claims__device_id")
    search_help_text = "UUID of an HA router or one of its edge routers, or tenant"
    inlines = (HaRouterEventInline,)
    fields = (
        *FIRST_FIELDS,
        "primary_router_id",
        "secondary_router_id",
        "gateway_use",
        "interface_links",
        "gateway_links",
        *LAST_FIELDS,
    )

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


@admin.register(HaInterface)
class HaInterfaceAdmin(HaObjectAdmin):
    """HA interfaces, with the use and a map of their VLAN pools."""

    form_class = HaInterfaceForm
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
        ("created_at", admin.DateFieldListFilter),
    )
    list_defer = ("description", "vlan_pool_state", "restricted_vlans", "reserved_vlans")
    search_fields = ("id", "ha_router_id", "claims__device_id")
    search_help_text = (
        "UUID of an HA interface, its HA router or one of its physical interfaces, or tenant"
    )
    actions_detail = ("vlan_map", "change_object")
    inlines = (HaInterfaceEventInline,)
    fields = (
        *FIRST_FIELDS,
        "router_link",
        "link_type",
        "primary_interface_id",
        "secondary_interface_id",
        "admin_state_up",
        "vlan_use",
        "restricted_vlans",
        "reserved_vlans",
        "ga_bandwidth_use",
        "be_bandwidth_use",
        "gateway_links",
        *LAST_FIELDS,
    )

    @admin.display(description="status")
    def printed_status(self, ha_object: Any) -> SafeString:
        """Return the status, and whether new gateways are refused."""
        status = super().printed_status(ha_object)
        is_up = ha_object.admin_state_up
        return status if is_up else format_html("{} {}", status, badge("disabled", "grey"))

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
        return search_link(Gateway, interface.pk, "All on this interface")

    @action(description="VLAN map", permissions=["view"], url_path="vlans", icon="grid_on")  # type: ignore[untyped-decorator]
    def vlan_map(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what each of the 4096 VLANs is, and whose."""
        interface = self.object_or_404(request, object_id)
        pool = vlans_of(interface, caller_of_staff(request))
        kinds = kinds_of(pool)
        return TemplateResponse(
            request,
            "admin/ha_app/hainterface/vlan_map.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "original": interface,
                "title": f"VLAN map of {interface}",
                "kinds": kinds,
                "grid": GRID,
                "axis": range(0, VLANS_PER_ROW, 8),
                # What the script tells of a VLAN that is pointed at.
                "vlans": {
                    "kinds": {kind.name: kind.vlans for kind in kinds},
                    "gateways": pool["allocated"],
                    "gateway_list": list_url(Gateway),
                },
                "gateway_links": self.gateway_links(interface),
                "vlan_use": self.vlan_use(interface),
            },
        )


@admin.register(Gateway)
class GatewayAdmin(HaObjectAdmin):
    """Gateways, with the interfaces whose VLANs they have."""

    form_class = GatewayForm
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
    search_help_text = "UUID of a gateway, its HA router or one of its HA interfaces, or tenant"
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
    link = object_link(HaInterface, interface.pk, str(interface))
    return format_html("VLAN {} of {}", vlan_id, link)
