from typing import Literal

ListHaRouterEventsOrdering = Literal["-at", "at"]

LIST_HA_ROUTER_EVENTS_ORDERING_VALUES: set[ListHaRouterEventsOrdering] = {
    "-at",
    "at",
}


def check_list_ha_router_events_ordering(value: str) -> ListHaRouterEventsOrdering:
    if value in LIST_HA_ROUTER_EVENTS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HA_ROUTER_EVENTS_ORDERING_VALUES!r}"
    )
