from typing import Literal

GohanPermission = Literal["create", "delete", "read", "update"]

GOHAN_PERMISSION_VALUES: set[GohanPermission] = {
    "create",
    "delete",
    "read",
    "update",
}


def check_gohan_permission(value: str) -> GohanPermission:
    if value in GOHAN_PERMISSION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GOHAN_PERMISSION_VALUES!r}")
