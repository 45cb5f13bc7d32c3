from typing import Literal

ListHaRoutersOrdering = Literal[
    "-available_gateways",
    "-created_at",
    "-description",
    "-id",
    "-maximum_gateways",
    "-name",
    "-primary_router_id",
    "-secondary_router_id",
    "-status",
    "-tenant_id",
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

LIST_HA_ROUTERS_ORDERING_VALUES: set[ListHaRoutersOrdering] = {
    "-available_gateways",
    "-created_at",
    "-description",
    "-id",
    "-maximum_gateways",
    "-name",
    "-primary_router_id",
    "-secondary_router_id",
    "-status",
    "-tenant_id",
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


def check_list_ha_routers_ordering(value: str) -> ListHaRoutersOrdering:
    if value in LIST_HA_ROUTERS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HA_ROUTERS_ORDERING_VALUES!r}"
    )
