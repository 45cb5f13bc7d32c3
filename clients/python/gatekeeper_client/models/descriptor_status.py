from typing import Literal

DescriptorStatus = Literal["active"]

DESCRIPTOR_STATUS_VALUES: set[DescriptorStatus] = {
    "active",
}


def check_descriptor_status(value: str) -> DescriptorStatus:
    if value in DESCRIPTOR_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DESCRIPTOR_STATUS_VALUES!r}")
