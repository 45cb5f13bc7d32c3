"""One page that compares all interfaces of an HA router: what is in use, free, and was in use."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gatekeeper_site.access.caller import visible_to
from gatekeeper_site.adminsite.crumbs import set_crumb
from gatekeeper_site.adminsite.html import NOTHING, badge, lines, object_link
from gatekeeper_site.adminsite.live import live_answer
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core import clock
from ha_app.admin.names import short_name
from ha_app.admin.pieces import status_badge, use_of
from ha_app.admin.vlan_map import map_url
from ha_app.models import HaInterface, HaRouter, InterfaceUse
from ha_app.selectors import uses_of

PART = "admin/ha_app/harouter/capacity_part.html"
# By the word in the address: what people look back to, and what it is called.
PERIODS = {
    "day": (timedelta(hours=24), "24 hours"),
    "week": (timedelta(days=7), "7 days"),
    "month": (timedelta(days=30), "30 days"),
}
SHOWN_INTERFACES = 200
# Of the picture of a use over time, in its own units.
WIDTH, HEIGHT = 120, 24


def urls_of(model_admin: Any) -> list[URLPattern]:
    """Return the part of the page that stays fresh."""
    view, kwargs = model_admin.admin_site.admin_view, {"model_admin": model_admin}
    return [path("<uuid:pk>/capacity/now/", view(part), kwargs, "ha_app_harouter_capacity_now")]


def page(request: HttpRequest, model_admin: Any, router: HaRouter) -> HttpResponse:
    """Return the page."""
    word = period_of(request)
    set_crumb(request, "Capacity")
    return TemplateResponse(
        request,
        "admin/ha_app/harouter/capacity.html",
        {
            **model_admin.admin_site.each_context(request),
            **told(request, router),
            "opts": model_admin.opts,
            "original": router,
            "title": f"Capacity of {short_name(router)}",
            "periods": [(each, text, each == word) for each, (_, text) in PERIODS.items()],
            "now_url": f"{reverse('admin:ha_app_harouter_capacity_now', args=[router.pk])}"
            f"?period={word}",
        },
    )


def part(request: HttpRequest, pk: Any, model_admin: Any) -> HttpResponseBase:
    """Return what the page tells as it is now.

    Raises:
        Http404: there is no such HA router, or it is another tenant's.
    """
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    router = model_admin.object_or_404(request, str(pk))
    return live_answer(request, PART, told(request, router))


def period_of(request: HttpRequest) -> str:
    """Return how far the address looks back."""
    word = request.GET.get("period", "")
    return word if word in PERIODS else "day"


def told(request: HttpRequest, router: HaRouter) -> dict[str, Any]:
    """Return what the part of the page tells that changes."""
    length, text = PERIODS[period_of(request)]
    now = clock.now()
    visible = visible_to(caller_of_staff(request), router.interfaces.all())
    newest = visible.defer("vlan_pool_state", "restricted_vlans", "description")
    interfaces = list(newest.order_by("-created_at", "-id")[:SHOWN_INTERFACES])
    uses = uses_of([each.pk for each in interfaces], now - length)
    # The fullest first, of either side.
    interfaces.sort(key=lambda each: (each.link_type, -share_of(each), each.name, each.pk))
    rows = [row_of(each, uses.get(each.pk, []), now - length, now) for each in interfaces]
    free = sum(each.vlan_ids_available for each in interfaces)
    taken = sum(each.gateway_instances_count for each in interfaces)
    return {
        "gateways": use_of(router.available_gateways, router.maximum_gateways),
        "vlans": use_of(free, free + taken),
        "is_cut": len(interfaces) == SHOWN_INTERFACES,
        "table": {
            "headers": [
                "HA interface",
                "Link",
                "Status",
                f"VLANs in use, now and over {text}",
                "Guaranteed, Mbit/s",
                "Best effort, Mbit/s",
            ],
            "rows": rows,
        },
    }


def share_of(interface: HaInterface) -> float:
    """Return how much of its VLANs that can be handed out an interface has handed out."""
    capacity = interface.vlan_ids_available + interface.gateway_instances_count
    return interface.gateway_instances_count / capacity if capacity else 1


def row_of(
    interface: HaInterface, uses: Sequence[InterfaceUse], since: datetime, now: datetime
) -> list[Any]:
    """Return an interface as a row of the table.

    Args:
        interface: which.
        uses: what is kept of it since `since`, oldest first.
        since: what the picture begins with.
        now: what it ends with.
    """
    status = status_badge(interface.status)
    if not interface.admin_state_up:
        status = format_html("{} {}", status, badge("disabled", "grey"))
    name = object_link(HaInterface, interface.pk, short_name(interface))
    link = format_html('<a href="{}" class="text-link">VLAN map</a>', map_url(interface.pk))
    free = interface.vlan_ids_available
    vlans = use_of(free, free + interface.gateway_instances_count)

    def before(name: str) -> list[tuple[datetime, int]]:
        """Return what was in use; of an interface that is younger than that, at first nothing."""
        kept = [(use.at, getattr(use, name)) for use in uses]
        return [(interface.created_at, 0), *kept] if interface.created_at >= since else kept

    def bandwidth(kind: str) -> SafeString | str:
        """Return how much of a bandwidth is and was in use; a dash where there is none."""
        maximum = getattr(interface, f"maximum_{kind}_bandwidth")
        available = getattr(interface, f"available_{kind}_bandwidth")
        if not maximum:
            return NOTHING
        now_in_use = (now, maximum - available)
        picture = over_time([*before(f"{kind}_bandwidth"), now_in_use], since)
        return below_each_other(use_of(available, maximum), picture)

    return [
        format_html('<div class="leading-6">{}</div>', lines([name, link])),
        interface.link_type,
        status,
        below_each_other(
            format_html("{}, {} free", vlans, free),
            over_time([*before("vlans"), (now, interface.gateway_instances_count)], since),
        ),
        bandwidth("ga"),
        bandwidth("be"),
    ]


def below_each_other(*parts: SafeString) -> SafeString:
    """Return parts of a cell as one."""
    return format_html("<div>{}</div>", lines(list(parts)))


def over_time(points: list[tuple[datetime, int]], since: datetime) -> SafeString:
    """Return a use over time as a picture, and in words.

    Args:
        points: moments, ascending, with what was in use from each on; the last one is now.
        since: what the picture begins with.
    """
    values = [value for _, value in points]
    words = f"{values[0]} → {values[-1]}, at most {max(values)}"
    if len(points) == 1:
        return format_html("<span>{} now; nothing is kept of before</span>", values[0])
    return format_html(
        '<span class="gatekeeper-over-time"><svg viewBox="0 0 {} {}" preserveAspectRatio="none" '
        'aria-hidden="true"><path d="{}"/></svg><span>{}</span></span>',
        WIDTH,
        HEIGHT,
        steps(points, max(*values, 1), since),
        words,
    )


def steps(points: list[tuple[datetime, int]], most: int, since: datetime) -> str:
    """Return what was in use as an area with steps, as the `d` of an SVG path.

    What is known of a moment holds until the next one that is known. It is as high as there is room
    where it is most: how much of the capacity that is stands beside it.
    """
    whole = (points[-1][0] - since).total_seconds()
    places = [
        (
            f"{max((at - since).total_seconds(), 0) / whole * WIDTH:.1f}",
            f"{HEIGHT - value / most * HEIGHT:.1f}",
        )
        for at, value in points
    ]
    walk = "".join(f"H{x}V{y}" for x, y in places)
    return f"M{places[0][0]} {HEIGHT}{walk}V{HEIGHT}Z"
