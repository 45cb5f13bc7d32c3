from typing import Literal

LinkType = Literal["downlink", "uplink"]

LINK_TYPE_VALUES: set[LinkType] = {
    "downlink",
    "uplink",
}


def check_link_type(value: str) -> LinkType:
    if value in LINK_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LINK_TYPE_VALUES!r}")
