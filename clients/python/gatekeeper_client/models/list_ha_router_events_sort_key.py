from typing import Literal

ListHaRouterEventsSortKey = Literal["at"]

LIST_HA_ROUTER_EVENTS_SORT_KEY_VALUES: set[ListHaRouterEventsSortKey] = {
    "at",
}


def check_list_ha_router_events_sort_key(value: str) -> ListHaRouterEventsSortKey:
    if value in LIST_HA_ROUTER_EVENTS_SORT_KEY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HA_ROUTER_EVENTS_SORT_KEY_VALUES!r}"
    )
