from typing import Literal

ErrorClass = Literal[
    "cancelled", "given_up", "internal", "refused", "silent", "unreachable", "unusable"
]

ERROR_CLASS_VALUES: set[ErrorClass] = {
    "cancelled",
    "given_up",
    "internal",
    "refused",
    "silent",
    "unreachable",
    "unusable",
}


def check_error_class(value: str) -> ErrorClass:
    if value in ERROR_CLASS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {ERROR_CLASS_VALUES!r}")
