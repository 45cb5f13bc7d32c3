from typing import Literal

GetReadinessOnly = Literal["database"]

GET_READINESS_ONLY_VALUES: set[GetReadinessOnly] = {
    "database",
}


def check_get_readiness_only(value: str) -> GetReadinessOnly:
    if value in GET_READINESS_ONLY_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {GET_READINESS_ONLY_VALUES!r}")
