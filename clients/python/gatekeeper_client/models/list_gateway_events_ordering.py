from typing import Literal

ListGatewayEventsOrdering = Literal["-at", "at"]

LIST_GATEWAY_EVENTS_ORDERING_VALUES: set[ListGatewayEventsOrdering] = {
    "-at",
    "at",
}


def check_list_gateway_events_ordering(value: str) -> ListGatewayEventsOrdering:
    if value in LIST_GATEWAY_EVENTS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_GATEWAY_EVENTS_ORDERING_VALUES!r}"
    )
