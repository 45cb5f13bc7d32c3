from typing import Literal

CallbackOutcome = Literal["DELIVERED", "FAILED", "PENDING"]

CALLBACK_OUTCOME_VALUES: set[CallbackOutcome] = {
    "DELIVERED",
    "FAILED",
    "PENDING",
}


def check_callback_outcome(value: str) -> CallbackOutcome:
    if value in CALLBACK_OUTCOME_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CALLBACK_OUTCOME_VALUES!r}")
