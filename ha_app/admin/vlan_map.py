"""The map of an HA interface's VLAN pool, from which gateways are made and deleted."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from gatekeeper_site.access.caller import Caller, sees, visible_to
from gatekeeper_site.adminsite.crumbs import set_crumb
from gatekeeper_site.adminsite.html import badge, counted, list_url, named, object_link
from gatekeeper_site.adminsite.live import live_answer
from gatekeeper_site.adminsite.staff import caller_of_staff
from ha_app import vlan_pool
from ha_app.admin import deletion
from ha_app.admin.names import short_name
from ha_app.models import Gateway, HaInterface, LinkType, VlanAllocation
from ha_app.selectors import vlans_of
from ha_app.vlan_pool import VlanSet

PART = "admin/ha_app/hainterface/vlan_part.html"
DIGITS_AND_MARKS = re.compile(r"[0-9,-]*")


@dataclass(frozen=True)
class Kind:
    """The VLANs of a pool that are free, or taken for the same reason."""

    name: str
    meaning: str
    # As ranges.
    vlans: str
    count: int

    @property
    def breakable(self) -> SafeString:
        """The ranges, with places where a line may end; who copies them gets the ranges alone."""
        return mark_safe(self.vlans.replace(",", ",<wbr>"))  # noqa: S308 - digits and marks


def kinds_of(pool: dict[str, Any]) -> list[Kind]:
    """Return the four kinds of VLANs; each VLAN is of exactly one.

    Args:
        pool: what `selectors.vlans_of` returns.
    """
    allocated = vlan_pool.from_numbers(row["vlan_id"] for row in pool["allocated"])
    reserved = vlan_pool.parse_ranges(pool["reserved"]) & ~allocated
    restricted = vlan_pool.parse_ranges(pool["restricted"]) & ~allocated & ~reserved
    return [
        kind("free", "can be handed out", vlan_pool.free_vlans(allocated | reserved | restricted)),
        kind("allocated", "to a gateway", allocated),
        kind("restricted", "when the interface was created", restricted),
        kind("reserved", "by the platform", reserved),
    ]


def kind(name: str, meaning: str, vlans: VlanSet) -> Kind:
    """Return the kind that a set of VLANs is."""
    return Kind(name, meaning, vlan_pool.format_ranges(vlans), vlans.bit_count())


def urls_of(model_admin: Any) -> list[URLPattern]:
    """Return the pages of an HA interface's pool, beside the map itself."""
    view, kwargs = model_admin.admin_site.admin_view, {"model_admin": model_admin}
    return [
        path("<uuid:pk>/vlans/now/", view(part), kwargs, "ha_app_hainterface_vlans_now"),
        path("<uuid:pk>/vlans/release/", view(release), kwargs, "ha_app_hainterface_release"),
    ]


def map_url(interface_id: Any, vlans: str = "") -> str:
    """Return the address of the map, in which VLANs are chosen."""
    url = reverse("admin:ha_app_hainterface_vlan_map", args=[interface_id])
    return f"{url}#vlans={vlans}" if vlans else url


def page(request: HttpRequest, model_admin: Any, interface: HaInterface) -> HttpResponse:
    """Return the page of the map."""
    caller = caller_of_staff(request)
    side = "downlink" if interface.link_type == LinkType.DOWNLINK else "uplink"
    # What the form of a new gateway is to know, beside the VLANs.
    known = {
        f"{side}_interface_id": interface.pk,
        "ha_router_id": interface.ha_router_id,
        "tenant_id": interface.tenant_id,
        "service_type": "internet" if side == "downlink" else "vpn",
        "back": "map",
    }
    set_crumb(request, "VLAN map")
    return TemplateResponse(
        request,
        "admin/ha_app/hainterface/vlan_map.html",
        {
            **model_admin.admin_site.each_context(request),
            **told(request, model_admin, interface),
            "opts": model_admin.opts,
            "original": interface,
            "title": f"VLAN map of {short_name(interface)}",
            "link": named(HaInterface, interface.pk, interface.name),
            "can_write": caller.can_write,
            # Where the chosen VLANs are sent: their name there, and what goes with them.
            "vlans_name": "vlans" if side == "downlink" else "uplink_vlans",
            "known": known,
            "capacity_url": capacity_url(interface, caller),
            "gateway_links": model_admin.gateway_links(interface),
        },
    )


def capacity_url(interface: HaInterface, caller: Caller) -> str:
    """Return the address of the page that compares the router's interfaces, if he may see it."""
    if not sees(caller, interface.ha_router.tenant_id):
        return ""
    return reverse("admin:ha_app_harouter_capacity", args=[interface.ha_router_id])


def told(request: HttpRequest, model_admin: Any, interface: HaInterface) -> dict[str, Any]:
    """Return what the part of the page tells that changes."""
    pool = vlans_of(interface, caller_of_staff(request))
    kinds = kinds_of(pool)
    return {
        # Whether it takes new gateways.
        "status": model_admin.printed_status(interface),
        "kinds": kinds,
        "vlans": {
            "kinds": {kind.name: kind.vlans for kind in kinds},
            # Another tenant's is a number alone.
            "gateways": [
                [row["vlan_id"], row["gateway_id"], row["name"]]
                if row["gateway_id"]
                else [row["vlan_id"]]
                for row in pool["allocated"]
            ],
            "gateway_list": list_url(Gateway),
        },
    }


def states_of(interface: HaInterface, numbers: list[int], caller: Caller) -> dict[str, Any]:
    """Return a table of what VLANs are now.

    Args:
        interface: whose they are.
        numbers: the VLANs.
        caller: who looks.
    """
    pool = vlans_of(interface, caller)
    whose = {row["vlan_id"]: row for row in pool["allocated"]}
    kinds = [(each.name, vlan_pool.parse_ranges(each.vlans)) for each in kinds_of(pool)]

    def state(number: int) -> SafeString:
        kind = next(name for name, vlans in kinds if not vlan_pool.is_free(vlans, number))
        row = whose.get(number)
        text = badge(kind, "green" if kind == "free" else "red")
        if row is None or row["gateway_id"] is None:
            return text
        link = object_link(Gateway, row["gateway_id"], row["name"] or row["gateway_id"])
        return format_html("{} to {}", text, link)

    rows = [[number, state(number)] for number in numbers]
    return {"headers": ["VLAN", "now"], "rows": rows}


def part(request: HttpRequest, pk: Any, model_admin: Any) -> HttpResponseBase:
    """Return what the map's page tells as it is now.

    Raises:
        Http404: there is no such HA interface, or it is another tenant's.
    """
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    interface = model_admin.object_or_404(request, str(pk))
    return live_answer(request, PART, told(request, model_admin, interface))


def release(request: HttpRequest, pk: Any, model_admin: Any) -> HttpResponse:
    """Ask before the gateways are deleted that have chosen VLANs of an interface.

    Raises:
        Http404: there is no such HA interface, or it is another tenant's.
    """
    caller = caller_of_staff(request)
    if not caller.can_write:
        raise PermissionDenied
    interface = model_admin.object_or_404(request, str(pk))
    text = request.GET.get("vlans") or request.GET.get("uplink_vlans") or ""
    try:
        chosen = vlan_pool.parse_ranges(text)
    except vlan_pool.InvalidVlanError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(map_url(interface.pk))
    text = vlan_pool.format_ranges(chosen)
    numbers = vlan_pool.to_numbers(chosen)
    allocations = VlanAllocation.objects.filter(ha_interface=interface, vlan_id__in=numbers)
    gateways = visible_to(
        caller, Gateway.objects.filter(pk__in=allocations.values("gateway_id"))
    ).select_related("downlink_interface", "uplink_interface")
    rows = list(gateways.order_by("vlan_id", "pk")[: deletion.MAX_AT_ONCE])
    return deletion.page(
        request,
        model_admin.admin_site.get_model_admin(Gateway),
        rows=rows,
        of=f"with VLANs {text} of {short_name(interface)}",
        remarks=list(remarks_on(len(numbers), allocations.count(), gateways.count(), len(rows))),
        back_url=map_url(interface.pk, text),
    )


def remarks_on(chosen: int, allocated: int, visible: int, shown: int) -> Iterable[str]:
    """Give what there is to say of VLANs whose gateways are not among those to be deleted."""
    if free := chosen - allocated:
        yield f"Not allocated: {free} of {counted(chosen, 'chosen VLAN')}."
    if others := allocated - visible:
        yield f"Allocated to gateways of other tenants: {others}."
    if left := visible - shown:
        yield f"Left for the next time: {counted(left, 'gateway')}."
