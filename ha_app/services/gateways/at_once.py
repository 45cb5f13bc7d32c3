"""Creates a gateway by one statement, on PostgreSQL: its locks are held for no answer of ours.

That is for what is asked for most: one gateway on a named downlink, with the lowest free VLAN and
no bandwidth of its own. Where anything is in the way, the statement writes nothing, and the
ordinary way (create.py) says what it is.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection

from gatekeeper_site.access.caller import Caller, sees, tenant_of_new
from gatekeeper_site.core import rows
from gatekeeper_site.core.creation import Creation, Writing
from gatekeeper_site.core.lookups import write_at_once
from ha_app.models import Gateway, HaInterface, HaRouter, VlanAllocation
from ha_app.services.gateways.place import (
    INTERFACE_COLUMNS,
    ROUTER_COLUMNS,
    NamedInterface,
    NewGateway,
    Place,
    interface_ids,
    place_of,
)
from ha_app.services.objects import confirmation_deadline, creation_rows
from ha_app.services.pools import USABLE_STATUSES

# The pool is looked through as hexadecimal digits of four VLANs each, the lowest first; of `f` all
# are taken. The bit of VLAN n in PostgreSQL's count begins with each byte's lowest (vlan_pool.py).
# A row that had to be waited for is locked, and read, as it is then.
CHOSEN = """
WITH router AS MATERIALIZED (
    SELECT id FROM {routers}
    WHERE id = %s AND available_gateways > 0 AND NOT marked_for_deletion
    FOR UPDATE
), downlink AS MATERIALIZED (
    SELECT interface.id, interface.name, decode(interface.vlan_pool_state, 'base64') AS taken
    FROM {interfaces} AS interface JOIN router ON router.id = interface.ha_router_id
    WHERE interface.id = %s AND interface.admin_state_up AND interface.status = ANY(%s)
    FOR UPDATE OF interface
), place AS MATERIALIZED (
    SELECT downlink.*, ltrim(encode(taken, 'hex'), 'f') AS left_over FROM downlink
), free AS MATERIALIZED (
    SELECT place.*, (length(taken) * 2 - length(left_over)) * 4 + CASE
        WHEN left_over < '8' COLLATE "C" THEN 0
        WHEN left_over < 'c' COLLATE "C" THEN 1
        WHEN left_over < 'e' COLLATE "C" THEN 2
        ELSE 3
    END AS vlan
    FROM place WHERE left_over <> ''
), chosen AS MATERIALIZED (
    SELECT id, name, vlan, 'vrf_gw_' || name || '_' || vlan AS vrf_name,
        translate(
            encode(set_bit(taken, vlan / 8 * 8 + 7 - vlan %% 8, 1), 'base64'), E'\\n', ''
        ) AS pool
    FROM free
), counted_router AS (
    UPDATE {routers} AS router SET available_gateways = router.available_gateways - 1
    FROM chosen WHERE router.id = %s
), counted_interface AS (
    UPDATE {interfaces} AS interface SET
        vlan_pool_state = chosen.pool,
        vlan_ids_available = interface.vlan_ids_available - 1,
        gateway_instances_count = interface.gateway_instances_count + 1
    FROM chosen WHERE interface.id = chosen.id
)
"""
# What of the rows that are written only the database knows, by model and column.
COMPUTED: dict[str, dict[str, str]] = {
    "Gateway": {"vlan_id": "chosen.vlan", "vrf_name": "chosen.vrf_name"},
    "VlanAllocation": {"vlan_id": "chosen.vlan"},
    "AuditEntry": {
        "changes": "%s::jsonb || jsonb_build_object('vlan_id', jsonb_build_array(NULL, "
        "chosen.vlan), 'vrf_name', jsonb_build_array(NULL, chosen.vrf_name))"
    },
}


def is_simple(order: NewGateway) -> bool:
    """Tell whether an order is one of those that are taken here."""
    return (
        connection.vendor == "postgresql"
        and order.downlink_interface_id is not None
        and order.vlan_id is None
        and order.uplink_interface_id is None
        and order.uplink_vlan_id is None
        and order.qos_type is None
    )


def create_at_once(
    order: NewGateway, tenant_id: str, place: Place, caller: Caller
) -> Gateway | None:
    """Store the gateway of a simple order with all that goes with it; None if that cannot be.

    Args:
        order: what is asked for.
        tenant_id: whose it is.
        place: where it is to be.
        caller: who creates it.
    """
    writing = gateway_at(order, tenant_id, place, caller)
    try:
        row = write_at_once(writing.statement)
    except IntegrityError:
        # A pool has as free what is allocated, or something was deleted in this moment.
        return None
    return None if row is None else writing.stored(row)


def gateway_at(order: NewGateway, tenant_id: str, place: Place, caller: Caller) -> Writing[Gateway]:
    """Return the gateway of a simple order, and what stores it with all that goes with it."""
    [downlink_id] = interface_ids(place)
    gateway = Gateway(
        tenant_id=tenant_id,
        name=order.name,
        description=order.description,
        service_type=order.service_type,
        ha_router_id=place.router_id,
        downlink_interface_id=downlink_id,
        bandwidth=order.bandwidth,
        confirm_by=confirmation_deadline(),
    )
    moved = [("ha_routers", place.router_id), ("ha_interfaces", downlink_id)]
    allocation = VlanAllocation(ha_interface_id=downlink_id, gateway=gateway)
    written = [gateway, allocation, *creation_rows([gateway], caller, moved=moved)]
    text, values = rows.insertions_from("chosen", written, COMPUTED)
    where = [place.router_id, downlink_id, list(USABLE_STATUSES), place.router_id]

    def stored(row: Sequence[Any]) -> Gateway:
        gateway.vlan_id, gateway.vrf_name = row
        return gateway

    return Writing(
        queries=f"{chosen()}{text}",
        parameters=[*where, *values],
        columns="vlan, vrf_name",
        source="chosen",
        key=f"gateways on {downlink_id}",
        stored=stored,
    )


def take_at_once(
    order: NewGateway, known: Sequence[Sequence[Any] | None], caller: Caller, began_at: datetime
) -> Callable[[], Writing[Gateway]]:
    """Return what makes the gateway of a simple order, and what stores it.

    Args:
        order: what is asked for.
        known: the columns of its downlink and of its HA router, as CREATION names them.
        caller: who creates it; what he cannot see is unknown to him.
        began_at: is not kept of a gateway.

    Raises:
        Forbidden: the tenant is not the caller's.
        Invalid: it would have no tenant, or names what there is not or does not fit.
    """
    tenant_id = tenant_of_new(caller, order.tenant_id)
    downlink, router = known
    interfaces = {}
    if downlink is not None and order.downlink_interface_id is not None:
        own_tenant, router_id, link_type = downlink
        if sees(caller, own_tenant):
            named = NamedInterface(own_tenant, UUID(router_id), link_type)
            interfaces[order.downlink_interface_id] = named
    routers = set()
    if router is not None and order.ha_router_id is not None and sees(caller, router[0]):
        routers.add(order.ha_router_id)
    return partial(gateway_at, order, tenant_id, place_of(order, routers, interfaces), caller)


# How a simple order is taken by one statement that looks up what it names, and one that writes.
CREATION = Creation(
    named=((HaInterface, INTERFACE_COLUMNS), (HaRouter, ROUTER_COLUMNS)),
    ids=lambda order: (
        [order.downlink_interface_id, order.ha_router_id] if is_simple(order) else None
    ),
    take=take_at_once,
)


@cache
def chosen() -> str:
    """Return what locks the router and the downlink, and takes its lowest free VLAN."""
    tables = {"routers": HaRouter, "interfaces": HaInterface}
    return CHOSEN.format(
        **{name: rows.quoted(model._meta.db_table) for name, model in tables.items()}
    ).rstrip()
