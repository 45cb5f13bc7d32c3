from typing import Literal

QosType = Literal["besteffort", "guarantee"]

QOS_TYPE_VALUES: set[QosType] = {
    "besteffort",
    "guarantee",
}


def check_qos_type(value: str) -> QosType:
    if value in QOS_TYPE_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {QOS_TYPE_VALUES!r}")
