"""Creates gateways: takes their capacity."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction

from gatekeeper_site.access.caller import Caller, tenant_of_new, visible_to
from gatekeeper_site.core import rows
from gatekeeper_site.core.constraints import violates_unique
from gatekeeper_site.core.refusals import Conflict, Invalid
from ha_app.models import Gateway, HaInterface, HaRouter, LinkType, VlanAllocation
from ha_app.services.gateways.at_once import create_at_once, is_simple
from ha_app.services.gateways.place import NewGateway, Place, interface_ids, look_up
from ha_app.services.objects import (
    ObjectName,
    confirmation_deadline,
    creation_rows,
    refuse_leaving,
)
from ha_app.services.orders import ALONE, Orders, at, for_each, in_list
from ha_app.services.pools import (
    CAPACITY_COLUMNS,
    USABLE_STATUSES,
    refuse_unusable,
    take_bandwidth,
    take_vlan,
)

LockedType = TypeVar("LockedType", HaRouter, HaInterface)

logger = logging.getLogger(__name__)


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
    named = look_up(orders, caller)
    if len(named) == 1 and is_simple(order := next(iter(orders.values()))):
        gateway = create_at_once(order, tenants[0], named[0], caller)
        if gateway is not None:
            return [gateway]
    try:
        with transaction.atomic():
            return store_gateways(orders, tenants, named, caller)
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
    orders: Orders[NewGateway], tenants: Iterable[str], named: Sequence[Place], caller: Caller
) -> list[Gateway]:
    """Take the capacity and store the gateways; what the orders name is looked up.

    Raises:
        Invalid: what is named was deleted since.
        Conflict: there is not enough of something; the transaction is to be rolled back.
    """
    routers = rows.locked(HaRouter, {each.router_id for each in named})
    interfaces = lock_interfaces(named, caller)
    gateways = []
    allocations: dict[str, list[VlanAllocation]] = {}
    for (place, order), tenant_id, on in zip(orders.items(), tenants, named, strict=True):
        with at(place):
            gateway = new_gateway(order, tenant_id, on, routers, interfaces)
        gateways.append(gateway)
        allocations[place] = allocations_of(gateway)
    moved = list(dict.fromkeys(chain.from_iterable(map(moved_by, gateways))))
    try:
        rows.write(
            [
                *gateways,
                *chain.from_iterable(allocations.values()),
                *creation_rows(gateways, caller, moved=moved),
            ],
            [
                (routers[object_id], ["available_gateways"])
                if plural == "ha_routers"
                else (interfaces[object_id], CAPACITY_COLUMNS)
                for plural, object_id in moved
            ],
        )
    except IntegrityError as error:
        if not violates_unique(error, VlanAllocation, "vlan_is_allocated_once"):
            raise
        raise PoolIsWrong(allocations) from error
    return gateways


def lock_interfaces(named: Sequence[Place], caller: Caller) -> dict[UUID, HaInterface]:
    """Lock the HA interfaces that gateways may be put on; return them by id, in that order.

    Those are the ones that are named and, where no downlink is, the usable ones of the (locked)
    router.
    """
    ids = {interface_id for each in named for interface_id in interface_ids(each)}
    if without_downlink := {each.router_id for each in named if each.downlink_id is None}:
        usable = HaInterface.objects.filter(
            ha_router__in=without_downlink,
            link_type=LinkType.DOWNLINK,
            status__in=USABLE_STATUSES,
            admin_state_up=True,
        )
        ids |= set(visible_to(caller, usable).values_list("pk", flat=True))
    return rows.locked(HaInterface, ids)


def new_gateway(
    order: NewGateway,
    tenant_id: str,
    place: Place,
    routers: Mapping[UUID, HaRouter],
    interfaces: Mapping[UUID, HaInterface],
) -> Gateway:
    """Take the capacity of a gateway from (locked) objects; return it, all of them to be stored.

    Args:
        order: what is asked for.
        tenant_id: whose it is.
        place: where it is to be.
        routers: the HA routers that there are.
        interfaces: the HA interfaces that there are: if no downlink is named, also the usable ones.

    Raises:
        Invalid: what is named was deleted since it was looked up.
        Conflict: there is not enough of something.
    """
    router = still_there(routers, "ha_router_id", place.router_id)
    refuse_leaving(router)
    if router.available_gateways == 0:
        raise Conflict(
            "gateways_exhausted",
            # By its id alone: on an interface of his, the caller may not see the router.
            f"The HA router {router.pk} has all of its {router.maximum_gateways} gateways.",
        )
    if place.downlink_id is None:
        downlink = roomiest_downlink(router, interfaces)
    else:
        downlink = still_there(interfaces, "downlink_interface_id", place.downlink_id)
    uplink = None
    if place.uplink_id is not None:
        uplink = still_there(interfaces, "uplink_interface_id", place.uplink_id)
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


def still_there(found: Mapping[UUID, LockedType], field: str, object_id: UUID) -> LockedType:
    """Return a locked object.

    Raises:
        Invalid: it was deleted since it was looked up.
    """
    if object_id not in found:
        raise Invalid([(field, f"{object_id} was deleted in this moment.")])
    return found[object_id]


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
