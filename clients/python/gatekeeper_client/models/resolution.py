from typing import Literal

Resolution = Literal["accepted", "other", "retried", "terminated"]

RESOLUTION_VALUES: set[Resolution] = {
    "accepted",
    "other",
    "retried",
    "terminated",
}


def check_resolution(value: str) -> Resolution:
    if value in RESOLUTION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RESOLUTION_VALUES!r}")
