from typing import Literal

RequestType = Literal["CREATE", "TERMINATE", "UPDATE"]

REQUEST_TYPE_VALUES: set[RequestType] = {
    "CREATE",
    "TERMINATE",
    "UPDATE",
}


def check_request_type(value: str) -> RequestType:
    if value in REQUEST_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REQUEST_TYPE_VALUES!r}")
