"""Creates, updates and deletes HA interfaces."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gatekeeper_site.access.caller import Caller, tenant_of_new, visible_to
from gatekeeper_site.audit.services import snapshot
from gatekeeper_site.core import rows
from gatekeeper_site.core.refusals import Invalid, Precondition, no_precondition
from ha_app import vlan_pool
from ha_app.models import HaInterface, HaRouter, PhysicalInterfaceClaim
from ha_app.services.claims import claim_devices
from ha_app.services.objects import (
    confirmation_deadline,
    creation_rows,
    lock_for_change,
    note_update,
    refuse_leaving,
    set_maximum,
)
from ha_app.services.orders import ALONE, Orders, at, for_each, in_list


class HaInterfaceChanges(TypedDict, total=False):
    """What an update of an HA interface may change."""

    description: str
    maximum_ga_bandwidth: int
    maximum_be_bandwidth: int
    admin_state_up: bool


@dataclass(frozen=True, kw_only=True)
class NewHaInterface:
    """What a caller asks for: an HA interface of two physical ones, with a VLAN pool of its own."""

    ha_router_id: UUID
    primary_interface_id: UUID
    secondary_interface_id: UUID
    link_type: str
    # "" for the caller's tenant.
    tenant_id: str = ""
    name: str = ""
    description: str = ""
    # What is never handed out, as `vlan_pool.parse_ranges` reads it.
    restricted_vlans: str = ""
    # For its gateways, in Mbit/s: guaranteed, and best effort.
    maximum_ga_bandwidth: int = 0
    maximum_be_bandwidth: int = 0
    # Whether it takes new gateways.
    admin_state_up: bool = True


def create_ha_interface(*, order: NewHaInterface, caller: Caller) -> HaInterface:
    """Store an HA interface of two physical interfaces, with a pool of VLANs of its own.

    Args:
        order: what is asked for.
        caller: who creates it, on an HA router that he can see.

    Raises:
        Forbidden: the tenant is not the caller's.
        Invalid: it would have no tenant, or there is no such HA router.
        Conflict: `physical_interface_taken`, `pending_delete`.
    """
    return take_orders({ALONE: order}, caller)[0]


def create_ha_interfaces(*, orders: Sequence[NewHaInterface], caller: Caller) -> list[HaInterface]:
    """Store HA interfaces as `create_ha_interface` does, all or none."""
    return take_orders(in_list("ha_interfaces", orders), caller)


@transaction.atomic
def take_orders(orders: Orders[NewHaInterface], caller: Caller) -> list[HaInterface]:
    """Store the HA interfaces of orders, all or none.

    Raises:
        Forbidden, Invalid, Conflict: as `create_ha_interface` does.
    """
    tenants = for_each(orders, lambda order: tenant_of_new(caller, order.tenant_id))
    ids = {order.ha_router_id for order in orders.values()}
    visible = visible_to(caller, HaRouter.objects.filter(pk__in=ids))
    routers = {row.pk: row for row in visible.select_for_update().order_by("pk")}
    named = for_each(orders, lambda order: router_of(order, routers))
    interfaces = [
        new_ha_interface(order, tenant_id, router)
        for order, tenant_id, router in zip(orders.values(), tenants, named, strict=True)
    ]
    for place, router in zip(orders, named, strict=True):
        with at(place):
            refuse_leaving(router)
    claims = {
        place: [
            PhysicalInterfaceClaim(device_id=device_id, ha_object=interface)
            for device_id in (interface.primary_interface_id, interface.secondary_interface_id)
        ]
        for place, interface in zip(orders, interfaces, strict=True)
    }
    claim_devices(claims, "physical_interface_taken")
    rows.write([*interfaces, *creation_rows(interfaces, caller)])
    return interfaces


def router_of(order: NewHaInterface, routers: Mapping[UUID, HaRouter]) -> HaRouter:
    """Return the (locked) HA router that an order names.

    Raises:
        Invalid: there is none.
    """
    router = routers.get(order.ha_router_id)
    if router is None:
        raise Invalid([no_ha_router(order.ha_router_id)])
    return router


def unknown_ha_router(router_id: UUID, caller: Caller) -> list[tuple[str, str]]:
    """Return the fault of an order that names an HA router, if there is none for its caller."""
    is_there = visible_to(caller, HaRouter.objects.filter(pk=router_id)).exists()
    return [] if is_there else [no_ha_router(router_id)]


def no_ha_router(router_id: UUID) -> tuple[str, str]:
    """Return the fault of an order for an HA router that its caller cannot see."""
    return "ha_router_id", f"There is no HA router {router_id}."


def new_ha_interface(order: NewHaInterface, tenant_id: str, router: HaRouter) -> HaInterface:
    """Return the unsaved HA interface of an order."""
    reserved_vlans = settings.HA_RESERVED_VLANS
    pool = vlan_pool.parse_ranges(reserved_vlans) | vlan_pool.parse_ranges(order.restricted_vlans)
    return HaInterface(
        tenant_id=tenant_id,
        name=order.name,
        description=order.description,
        ha_router=router,
        primary_interface_id=order.primary_interface_id,
        secondary_interface_id=order.secondary_interface_id,
        link_type=order.link_type,
        restricted_vlans=order.restricted_vlans,
        reserved_vlans=reserved_vlans,
        vlan_ids_available=vlan_pool.count_free(pool),
        vlan_pool_state=vlan_pool.encode_base64(pool),
        maximum_ga_bandwidth=order.maximum_ga_bandwidth,
        available_ga_bandwidth=order.maximum_ga_bandwidth,
        maximum_be_bandwidth=order.maximum_be_bandwidth,
        available_be_bandwidth=order.maximum_be_bandwidth,
        admin_state_up=order.admin_state_up,
        confirm_by=confirmation_deadline(),
    )


@transaction.atomic
def update_ha_interface(
    *,
    ha_object: HaInterface,
    caller: Caller,
    precondition: Precondition = no_precondition,
    **changes: Unpack[HaInterfaceChanges],
) -> HaInterface:
    """Change the given fields of an HA interface.

    Raises:
        HaInterface.DoesNotExist: it is gone.
        Conflict: `pending_delete`, `below_use`.
    """
    interface = lock_for_change(HaInterface, ha_object.pk, precondition)
    before = snapshot(interface)
    if "maximum_ga_bandwidth" in changes:
        set_maximum(interface, "ga_bandwidth", changes["maximum_ga_bandwidth"])
    if "maximum_be_bandwidth" in changes:
        set_maximum(interface, "be_bandwidth", changes["maximum_be_bandwidth"])
    interface.description = changes.get("description", interface.description)
    interface.admin_state_up = changes.get("admin_state_up", interface.admin_state_up)
    note_update(interface, caller, changes, before=before)
    interface.save()
    return interface
