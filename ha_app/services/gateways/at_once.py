"""Creates a gateway by one statement, on PostgreSQL: its locks are held for no answer of ours.

That is for what is asked for most: one gateway on a named downlink, with the lowest free VLAN and
no bandwidth of its own. Where anything is in the way, the statement writes nothing, and the
ordinary way (create.py) says what it is.
"""

from contextlib import nullcontext
from functools import cache
from typing import Any

from django.db import IntegrityError, connection, transaction

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.core import rows
from gatekeeper_site.core.lookups import look_up
from ha_app.models import Gateway, HaInterface, HaRouter, VlanAllocation
from ha_app.services.gateways.place import NewGateway, Place, interface_ids
from ha_app.services.objects import confirmation_deadline, creation_rows
from ha_app.services.pools import USABLE_STATUSES

# The bit of VLAN n in PostgreSQL's count, which begins with each byte's lowest: see vlan_pool.py.
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
    SELECT downlink.*, (
        SELECT min(number) FROM generate_series(0, 511) AS number
        WHERE get_byte(taken, number) <> 255
    ) AS byte
    FROM downlink
), free AS MATERIALIZED (
    SELECT place.*, byte * 8 + (
        SELECT min(number) FROM generate_series(0, 7) AS number
        WHERE get_bit(taken, byte * 8 + 7 - number) = 0
    ) AS vlan
    FROM place WHERE byte IS NOT NULL
), chosen AS MATERIALIZED (
    SELECT id, name, vlan, 'vrf_gw_' || name || '_' || vlan AS vrf_name,
        translate(
            encode(set_bit(taken, byte * 8 + 7 - vlan %% 8, 1), 'base64'), E'\\n', ''
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
    text = chosen()
    parameters: list[Any] = [place.router_id, downlink_id, list(USABLE_STATUSES), place.router_id]
    for number, row in enumerate(written):
        insertion, values = rows.insertion_from(row, "chosen", COMPUTED.get(type(row).__name__, {}))
        text += f", written_{number} AS ({insertion})"
        parameters += values
    try:
        # A statement by itself is a transaction.
        with transaction.atomic() if connection.in_atomic_block else nullcontext():
            found = look_up(f"{text} SELECT vlan, vrf_name FROM chosen", parameters)  # noqa: S608
    except IntegrityError:
        # A pool has as free what is allocated, or something was deleted in this moment.
        return None
    if found is None:
        return None
    gateway.vlan_id, gateway.vrf_name = found
    gateway._state.adding = False
    return gateway


@cache
def chosen() -> str:
    """Return what locks the router and the downlink, and takes its lowest free VLAN."""
    tables = {"routers": HaRouter, "interfaces": HaInterface}
    return CHOSEN.format(
        **{name: rows.quoted(model._meta.db_table) for name, model in tables.items()}
    ).rstrip()
