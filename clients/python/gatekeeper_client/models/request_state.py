from typing import Literal

RequestState = Literal["ERROR", "IN_PROGRESS", "NEW", "SUCCEEDED"]

REQUEST_STATE_VALUES: set[RequestState] = {
    "ERROR",
    "IN_PROGRESS",
    "NEW",
    "SUCCEEDED",
}


def check_request_state(value: str) -> RequestState:
    if value in REQUEST_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {REQUEST_STATE_VALUES!r}")
