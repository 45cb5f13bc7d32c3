from typing import Literal

ListRequestsOrdering = Literal[
    "-created_at",
    "-id",
    "-request_type",
    "-status",
    "-updated_at",
    "created_at",
    "id",
    "request_type",
    "status",
    "updated_at",
]

LIST_REQUESTS_ORDERING_VALUES: set[ListRequestsOrdering] = {
    "-created_at",
    "-id",
    "-request_type",
    "-status",
    "-updated_at",
    "created_at",
    "id",
    "request_type",
    "status",
    "updated_at",
}


def check_list_requests_ordering(value: str) -> ListRequestsOrdering:
    if value in LIST_REQUESTS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_REQUESTS_ORDERING_VALUES!r}"
    )
