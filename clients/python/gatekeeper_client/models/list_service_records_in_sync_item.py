from typing import Literal

ListServiceRecordsInSyncItem = Literal["false", "null", "true"]

LIST_SERVICE_RECORDS_IN_SYNC_ITEM_VALUES: set[ListServiceRecordsInSyncItem] = {
    "false",
    "null",
    "true",
}


def check_list_service_records_in_sync_item(value: str) -> ListServiceRecordsInSyncItem:
    if value in LIST_SERVICE_RECORDS_IN_SYNC_ITEM_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_SERVICE_RECORDS_IN_SYNC_ITEM_VALUES!r}"
    )
