"""Creates, updates and deletes HA interfaces."""

from typing import TypedDict, Unpack
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gatekeeper_site.access.caller import Caller, tenant_of_new, visible_to
from gatekeeper_site.audit.services import snapshot
from gatekeeper_site.core.refusals import Invalid, Precondition, no_precondition
from ha_app import vlan_pool
from ha_app.models import HaInterface, HaRouter, PhysicalInterfaceClaim
from ha_app.services.objects import (
    claim_devices,
    confirmation_deadline,
    lock_for_change,
    note_creation,
    note_update,
    refuse_leaving,
    set_maximum,
)


class HaInterfaceChanges(TypedDict, total=False):
    """What an update of an HA interface may change."""

    description: str
    maximum_ga_bandwidth: int
    maximum_be_bandwidth: int
    admin_state_up: bool


@transaction.atomic
def create_ha_interface(
    *,
    caller: Caller,
    ha_router_id: UUID,
    primary_interface_id: UUID,
    secondary_interface_id: UUID,
    link_type: str,
    tenant_id: str = "",
    name: str = "",
    description: str = "",
    restricted_vlans: str = "",
    maximum_ga_bandwidth: int = 0,
    maximum_be_bandwidth: int = 0,
    admin_state_up: bool = True,
) -> HaInterface:
    """Store an HA interface of two physical interfaces, with a pool of VLANs of its own.

    Args:
        caller: who creates it.
        ha_router_id: an HA router that he can see.
        primary_interface_id: a physical interface.
        secondary_interface_id: another one.
        link_type: one of `LinkType`.
        tenant_id: whose it is; "" for the caller's tenant.
        name: any text.
        description: any text.
        restricted_vlans: VLANs that are never handed out, as `vlan_pool.parse_ranges` reads them.
        maximum_ga_bandwidth: guaranteed bandwidth for its gateways, in Mbit/s.
        maximum_be_bandwidth: best-effort bandwidth for its gateways, in Mbit/s.
        admin_state_up: whether it takes new gateways.

    Raises:
        Forbidden: the tenant is not the caller's.
        Invalid: it would have no tenant, or there is no such HA router.
        Conflict: `physical_interface_taken`, `pending_delete`.
    """
    tenant_id = tenant_of_new(caller, tenant_id)
    routers = visible_to(caller, HaRouter.objects.select_for_update())
    router = routers.filter(pk=ha_router_id).first()
    if router is None:
        raise Invalid([("ha_router_id", f"There is no HA router {ha_router_id}.")])
    refuse_leaving(router)
    reserved_vlans = settings.HA_RESERVED_VLANS
    pool = vlan_pool.parse_ranges(reserved_vlans) | vlan_pool.parse_ranges(restricted_vlans)
    interface = HaInterface.objects.create(
        tenant_id=tenant_id,
        name=name,
        description=description,
        ha_router=router,
        primary_interface_id=primary_interface_id,
        secondary_interface_id=secondary_interface_id,
        link_type=link_type,
        restricted_vlans=restricted_vlans,
        reserved_vlans=reserved_vlans,
        vlan_ids_available=vlan_pool.count_free(pool),
        vlan_pool_state=vlan_pool.encode_base64(pool),
        maximum_ga_bandwidth=maximum_ga_bandwidth,
        available_ga_bandwidth=maximum_ga_bandwidth,
        maximum_be_bandwidth=maximum_be_bandwidth,
        available_be_bandwidth=maximum_be_bandwidth,
        admin_state_up=admin_state_up,
        confirm_by=confirmation_deadline(),
    )
    claim_devices(
        [
            PhysicalInterfaceClaim(device_id=device_id, ha_object=interface)
            for device_id in (primary_interface_id, secondary_interface_id)
        ],
        "physical_interface_taken",
    )
    note_creation(interface, caller)
    return interface


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
