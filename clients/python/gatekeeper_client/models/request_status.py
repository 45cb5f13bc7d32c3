from typing import Literal

RequestStatus = Literal[
    "ERROR", "INSTANTIATED", "INSTANTIATING", "NEW", "READY", "TERMINATING", "UPDATING"
]

REQUEST_STATUS_VALUES: set[RequestStatus] = {
    "ERROR",
    "INSTANTIATED",
    "INSTANTIATING",
    "NEW",
    "READY",
    "TERMINATING",
    "UPDATING",
}


def check_request_status(value: str) -> RequestStatus:
    if value in REQUEST_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REQUEST_STATUS_VALUES!r}")
