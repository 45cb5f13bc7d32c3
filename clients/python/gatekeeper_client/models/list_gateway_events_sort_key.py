from typing import Literal

ListGatewayEventsSortKey = Literal["at"]

LIST_GATEWAY_EVENTS_SORT_KEY_VALUES: set[ListGatewayEventsSortKey] = {
    "at",
}


def check_list_gateway_events_sort_key(value: str) -> ListGatewayEventsSortKey:
    if value in LIST_GATEWAY_EVENTS_SORT_KEY_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_GATEWAY_EVENTS_SORT_KEY_VALUES!r}"
    )
