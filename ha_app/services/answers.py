"""Applies agents' answers to HA objects, each in one transaction (contract: ha.md, etcd).

Most answers change nothing, as they are read again and again: a plain read sees that. What changes
something is judged once more under the lock, so that of the same answers at once one counts.
"""

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from gatekeeper_site.audit.services import write_audit_entry
from ha_app.models import MODELS_BY_PLURAL, HaObject, Status
from ha_app.services.objects import enter_status, put_for_mirror
from ha_app.services.removal import lock_alone, lock_for_removal, remove
from ha_app.verdicts import (
    Current,
    MonitoringAnswer,
    StateAnswer,
    Verdict,
    judge_monitoring,
    judge_state,
)

ETCD = "etcd"
UNKNOWN = Verdict(ignored="unknown", message="there is no such object")


def nothing_more() -> None:
    """Have nothing to do before a commit."""


def apply_state(
    plural: str,
    object_id: UUID,
    answer: StateAnswer,
    before_commit: Callable[[], None] = nothing_more,
) -> Verdict:
    """Apply what an agent says of its work on an object.

    Args:
        plural: the resource, such as `ha_routers`.
        object_id: the object; if there is none, the verdict is ignored as `unknown`.
        answer: what the agent says.
        before_commit: called at the end of a change's transaction, which it may refuse by raising.
    """
    return apply(plural, object_id, lambda current: judge_state(current, answer), before_commit)


def apply_monitoring(
    plural: str,
    object_id: UUID,
    answer: MonitoringAnswer | None,
    before_commit: Callable[[], None] = nothing_more,
) -> Verdict:
    """Apply what agents say of an object's parts.

    Args:
        plural: the resource, such as `ha_routers`.
        object_id: the object; if there is none, the verdict is ignored as `unknown`.
        answer: how the parts are; None: nobody tells any more.
        before_commit: called at the end of a change's transaction, which it may refuse by raising.
    """
    return apply(
        plural, object_id, lambda current: judge_monitoring(current, answer), before_commit
    )


def apply(
    plural: str,
    object_id: UUID,
    judge: Callable[[Current], Verdict],
    before_commit: Callable[[], None],
) -> Verdict:
    """Write what an answer makes of an object; return that."""
    objects = MODELS_BY_PLURAL[plural]._default_manager
    seen = objects.filter(pk=object_id).first()
    if seen is None:
        return UNKNOWN
    verdict = judge(current_of(seen))
    if verdict.changes_nothing:
        return verdict
    with transaction.atomic():
        # An answer that removes does so at its version or not at all, so that no other verdict
        # becomes a removal meanwhile.
        lock = lock_for_removal if verdict.is_gone else lock_alone
        locked = lock(seen)
        if locked is None:
            return UNKNOWN
        ha_object, interfaces = locked
        verdict = judge(current_of(ha_object))
        if verdict.is_gone:
            remove(ha_object, interfaces, actor=ETCD)
        elif not verdict.changes_nothing:
            change(ha_object, verdict)
        if not verdict.changes_nothing:
            before_commit()
    return verdict


def current_of(ha_object: HaObject) -> Current:
    """Return what an answer to an object is judged by."""
    reason = ""
    if ha_object.status == Status.ERROR:
        messages = ha_object.events.order_by("-id").values_list("message", flat=True)
        reason = messages.first() or ""
    return Current(
        status=ha_object.status,
        version=ha_object.version,
        marked_for_deletion=ha_object.marked_for_deletion,
        is_monitored=ha_object.is_monitored,
        reason=reason,
    )


def change(ha_object: HaObject, verdict: Verdict) -> None:
    """Write a verdict on a (locked) object that stays; its version stays as well."""
    if verdict.is_monitored is not None:
        ha_object.is_monitored = verdict.is_monitored
    if verdict.status is not None:
        note_status(ha_object, verdict.status, verdict.message)
    ha_object.save(update_fields=["status", "confirm_by", "is_monitored"])


def note_status(ha_object: HaObject, status: str, message: str) -> None:
    """Set the status of a (locked) object; write its event, audit entry and outbox row."""
    before = {"status": ha_object.status}
    enter_status(ha_object, status, actor=ETCD, message=message)
    ha_object.confirm_by = None
    write_audit_entry(
        action="change_status",
        instance=ha_object,
        before=before,
        after={"status": status},
        actor=ETCD,
    )
    put_for_mirror([ha_object])
