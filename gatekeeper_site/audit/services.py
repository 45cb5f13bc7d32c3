"""Writes the audit, in the transaction of the change that it tells of.

Services call `write_audit_entry` for one object, and `write_audit_entries` for those that change
together: either way it is one INSERT.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Model, QuerySet

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock, rows
from gatekeeper_site.core.origin import Origin, current_origin

Snapshot = dict[str, Any]

# Columns that nobody is to find in the audit, that each entry has of its own, that another one's
# text is in, or of the queue.
LEFT_OUT_COLUMNS = frozenset(
    {"digest", "login_digest", "password", "origin", "cause", "task_key", "sync_verdict"}
)
# A value whose JSON is longer (a descriptor, a record's body, a VLAN bitmap) is kept as its digest.
MAX_VALUE_LENGTH = 500
GATEKEEPER = "gatekeeper"


def snapshot(instance: Model) -> Snapshot:
    """Return an object's columns as the audit keeps them: JSON, short, without secrets."""
    return {
        field.attname: kept_value(getattr(instance, field.attname))
        for field in instance._meta.concrete_fields
        if field.attname not in LEFT_OUT_COLUMNS
    }


def kept_value(value: Any) -> Any:
    """Return a value as the audit keeps it."""
    if isinstance(value, datetime):
        return clock.iso_z(value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, str) and len(value) <= MAX_VALUE_LENGTH:
        return str(value)
    if isinstance(value, str | list | dict):
        text = json.dumps(value, sort_keys=True)
        if len(text) > MAX_VALUE_LENGTH:
            digest = hashlib.sha256(text.encode()).hexdigest()[:16]
            return f"sha256:{digest} ({len(text)} characters)"
    return value


def entry(
    *,
    action: str,
    instance: Model,
    before: Snapshot | None = None,
    after: Snapshot | None = None,
    actor: str = "",
) -> AuditEntry:
    """Return the unsaved entry of a change, for `write_audit_entries`.

    Args:
        action: what was done, a verb such as `create`.
        instance: the object, of which only the key and the tenant are read here.
        before: its columns before; None for a new object.
        after: its columns after; None for one that goes. Members that are equal are left out.
        actor: who did it; "" for whoever the origin of what is going on names.
    """
    return entry_about(
        action=action,
        object_type=noun_of(instance.__class__),
        # An object that is not stored, as a user whose name nobody has, has no id.
        object_id="" if instance.pk is None else str(instance.pk),
        tenant_id=getattr(instance, "tenant_id", ""),
        changes=difference(before or {}, after or {}),
        actor=actor,
    )


def noun_of(model: type[Model]) -> str:
    """Return what the audit calls the objects of a model."""
    return str(model._meta.verbose_name).lower().replace(" ", "_")


def entry_about(
    *,
    action: str,
    object_type: str,
    object_id: str,
    changes: dict[str, list[Any]],
    tenant_id: str = "",
    actor: str = "",
) -> AuditEntry:
    """Return the unsaved entry of a change of something, which need not lie in the database."""
    origin = current_origin()
    return AuditEntry(
        at=clock.now(),
        actor=actor or actor_of(origin),
        user_id=origin.user_id,
        token_id=origin.token_id,
        # An IPv6 address may have a zone of any length.
        address=origin.address[:64],
        via=origin.via or AuditEntry.Via.COMMAND,
        request_id=origin.request_id,
        traceparent=origin.traceparent,
        tenant_id=tenant_id,
        action=action,
        object_type=object_type,
        object_id=object_id,
        changes=changes,
    )


def actor_of(origin: Origin) -> str:
    """Return who acts: the caller where one is calling now, else what came in by that way."""
    if origin.via in (AuditEntry.Via.API, AuditEntry.Via.ADMIN):
        return origin.user_name or GATEKEEPER
    if origin.via in (AuditEntry.Via.MANO, AuditEntry.Via.ETCD):
        return origin.via
    return GATEKEEPER


def difference(before: Snapshot, after: Snapshot) -> dict[str, list[Any]]:
    """Return `{member: [before, after]}` of the members that differ; an absent one is null."""
    return {
        name: [before.get(name), after.get(name)]
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    }


def write_audit_entry(
    *,
    action: str,
    instance: Model,
    before: Snapshot | None = None,
    after: Snapshot | None = None,
    actor: str = "",
) -> None:
    """Write the entry of a change, in its transaction; the arguments are those of `entry`.

    That of an object that is deleted is written before, while it has its key.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    write_audit_entries(
        [entry(action=action, instance=instance, before=before, after=after, actor=actor)]
    )


def write_audit_entries(entries: Iterable[AuditEntry]) -> None:
    """Write the entries of changes that were made together, in their transaction.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    rows.write(entries)


def old_entries(before: datetime) -> QuerySet[AuditEntry]:
    """Return the entries of before a moment, for `manage.py purge`."""
    return AuditEntry.objects.filter(at__lt=before).order_by("at", "id")
