from typing import Literal

ListRequestEventsOrdering = Literal["-at", "at"]

LIST_REQUEST_EVENTS_ORDERING_VALUES: set[ListRequestEventsOrdering] = {
    "-at",
    "at",
}


def check_list_request_events_ordering(value: str) -> ListRequestEventsOrdering:
    if value in LIST_REQUEST_EVENTS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_REQUEST_EVENTS_ORDERING_VALUES!r}"
    )
