from typing import Literal

ListHaInterfaceEventsSortKey = Literal["at"]

LIST_HA_INTERFACE_EVENTS_SORT_KEY_VALUES: set[ListHaInterfaceEventsSortKey] = {
    "at",
}


def check_list_ha_interface_events_sort_key(value: str) -> ListHaInterfaceEventsSortKey:
    if value in LIST_HA_INTERFACE_EVENTS_SORT_KEY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HA_INTERFACE_EVENTS_SORT_KEY_VALUES!r}"
    )
