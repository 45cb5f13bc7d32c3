from typing import Literal

ManoRunState = Literal["paused", "running"]

MANO_RUN_STATE_VALUES: set[ManoRunState] = {
    "paused",
    "running",
}


def check_mano_run_state(value: str) -> ManoRunState:
    if value in MANO_RUN_STATE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {MANO_RUN_STATE_VALUES!r}")
