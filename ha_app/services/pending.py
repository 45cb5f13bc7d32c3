"""What becomes of changes that are pending, in sweeps of the worker (contract: ha.md, Status).

With etcd it is agents that confirm them, and here only their time runs out. Without, the worker
confirms them itself.
"""

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from gatekeeper_site.audit.services import entry, write_audit_entries
from gatekeeper_site.core import clock
from ha_app.models import HaObject, Status
from ha_app.services.objects import EVENT_MODELS, is_mirrored, put_for_mirror
from ha_app.services.removal import lock_for_removal, remove
from ha_app.verdicts import PENDING_STATUSES

GATEKEEPER = "gatekeeper"
# How many rows a sweep changes in one transaction.
BATCH = 500


def sweep_pending() -> int:
    """End what is pending and nobody else ends; return how many objects that changed."""
    end = expire_unconfirmed if is_mirrored() else confirm_pending
    return sum(end(model) for model in EVENT_MODELS)


def confirm_pending(model: type[HaObject]) -> int:
    """Make the pending objects of a kind ACTIVE, or remove them; return how many."""
    pending = model._default_manager.filter(status__in=PENDING_STATUSES)
    # Mostly nothing is pending, and a plain read takes no lock.
    if not pending.exists():
        return 0
    # A deletion is pending where it was asked for while there was a mirror.
    removed = remove_deleted(pending.filter(status=Status.PENDING_DELETE))
    changed = pending.exclude(status=Status.PENDING_DELETE)
    return removed + end_pending(changed, Status.ACTIVE, action="confirm", message="confirmed")


def expire_unconfirmed(model: type[HaObject]) -> int:
    """Make the objects of a kind whose change nobody confirmed in time an ERROR."""
    overdue = model._default_manager.filter(
        status__in=PENDING_STATUSES, confirm_by__lte=clock.now()
    )
    if not overdue.exists():
        return 0
    reason = f"The change was not confirmed within {settings.HA_CONFIRM_SECONDS:g} s."
    return end_pending(overdue, Status.ERROR, action="expire", message=reason)


def end_pending(pending: QuerySet[HaObject], status: str, *, action: str, message: str) -> int:
    """Give a batch of pending objects a new status, each with its event; return how many.

    Args:
        pending: the objects.
        status: the new one.
        action: what the audit calls it.
        message: of the events.
    """
    with transaction.atomic():
        # What a caller is changing right now is left for the next time: waiting for it, with
        # other rows locked, would be out of the order in which rows are locked.
        batch = list(
            pending.select_for_update(skip_locked=True)
            .order_by("pk")
            .only("tenant_id", "status")[:BATCH]
        )
        model = pending.model
        keys = [ha_object.pk for ha_object in batch]
        model._default_manager.filter(pk__in=keys).update(status=status, confirm_by=None)
        at = clock.now()
        event_model = EVENT_MODELS[model]
        event_model._default_manager.bulk_create(
            event_model(
                ha_object_id=ha_object.pk,
                at=at,
                from_status=ha_object.status,
                to_status=status,
                actor=GATEKEEPER,
                message=message,
            )
            for ha_object in batch
        )
        write_audit_entries(
            entry(
                action=action,
                instance=ha_object,
                before={"status": ha_object.status},
                after={"status": status},
                actor=GATEKEEPER,
            )
            for ha_object in batch
        )
        put_for_mirror(batch)
    return len(batch)


def remove_deleted(deleted: QuerySet[HaObject]) -> int:
    """Remove a batch of objects whose deletion is pending, each by itself; return how many."""
    count = 0
    for ha_object in deleted.order_by("pk")[:BATCH]:
        with transaction.atomic():
            locked = lock_for_removal(ha_object)
            # Another worker may have been here.
            if locked is not None and locked[0].status == Status.PENDING_DELETE:
                remove(*locked, actor=GATEKEEPER)
                count += 1
    return count
