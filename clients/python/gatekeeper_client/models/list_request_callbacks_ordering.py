from typing import Literal

ListRequestCallbacksOrdering = Literal["-created_at", "created_at"]

LIST_REQUEST_CALLBACKS_ORDERING_VALUES: set[ListRequestCallbacksOrdering] = {
    "-created_at",
    "created_at",
}


def check_list_request_callbacks_ordering(value: str) -> ListRequestCallbacksOrdering:
    if value in LIST_REQUEST_CALLBACKS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_REQUEST_CALLBACKS_ORDERING_VALUES!r}"
    )
