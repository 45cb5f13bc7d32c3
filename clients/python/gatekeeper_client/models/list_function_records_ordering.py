from typing import Literal

ListFunctionRecordsOrdering = Literal[
    "-created_at", "-status", "-updated_at", "-uuid", "created_at", "status", "updated_at", "uuid"
]

LIST_FUNCTION_RECORDS_ORDERING_VALUES: set[ListFunctionRecordsOrdering] = {
    "-created_at",
    "-status",
    "-updated_at",
    "-uuid",
    "created_at",
    "status",
    "updated_at",
    "uuid",
}


def check_list_function_records_ordering(value: str) -> ListFunctionRecordsOrdering:
    if value in LIST_FUNCTION_RECORDS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_FUNCTION_RECORDS_ORDERING_VALUES!r}"
    )
