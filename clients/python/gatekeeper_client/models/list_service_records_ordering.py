from typing import Literal

ListServiceRecordsOrdering = Literal[
    "-created_at", "-status", "-updated_at", "-uuid", "created_at", "status", "updated_at", "uuid"
]

LIST_SERVICE_RECORDS_ORDERING_VALUES: set[ListServiceRecordsOrdering] = {
    "-created_at",
    "-status",
    "-updated_at",
    "-uuid",
    "created_at",
    "status",
    "updated_at",
    "uuid",
}


def check_list_service_records_ordering(value: str) -> ListServiceRecordsOrdering:
    if value in LIST_SERVICE_RECORDS_ORDERING_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_SERVICE_RECORDS_ORDERING_VALUES!r}"
    )
