from typing import Literal

ListHaRoutersSortKey = Literal[
    "available_gateways",
    "created_at",
    "description",
    "id",
    "maximum_gateways",
    "name",
    "primary_router_id",
    "secondary_router_id",
    "status",
    "tenant_id",
]

LIST_HA_ROUTERS_SORT_KEY_VALUES: set[ListHaRoutersSortKey] = {
    "available_gateways",
    "created_at",
    "description",
    "id",
    "maximum_gateways",
    "name",
    "primary_router_id",
    "secondary_router_id",
    "status",
    "tenant_id",
}


def check_list_ha_routers_sort_key(value: str) -> ListHaRoutersSortKey:
    if value in LIST_HA_ROUTERS_SORT_KEY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HA_ROUTERS_SORT_KEY_VALUES!r}"
    )
