from typing import Literal

ListGatewaysOrdering = Literal[
    "-bandwidth",
    "-created_at",
    "-description",
    "-downlink_interface_id",
    "-ha_router_id",
    "-id",
    "-name",
    "-qos_type",
    "-service_type",
    "-status",
    "-tenant_id",
    "-uplink_interface_id",
    "-uplink_vlan_id",
    "-vlan_id",
    "-vrf_name",
    "bandwidth",
    "created_at",
    "description",
    "downlink_interface_id",
    "ha_router_id",
    "id",
    "name",
    "qos_type",
    "service_type",
    "status",
    "tenant_id",
    "uplink_interface_id",
    "uplink_vlan_id",
    "vlan_id",
    "vrf_name",
]

LIST_GATEWAYS_ORDERING_VALUES: set[ListGatewaysOrdering] = {
    "-bandwidth",
    "-created_at",
    "-description",
    "-downlink_interface_id",
    "-ha_router_id",
    "-id",
    "-name",
    "-qos_type",
    "-service_type",
    "-status",
    "-tenant_id",
    "-uplink_interface_id",
    "-uplink_vlan_id",
    "-vlan_id",
    "-vrf_name",
    "bandwidth",
    "created_at",
    "description",
    "downlink_interface_id",
    "ha_router_id",
    "id",
    "name",
    "qos_type",
    "service_type",
    "status",
    "tenant_id",
    "uplink_interface_id",
    "uplink_vlan_id",
    "vlan_id",
    "vrf_name",
}


def check_list_gateways_ordering(value: str) -> ListGatewaysOrdering:
    if value in LIST_GATEWAYS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_GATEWAYS_ORDERING_VALUES!r}"
    )
