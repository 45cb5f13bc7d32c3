"""Creates, updates and deletes gateways: what takes capacity, and what gives it back."""

import logging
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from gatekeeper_site.access.caller import Caller, tenant_of_new, visible_to
from gatekeeper_site.audit.services import snapshot
from gatekeeper_site.core.constraints import violates_unique
from gatekeeper_site.core.refusals import Conflict, Invalid, Precondition, no_precondition
from ha_app.models import Gateway, HaInterface, HaRouter, LinkType, VlanAllocation
from ha_app.services.objects import (
    ObjectName,
    confirmation_deadline,
    lock_for_change,
    note_creation,
    note_update,
    refuse_leaving,
)
from ha_app.services.pools import (
    USABLE_STATUSES,
    give_bandwidth,
    give_vlan,
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


class GatewayChanges(TypedDict, total=False):
    """What an update of a gateway may change."""

    name: str
    description: str
    qos_type: str | None
    bandwidth: int


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
    tenant_id = tenant_of_new(caller, order.tenant_id)
    router_id = checked_router_id(order, caller)
    try:
        with transaction.atomic():
            return store_gateway(order, tenant_id, router_id, caller)
    except IntegrityError as error:
        if not violates_unique(error, VlanAllocation, "vlan_is_allocated_once"):
            raise
        # The allocations know better than the bitmap, which must have been tampered with.
        logger.exception("a VLAN pool of HA router %s is wrong", router_id)
        raise Conflict(
            "vlan_taken",
            "The VLAN is allocated, though the pool says otherwise: check_vlan_pools tells more.",
        ) from error


def checked_router_id(order: NewGateway, caller: Caller) -> UUID:
    """Return the HA router that a gateway is to be on.

    What is checked here never changes while the interface exists, so that no lock is needed.

    Raises:
        Invalid: an HA router or HA interface is unknown, or they do not fit together.
    """
    faults: list[tuple[str, str]] = []
    wanted = {
        "downlink_interface_id": (order.downlink_interface_id, LinkType.DOWNLINK),
        "uplink_interface_id": (order.uplink_interface_id, LinkType.UPLINK),
    }
    ids = [interface_id for interface_id, _ in wanted.values() if interface_id is not None]
    found = visible_to(caller, HaInterface.objects.filter(pk__in=ids)).in_bulk() if ids else {}
    router_id = order.ha_router_id
    if router_id is None:
        # The downlink, which is looked at first, tells which router it is.
        router_id = next((found[each].ha_router_id for each in ids if each in found), None)
    elif not visible_to(caller, HaRouter.objects.filter(pk=router_id)).exists():
        faults.append(("ha_router_id", f"There is no HA router {router_id}."))
        router_id = None
    for field, (interface_id, link_type) in wanted.items():
        if interface_id is None:
            continue
        interface = found.get(interface_id)
        if interface is None:
            faults.append((field, f"There is no HA interface {interface_id}."))
        elif interface.link_type != link_type:
            faults.append((field, f"The HA interface {interface_id} is no {link_type}."))
        elif router_id is not None and interface.ha_router_id != router_id:
            faults.append((field, f"The HA interface {interface_id} is another HA router's."))
    if not faults and router_id is None:
        faults.append(("ha_router_id", "Required, as no interface is named."))
    if faults or router_id is None:
        raise Invalid(faults)
    return router_id


def store_gateway(order: NewGateway, tenant_id: str, router_id: UUID, caller: Caller) -> Gateway:
    """Take the capacity and store the gateway; the order's references are checked.

    Raises:
        Conflict: there is not enough of something; the transaction is to be rolled back.
    """
    router = HaRouter.objects.select_for_update().filter(pk=router_id).first()
    if router is None:
        raise Invalid([("ha_router_id", f"The HA router {router_id} was deleted in this moment.")])
    refuse_leaving(router)
    if router.available_gateways == 0:
        raise Conflict(
            "gateways_exhausted",
            # By its id alone: on an interface of his, the caller may not see the router.
            f"The HA router {router.pk} has all of its {router.maximum_gateways} gateways.",
        )
    downlink, uplink = lock_interfaces(order, router, caller)
    refuse_unusable(downlink)
    vlan_id = take_vlan(downlink, order.vlan_id)
    take_bandwidth(downlink, order.qos_type, order.bandwidth)
    gateway = Gateway(
        tenant_id=tenant_id,
        name=order.name,
        description=order.description,
        service_type=order.service_type,
        ha_router=router,
        downlink_interface=downlink,
        vlan_id=vlan_id,
        uplink_interface=uplink,
        qos_type=order.qos_type,
        bandwidth=order.bandwidth,
        vrf_name=f"vrf_gw_{downlink.name}_{vlan_id}",
        confirm_by=confirmation_deadline(),
    )
    allocations = [VlanAllocation(ha_interface=downlink, vlan_id=vlan_id, gateway=gateway)]
    if uplink is not None:
        refuse_unusable(uplink)
        gateway.uplink_vlan_id = take_vlan(uplink, order.uplink_vlan_id)
        allocations.append(
            VlanAllocation(ha_interface=uplink, vlan_id=gateway.uplink_vlan_id, gateway=gateway)
        )
        save_capacity(uplink)
    gateway.save(force_insert=True)
    VlanAllocation.objects.bulk_create(allocations)
    router.available_gateways -= 1
    router.save(update_fields=["available_gateways"])
    save_capacity(downlink)
    note_creation(gateway, caller, moved=moved_by(gateway))
    return gateway


def lock_interfaces(
    order: NewGateway, router: HaRouter, caller: Caller
) -> tuple[HaInterface, HaInterface | None]:
    """Return the downlink and the uplink of a new gateway, locked by id.

    Raises:
        Invalid: one of them was deleted since it was looked up.
        Conflict: `no_usable_downlink`.
    """
    named = [order.downlink_interface_id, order.uplink_interface_id]
    wanted = Q(pk__in=[interface_id for interface_id in named if interface_id is not None])
    if order.downlink_interface_id is None:
        wanted |= Q(link_type=LinkType.DOWNLINK, status__in=USABLE_STATUSES, admin_state_up=True)
    visible = visible_to(caller, HaInterface.objects.select_for_update())
    locked = {row.pk: row for row in visible.filter(wanted, ha_router=router).order_by("pk")}
    if order.downlink_interface_id is None:
        downlinks = [row for row in locked.values() if row.link_type == LinkType.DOWNLINK]
        if not downlinks:
            raise Conflict(
                "no_usable_downlink",
                f"The HA router {router.pk} has no downlink that is up, and ACTIVE or "
                "PENDING_UPDATE.",
            )
        # Of several with as many, the first by id.
        downlink = max(downlinks, key=lambda row: row.vlan_ids_available)
    else:
        downlink = named_interface(locked, "downlink_interface_id", order.downlink_interface_id)
    if order.uplink_interface_id is None:
        return downlink, None
    return downlink, named_interface(locked, "uplink_interface_id", order.uplink_interface_id)


def named_interface(locked: dict[UUID, HaInterface], field: str, interface_id: UUID) -> HaInterface:
    """Return a locked interface.

    Raises:
        Invalid: it was deleted since it was looked up.
    """
    if interface_id not in locked:
        message = f"The HA interface {interface_id} was deleted in this moment."
        raise Invalid([(field, message)])
    return locked[interface_id]


@transaction.atomic
def update_gateway(
    *,
    ha_object: Gateway,
    caller: Caller,
    precondition: Precondition = no_precondition,
    **changes: Unpack[GatewayChanges],
) -> Gateway:
    """Change the given fields of a gateway, and the bandwidth that its downlink has left.

    Raises:
        Gateway.DoesNotExist: it is gone.
        Invalid: a bandwidth without a QoS type, or the other way round.
        Conflict: `pending_delete`, `bandwidth_exhausted`.
    """
    if "qos_type" in changes or "bandwidth" in changes:
        interfaces = lock_by_id([ha_object.downlink_interface_id])
        gateway = lock_for_change(Gateway, ha_object.pk, precondition)
        before = snapshot(gateway)
        downlink = interfaces[gateway.downlink_interface_id]
        give_bandwidth(downlink, gateway.qos_type, gateway.bandwidth)
        gateway.qos_type, gateway.bandwidth = changed_bandwidth(gateway, changes)
        take_bandwidth(downlink, gateway.qos_type, gateway.bandwidth)
        save_capacity(downlink)
        moved = [("ha_interfaces", downlink.pk)]
    else:
        moved = []
        gateway = lock_for_change(Gateway, ha_object.pk, precondition)
        before = snapshot(gateway)
    gateway.name = changes.get("name", gateway.name)
    gateway.description = changes.get("description", gateway.description)
    note_update(gateway, caller, changes, before=before, moved=moved)
    gateway.save()
    return gateway


def changed_bandwidth(gateway: Gateway, changes: GatewayChanges) -> tuple[str | None, int]:
    """Return the QoS type and the bandwidth that a gateway has after an update.

    Without a QoS type there is no bandwidth: it goes with it, and is to be given with a new one.

    Raises:
        Invalid: one is given without the other.
    """
    qos_type = changes.get("qos_type", gateway.qos_type)
    if qos_type is None:
        if changes.get("bandwidth", 0):
            raise Invalid([("bandwidth", "Not taken without a qos_type.")])
        return None, 0
    if gateway.qos_type is None and "bandwidth" not in changes:
        raise Invalid([("bandwidth", "Required with qos_type.")])
    return qos_type, changes.get("bandwidth", gateway.bandwidth)


def moved_by(gateway: Gateway) -> list[ObjectName]:
    """Return the objects whose counters a gateway moves when it comes and when it goes."""
    interfaces = [gateway.downlink_interface_id]
    if gateway.uplink_interface_id is not None:
        interfaces.append(gateway.uplink_interface_id)
    return [
        ("ha_routers", gateway.ha_router_id),
        *(("ha_interfaces", interface_id) for interface_id in interfaces),
    ]


def lock_gateway(gateway: Gateway) -> tuple[Gateway, dict[UUID, HaInterface]]:
    """Lock a gateway's router and interfaces, then itself; return it and its interfaces.

    None of them changes during its life, and none can go before it.

    Raises:
        Gateway.DoesNotExist: it is gone.
    """
    HaRouter.objects.select_for_update().filter(pk=gateway.ha_router_id).first()
    interfaces = lock_by_id([gateway.downlink_interface_id, gateway.uplink_interface_id])
    return Gateway.objects.select_for_update().get(pk=gateway.pk), interfaces


def lock_by_id(interface_ids: list[UUID | None]) -> dict[UUID, HaInterface]:
    """Lock HA interfaces in the order of their ids; return those that are there."""
    interfaces = HaInterface.objects.select_for_update().filter(
        pk__in=[interface_id for interface_id in interface_ids if interface_id is not None]
    )
    return {interface.pk: interface for interface in interfaces.order_by("pk")}


def release_gateway(gateway: Gateway, interfaces: dict[UUID, HaInterface]) -> None:
    """Remove a (locked) gateway and give back exactly what it took."""
    downlink = interfaces[gateway.downlink_interface_id]
    give_vlan(downlink, gateway.vlan_id)
    give_bandwidth(downlink, gateway.qos_type, gateway.bandwidth)
    save_capacity(downlink)
    if gateway.uplink_interface_id is not None and gateway.uplink_vlan_id is not None:
        uplink = interfaces[gateway.uplink_interface_id]
        give_vlan(uplink, gateway.uplink_vlan_id)
        save_capacity(uplink)
    HaRouter.objects.filter(pk=gateway.ha_router_id).update(
        available_gateways=F("available_gateways") + 1
    )
    gateway.delete()
