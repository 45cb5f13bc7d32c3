from typing import Literal

AuditVia = Literal["admin", "api", "command", "etcd", "mano", "task"]

AUDIT_VIA_VALUES: set[AuditVia] = {
    "admin",
    "api",
    "command",
    "etcd",
    "mano",
    "task",
}


def check_audit_via(value: str) -> AuditVia:
    if value in AUDIT_VIA_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {AUDIT_VIA_VALUES!r}")
