from typing import Literal

HaStatus = Literal[
    "ACTIVE",
    "DOWN",
    "ERROR",
    "MONITORING_UNAVAILABLE",
    "PENDING_CREATE",
    "PENDING_DELETE",
    "PENDING_UPDATE",
]

HA_STATUS_VALUES: set[HaStatus] = {
    "ACTIVE",
    "DOWN",
    "ERROR",
    "MONITORING_UNAVAILABLE",
    "PENDING_CREATE",
    "PENDING_DELETE",
    "PENDING_UPDATE",
}


def check_ha_status(value: str) -> HaStatus:
    if value in HA_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HA_STATUS_VALUES!r}")
