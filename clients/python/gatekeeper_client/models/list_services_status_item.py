from typing import Literal

ListServicesStatusItem = Literal["active"]

LIST_SERVICES_STATUS_ITEM_VALUES: set[ListServicesStatusItem] = {
    "active",
}


def check_list_services_status_item(value: str) -> ListServicesStatusItem:
    if value in LIST_SERVICES_STATUS_ITEM_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_SERVICES_STATUS_ITEM_VALUES!r}"
    )
