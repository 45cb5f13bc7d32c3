from typing import Literal

ListHaInterfaceEventsOrdering = Literal["-at", "at"]

LIST_HA_INTERFACE_EVENTS_ORDERING_VALUES: set[ListHaInterfaceEventsOrdering] = {
    "-at",
    "at",
}


def check_list_ha_interface_events_ordering(value: str) -> ListHaInterfaceEventsOrdering:
    if value in LIST_HA_INTERFACE_EVENTS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HA_INTERFACE_EVENTS_ORDERING_VALUES!r}"
    )
