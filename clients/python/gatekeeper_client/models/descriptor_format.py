from typing import Literal

DescriptorFormat = Literal["5gtango", "sol006", "sonata"]

DESCRIPTOR_FORMAT_VALUES: set[DescriptorFormat] = {
    "5gtango",
    "sol006",
    "sonata",
}


def check_descriptor_format(value: str) -> DescriptorFormat:
    if value in DESCRIPTOR_FORMAT_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {DESCRIPTOR_FORMAT_VALUES!r}")
