"""Keeps what records were before they changed: not for ever, and not more of it than is of use."""

import json
from collections.abc import Iterable

from records_app.models import FormerVersion, FunctionRecord, Record, ServiceRecord

# Of a service record and its functions' so many changes are kept, the latest.
KEPT_VERSIONS = 20
# Of one change, the bodies that were replaced, all of them together.
MAX_KEPT_CHARACTERS = 256 * 1024


def former_versions(
    service: ServiceRecord, replaced: Iterable[tuple[Record, bool]]
) -> list[FormerVersion]:
    """Return the rows, not yet stored, of what records are before they change.

    Args:
        service: the (locked) service record, as it is still.
        replaced: it, or its functions', as they are still, each with whether its body is replaced.
    """
    kept = []
    left = MAX_KEPT_CHARACTERS
    for record, is_body_replaced in replaced:
        row = FormerVersion(
            service=service,
            service_version=service.version,
            function_id=record.pk if isinstance(record, FunctionRecord) else None,
            version=record.version,
            status=record.status,
            descriptor_reference=record.descriptor_reference,
            since=record.updated_at,
        )
        if is_body_replaced:
            left -= len(json.dumps(record.body))
            row.is_body_left_out = left < 0
            row.body = record.body if left >= 0 else None
        kept.append(row)
    return kept


def forget_oldest(service: ServiceRecord) -> None:
    """Delete what was kept of the changes before the latest ones of a service record."""
    if service.version > KEPT_VERSIONS:
        oldest = service.version - KEPT_VERSIONS
        FormerVersion.objects.filter(service=service, service_version__lt=oldest).delete()
