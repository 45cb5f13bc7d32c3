from typing import Literal

ListHaInterfacesSortKey = Literal[
    "admin_state_up",
    "available_be_bandwidth",
    "available_ga_bandwidth",
    "created_at",
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
]

LIST_HA_INTERFACES_SORT_KEY_VALUES: set[ListHaInterfacesSortKey] = {
    "admin_state_up",
    "available_be_bandwidth",
    "available_ga_bandwidth",
    "created_at",
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
}


def check_list_ha_interfaces_sort_key(value: str) -> ListHaInterfacesSortKey:
    if value in LIST_HA_INTERFACES_SORT_KEY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HA_INTERFACES_SORT_KEY_VALUES!r}"
    )
