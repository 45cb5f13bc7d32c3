from typing import Literal

ServiceType = Literal["aws", "azure", "common_function", "gcp", "interdc", "internet", "vpn"]

SERVICE_TYPE_VALUES: set[ServiceType] = {
    "aws",
    "azure",
    "common_function",
    "gcp",
    "interdc",
    "internet",
    "vpn",
}


def check_service_type(value: str) -> ServiceType:
    if value in SERVICE_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SERVICE_TYPE_VALUES!r}")
