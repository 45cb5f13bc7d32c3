"""Changes gateways, and gives back what those took that go."""

from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction
from django.db.models import F

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.audit.services import snapshot
from gatekeeper_site.core.refusals import Invalid, Precondition, no_precondition
from ha_app.models import Gateway, HaInterface, HaRouter
from ha_app.services.objects import lock_for_change, note_update
from ha_app.services.pools import give_bandwidth, give_vlan, save_capacity, take_bandwidth


class GatewayChanges(TypedDict, total=False):
    """What an update of a gateway may change."""

    name: str
    description: str
    qos_type: str | None
    bandwidth: int


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
