from typing import Literal

ListGatewaysSortKey = Literal[
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

LIST_GATEWAYS_SORT_KEY_VALUES: set[ListGatewaysSortKey] = {
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


def check_list_gateways_sort_key(value: str) -> ListGatewaysSortKey:
    if value in LIST_GATEWAYS_SORT_KEY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_GATEWAYS_SORT_KEY_VALUES!r}"
    )
