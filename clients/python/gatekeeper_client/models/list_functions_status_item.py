from typing import Literal

ListFunctionsStatusItem = Literal["active"]

LIST_FUNCTIONS_STATUS_ITEM_VALUES: set[ListFunctionsStatusItem] = {
    "active",
}


def check_list_functions_status_item(value: str) -> ListFunctionsStatusItem:
    if value in LIST_FUNCTIONS_STATUS_ITEM_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_FUNCTIONS_STATUS_ITEM_VALUES!r}"
    )
