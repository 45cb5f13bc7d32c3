"""How rows of `values()` are printed: exactly the members of gohan's objects, in its order."""

from typing import Any
from uuid import UUID

Row = dict[str, Any]

HA_ROUTER_FIELDS = (
    "available_gateways",
    "description",
    "id",
    "maximum_gateways",
    "name",
    "primary_router_id",
    "secondary_router_id",
    "status",
    "tenant_id",
)
HA_INTERFACE_FIELDS = (
    "admin_state_up",
    "available_be_bandwidth",
    "available_ga_bandwidth",
    "description",
    "gateway_instances_count",
    "ha_router_id",
    "id",
    "link_type",
    "maximum_be_bandwidth",
    "maximum_ga_bandwidth",
    "name",
    "primary_interface_id",
    "restricted_vlans",
    "secondary_interface_id",
    "status",
    "tenant_id",
    "vlan_ids_available",
    "vlan_pool_state",
)
GATEWAY_FIELDS = (
    "id",
    "name",
    "description",
    "status",
    "tenant_id",
    "service_type",
    "ha_router_id",
    "downlink_interface_id",
    "vlan_id",
    "uplink_interface_id",
    "uplink_vlan_id",
    "qos_type",
    "bandwidth",
    "vrf_name",
)


def ha_router(row: Row) -> Row:
    """Print an HA router."""
    return printed(row, HA_ROUTER_FIELDS)


def ha_interface(row: Row) -> Row:
    """Print an HA interface."""
    return printed(row, HA_INTERFACE_FIELDS)


def gateway(row: Row) -> Row:
    """Print a gateway."""
    return printed(row, GATEWAY_FIELDS)


def printed(row: Row, fields: tuple[str, ...]) -> Row:
    """Return the fields of a row as JSON has them."""
    return {name: str(value) if isinstance(value := row[name], UUID) else value for name in fields}
