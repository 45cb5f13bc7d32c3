from typing import Literal

ListFunctionsOrdering = Literal[
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

LIST_FUNCTIONS_ORDERING_VALUES: set[ListFunctionsOrdering] = {
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


def check_list_functions_ordering(value: str) -> ListFunctionsOrdering:
    if value in LIST_FUNCTIONS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_FUNCTIONS_ORDERING_VALUES!r}"
    )
