"""Creates gateways: takes their capacity."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from gatekeeper_site.access.caller import Caller, tenant_of_new, visible_to
from gatekeeper_site.core.constraints import violates_unique
from gatekeeper_site.core.refusals import Conflict, Invalid
from ha_app.models import Gateway, HaInterface, HaRouter, LinkType, VlanAllocation
from ha_app.services.objects import (
    ObjectName,
    confirmation_deadline,
    note_creations,
    refuse_leaving,
)
from ha_app.services.orders import ALONE, Orders, at, for_each, in_list
from ha_app.services.pools import (
    USABLE_STATUSES,
    refuse_unusable,
    save_capacity,
    take_bandwidth,
    take_vlan,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class NewGateway:
    """What a caller asks for; which fields a service type takes is checked by the API."""

    service_type: str
    tenant_id: str = ""
    name: str = ""
    description: str = ""
    ha_router_id: UUID | None = None
    downlink_interface_id: UUID | None = None
    vlan_id: int | None = None
    uplink_interface_id: UUID | None = None
    uplink_vlan_id: int | None = None
    qos_type: str | None = None
    bandwidth: int = 0


def create_gateway(*, order: NewGateway, caller: Caller) -> Gateway:
    """Store a gateway and take its capacity, all of it or none.

    Args:
        order: what is asked for. Left out, the downlink is the router's usable one with the most
            free VLANs, and the VLAN is its lowest free one.
        caller: who creates it; what he cannot see is unknown to him.

    Raises:
        Forbidden: the tenant is not the caller's.
        Invalid: it would have no tenant, or names what there is not or does not fit.
        Conflict: `gateways_exhausted`, `vlan_pool_exhausted`, `vlan_taken`, `vlan_restricted`,
            `bandwidth_exhausted`, `no_usable_downlink`, `interface_disabled`,
            `interface_not_active`, `pending_delete`.
    """
    return take_orders({ALONE: order}, caller)[0]


def create_gateways(*, orders: Sequence[NewGateway], caller: Caller) -> list[Gateway]:
    """Store gateways as `create_gateway` does, all or none; each finds what those before left."""
    return take_orders(in_list("gateways", orders), caller)


def take_orders(orders: Orders[NewGateway], caller: Caller) -> list[Gateway]:
    """Store the gateways of orders, all or none.

    Raises:
        Forbidden, Invalid, Conflict: as `create_gateway` does.
    """
    tenants = for_each(orders, lambda order: tenant_of_new(caller, order.tenant_id))
    try:
        with transaction.atomic():
            return store_gateways(orders, tenants, caller)
    except PoolIsWrong as wrong:
        # The allocations know better than the bitmap, which must have been tampered with.
        logger.exception("a VLAN pool of an HA interface is wrong")
        for place, allocations in wrong.allocations.items():
            with at(place):
                refuse_allocated(allocations)
        raise


class PoolIsWrong(Exception):
    """What a pool has as free is allocated."""

    def __init__(self, allocations: dict[str, list[VlanAllocation]]) -> None:
        """Keep what was to be stored, by the places of the orders."""
        super().__init__("a VLAN is allocated, though its pool says otherwise")
        self.allocations = allocations


def refuse_allocated(allocations: Iterable[VlanAllocation]) -> None:
    """Check that no VLAN is allocated already.

    Raises:
        Conflict: `vlan_taken`.
    """
    for each in allocations:
        same = {"ha_interface_id": each.ha_interface_id, "vlan_id": each.vlan_id}
        if VlanAllocation.objects.filter(**same).exists():
            raise Conflict(
                "vlan_taken",
                f"VLAN {each.vlan_id} is allocated, though the pool says otherwise: "
                "check_vlan_pools tells more.",
            )


def store_gateways(
    orders: Orders[NewGateway], tenants: Iterable[str], caller: Caller
) -> list[Gateway]:
    """Take the capacity and store the gateways.

    Raises:
        Invalid: one names what there is not, or does not fit.
        Conflict: there is not enough of something; the transaction is to be rolled back.
    """
    routers = lock_routers(orders.values(), caller)
    interfaces = lock_interfaces(orders.values(), routers, caller)
    named = for_each(orders, lambda order: references(order, routers, interfaces))
    gateways = []
    allocations: dict[str, list[VlanAllocation]] = {}
    for (place, order), tenant_id, found in zip(orders.items(), tenants, named, strict=True):
        with at(place):
            gateway = new_gateway(order, tenant_id, *found, interfaces)
        gateways.append(gateway)
        allocations[place] = allocations_of(gateway)
    Gateway.objects.bulk_create(gateways)
    try:
        VlanAllocation.objects.bulk_create(chain.from_iterable(allocations.values()))
    except IntegrityError as error:
        if not violates_unique(error, VlanAllocation, "vlan_is_allocated_once"):
            raise
        raise PoolIsWrong(allocations) from error
    moved = list(chain.from_iterable(map(moved_by, gateways)))
    for plural, object_id in dict.fromkeys(moved):
        if plural == "ha_routers":
            routers[object_id].save(update_fields=["available_gateways"])
        else:
            save_capacity(interfaces[object_id])
    note_creations(gateways, caller, moved=moved)
    return gateways


def lock_routers(orders: Iterable[NewGateway], caller: Caller) -> dict[UUID, HaRouter]:
    """Lock the HA routers that orders name, or whose interfaces they name; return them by id.

    On an interface of his, the caller may not see the router.
    """
    interface_ids = {
        interface_id
        for order in orders
        if order.ha_router_id is None
        for interface_id in (order.downlink_interface_id, order.uplink_interface_id)
        if interface_id is not None
    }
    named = {order.ha_router_id for order in orders if order.ha_router_id is not None}
    visible = visible_to(caller, HaRouter.objects.filter(pk__in=named))
    if interface_ids:
        of_interfaces = visible_to(caller, HaInterface.objects.filter(pk__in=interface_ids))
        # An interface stays on its router.
        ids = set(of_interfaces.values_list("ha_router_id", flat=True))
        visible |= HaRouter.objects.filter(pk__in=ids)
    return {router.pk: router for router in visible.select_for_update().order_by("pk")}


def lock_interfaces(
    orders: Iterable[NewGateway], routers: Mapping[UUID, HaRouter], caller: Caller
) -> dict[UUID, HaInterface]:
    """Lock the HA interfaces that orders may be put on; return them by id, in that order.

    Those are the ones that they name and, of an order that names no downlink, the usable ones of
    its (locked) router.
    """
    named: set[UUID] = set()
    without_downlink: set[UUID] = set()
    for order in orders:
        ids = {order.downlink_interface_id, order.uplink_interface_id}
        named |= {interface_id for interface_id in ids if interface_id is not None}
        if order.downlink_interface_id is None:
            router_id = order.ha_router_id
            without_downlink |= routers.keys() if router_id is None else {router_id}
    wanted = Q(pk__in=named)
    if without_downlink:
        wanted |= Q(
            ha_router__in=without_downlink,
            link_type=LinkType.DOWNLINK,
            status__in=USABLE_STATUSES,
            admin_state_up=True,
        )
    visible = visible_to(caller, HaInterface.objects.filter(wanted))
    return {row.pk: row for row in visible.select_for_update().order_by("pk")}


def references(
    order: NewGateway, routers: Mapping[UUID, HaRouter], interfaces: Mapping[UUID, HaInterface]
) -> tuple[HaRouter, HaInterface | None, HaInterface | None]:
    """Return the (locked) HA router, downlink and uplink of an order; None where it names none.

    Raises:
        Invalid: one of them is unknown, or they do not fit together.
    """
    faults: list[tuple[str, str]] = []
    wanted = (
        ("downlink_interface_id", order.downlink_interface_id, LinkType.DOWNLINK),
        ("uplink_interface_id", order.uplink_interface_id, LinkType.UPLINK),
    )
    named = [None if each is None else interfaces.get(each) for _, each, _ in wanted]
    if order.ha_router_id is not None:
        router = routers.get(order.ha_router_id)
        if router is None:
            faults.append(("ha_router_id", f"There is no HA router {order.ha_router_id}."))
    else:
        # The downlink, which is looked at first, tells which router it is.
        router = next((routers.get(each.ha_router_id) for each in named if each is not None), None)
    for (field, interface_id, link_type), interface in zip(wanted, named, strict=True):
        if interface_id is None:
            continue
        if interface is None:
            faults.append((field, f"There is no HA interface {interface_id}."))
        elif interface.link_type != link_type:
            faults.append((field, f"The HA interface {interface_id} is no {link_type}."))
        elif router is not None and interface.ha_router_id != router.pk:
            faults.append((field, f"The HA interface {interface_id} is another HA router's."))
    if not faults and router is None:
        faults.append(("ha_router_id", "Required, as no interface is named."))
    if faults or router is None:
        raise Invalid(faults)
    return router, named[0], named[1]


def new_gateway(
    order: NewGateway,
    tenant_id: str,
    router: HaRouter,
    downlink: HaInterface | None,
    uplink: HaInterface | None,
    interfaces: Mapping[UUID, HaInterface],
) -> Gateway:
    """Take the capacity of a gateway from (locked) objects; return it, all of them to be stored.

    Args:
        order: what is asked for.
        tenant_id: whose it is.
        router: where it is.
        downlink: the one that is named.
        uplink: the one that is named.
        interfaces: among which there is a downlink, if none is named.

    Raises:
        Conflict: there is not enough of something.
    """
    refuse_leaving(router)
    if router.available_gateways == 0:
        raise Conflict(
            "gateways_exhausted",
            # By its id alone: on an interface of his, the caller may not see the router.
            f"The HA router {router.pk} has all of its {router.maximum_gateways} gateways.",
        )
    if downlink is None:
        downlink = roomiest_downlink(router, interfaces)
    refuse_unusable(downlink)
    vlan_id = take_vlan(downlink, order.vlan_id)
    take_bandwidth(downlink, order.qos_type, order.bandwidth)
    uplink_vlan_id = None
    if uplink is not None:
        refuse_unusable(uplink)
        uplink_vlan_id = take_vlan(uplink, order.uplink_vlan_id)
    router.available_gateways -= 1
    return Gateway(
        tenant_id=tenant_id,
        name=order.name,
        description=order.description,
        service_type=order.service_type,
        ha_router=router,
        downlink_interface=downlink,
        vlan_id=vlan_id,
        uplink_interface=uplink,
        uplink_vlan_id=uplink_vlan_id,
        qos_type=order.qos_type,
        bandwidth=order.bandwidth,
        vrf_name=f"vrf_gw_{downlink.name}_{vlan_id}",
        confirm_by=confirmation_deadline(),
    )


def roomiest_downlink(router: HaRouter, interfaces: Mapping[UUID, HaInterface]) -> HaInterface:
    """Return a router's usable downlink with the most free VLANs; of several, the first by id.

    Raises:
        Conflict: `no_usable_downlink`.
    """
    downlinks = [
        each
        for each in interfaces.values()
        if each.ha_router_id == router.pk
        and each.link_type == LinkType.DOWNLINK
        and each.status in USABLE_STATUSES
        and each.admin_state_up
    ]
    if not downlinks:
        raise Conflict(
            "no_usable_downlink",
            f"The HA router {router.pk} has no downlink that is up, and ACTIVE or PENDING_UPDATE.",
        )
    return max(downlinks, key=lambda each: each.vlan_ids_available)


def allocations_of(gateway: Gateway) -> list[VlanAllocation]:
    """Return the unsaved allocations of a gateway's VLANs."""
    vlans = [(gateway.downlink_interface, gateway.vlan_id)]
    if gateway.uplink_interface is not None and gateway.uplink_vlan_id is not None:
        vlans.append((gateway.uplink_interface, gateway.uplink_vlan_id))
    return [
        VlanAllocation(ha_interface=interface, vlan_id=vlan_id, gateway=gateway)
        for interface, vlan_id in vlans
    ]


def moved_by(gateway: Gateway) -> list[ObjectName]:
    """Return the objects whose counters a gateway moves when it comes and when it goes."""
    interfaces = [gateway.downlink_interface_id]
    if gateway.uplink_interface_id is not None:
        interfaces.append(gateway.uplink_interface_id)
    return [
        ("ha_routers", gateway.ha_router_id),
        *(("ha_interfaces", interface_id) for interface_id in interfaces),
    ]
