"""The only writers of descriptors and records."""

from records_app.services.demo import onboard_demo
from records_app.services.descriptors import (
    CONFLICTS,
    delete_descriptor,
    onboard_function,
    onboard_service,
)
from records_app.services.records import (
    abandon_update,
    adopt_instance,
    begin_update,
    finish_update,
    lock_service_record,
    lock_service_records,
    note_status,
    note_verdict,
    store_instance,
    terminate_instance,
)

__all__ = [
    "CONFLICTS",
    "abandon_update",
    "adopt_instance",
    "begin_update",
    "delete_descriptor",
    "finish_update",
    "lock_service_record",
    "lock_service_records",
    "note_status",
    "note_verdict",
    "onboard_demo",
    "onboard_function",
    "onboard_service",
    "store_instance",
    "terminate_instance",
]
