from typing import Literal

ListServicesOrdering = Literal[
    "-created_at",
    "-name",
    "-updated_at",
    "-uuid",
    "-vendor",
    "-version",
    "created_at",
    "name",
    "updated_at",
    "uuid",
    "vendor",
    "version",
]

LIST_SERVICES_ORDERING_VALUES: set[ListServicesOrdering] = {
    "-created_at",
    "-name",
    "-updated_at",
    "-uuid",
    "-vendor",
    "-version",
    "created_at",
    "name",
    "updated_at",
    "uuid",
    "vendor",
    "version",
}


def check_list_services_ordering(value: str) -> ListServicesOrdering:
    if value in LIST_SERVICES_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_SERVICES_ORDERING_VALUES!r}"
    )
