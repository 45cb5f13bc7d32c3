from typing import Literal

Count = Literal["exact"]

COUNT_VALUES: set[Count] = {
    "exact",
}


def check_count(value: str) -> Count:
    if value in COUNT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {COUNT_VALUES!r}")
