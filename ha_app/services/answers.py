"""Applies agents' answers to HA objects, many in one transaction (contract: ha.md, etcd).

Most answers change nothing, as they are read again and again: a plain read sees that. What changes
something is judged once more under the lock, so that of the same answers at once one counts.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from django.db import transaction

from gatekeeper_site.audit.services import entry, write_audit_entries
from ha_app.models import MODELS_BY_PLURAL, HaEvent, HaObject, Status
from ha_app.services.objects import ObjectName, enter_status, put_for_mirror
from ha_app.services.removal import lock_for_removal, remove
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

Objects: TypeAlias = dict[ObjectName, HaObject]


@dataclass(frozen=True)
class ObjectAnswer:
    """What agents say of an object.

    Args:
        name: the object's plural, such as `ha_routers`, and its id.
        answer: what they say of their work on it, or of its parts; None: nobody tells any more how
            those are.
    """

    name: ObjectName
    answer: StateAnswer | MonitoringAnswer | None


def nothing_more() -> None:
    """Have nothing to do before a commit."""


def apply_answers(
    answers: Sequence[ObjectAnswer],
    before_commit: Callable[[], None] = nothing_more,
    at_end: Callable[[], None] | None = None,
) -> list[Verdict]:
    """Apply answers, those to one object in their order.

    Objects that go do so each in a transaction of its own; then all others change in one.

    Args:
        answers: what agents say.
        before_commit: called at the end of a change's transaction, which it may refuse by raising.
        at_end: called at the end of the last transaction, be it that nothing changes there.

    Returns:
        What each has made of its object. Where there is none, it is ignored as `unknown`.
    """
    seen = objects_of(answers)
    verdicts = judge_all(answers, seen)
    judged = list(zip(answers, verdicts, strict=True))
    # An answer that removes does so at its version or not at all, so that no other verdict becomes
    # a removal meanwhile.
    leaving = {each.name for each, verdict in judged if verdict.is_gone}
    changing = {each.name for each, verdict in judged if not verdict.changes_nothing} - leaving
    for index, each in enumerate(answers):
        if each.name in leaving:
            verdicts[index] = apply_to_leaving(seen[each.name], each, before_commit)
    if not changing and at_end is None:
        return verdicts
    indexes = [index for index, each in enumerate(answers) if each.name in changing]
    with transaction.atomic():
        together = change_together([answers[index] for index in indexes])
        if not all(verdict.changes_nothing for verdict in together):
            before_commit()
        if at_end is not None:
            at_end()
    for index, verdict in zip(indexes, together, strict=True):
        verdicts[index] = verdict
    return verdicts


def objects_of(answers: Iterable[ObjectAnswer], *, is_locking: bool = False) -> Objects:
    """Return those of the objects of some answers that there are.

    Args:
        answers: what agents say of them.
        is_locking: whether to lock them: routers, interfaces, gateways, and each kind by the ids.
    """
    ids: defaultdict[str, set[UUID]] = defaultdict(set)
    for each in answers:
        plural, object_id = each.name
        ids[plural].add(object_id)
    objects: Objects = {}
    for plural, model in MODELS_BY_PLURAL.items():
        if plural in ids:
            rows = model._default_manager.filter(pk__in=ids[plural]).order_by("pk")
            found = rows.select_for_update() if is_locking else rows
            objects |= {(plural, row.pk): row for row in found}
    return objects


def judge_all(answers: Sequence[ObjectAnswer], objects: Objects) -> list[Verdict]:
    """Return what each answer makes of its object as that is."""
    currents = {name: current_of(ha_object) for name, ha_object in objects.items()}
    return [
        judge(currents[each.name], each) if each.name in currents else UNKNOWN for each in answers
    ]


def judge(current: Current, each: ObjectAnswer) -> Verdict:
    """Return what an answer makes of an object."""
    if isinstance(each.answer, StateAnswer):
        return judge_state(current, each.answer)
    return judge_monitoring(current, each.answer)


def apply_to_leaving(
    seen: HaObject, each: ObjectAnswer, before_commit: Callable[[], None]
) -> Verdict:
    """Apply, in a transaction, an answer to an object that this or another answer removes."""
    with transaction.atomic():
        locked = lock_for_removal(seen)
        if locked is None:
            return UNKNOWN
        ha_object, interfaces = locked
        verdict = judge(current_of(ha_object), each)
        if verdict.changes_nothing:
            return verdict
        if verdict.is_gone:
            remove(ha_object, interfaces, actor=ETCD)
        else:
            write_changes([(ha_object, verdict)])
        before_commit()
    return verdict


def change_together(answers: Sequence[ObjectAnswer]) -> list[Verdict]:
    """Apply answers that remove nothing, in the caller's transaction."""
    objects = objects_of(answers, is_locking=True)
    currents = {name: current_of(ha_object) for name, ha_object in objects.items()}
    verdicts: list[Verdict] = []
    changes: list[tuple[HaObject, Verdict]] = []
    for each in answers:
        if each.name not in objects:
            verdicts.append(UNKNOWN)
            continue
        verdict = judge(currents[each.name], each)
        verdicts.append(verdict)
        if not verdict.changes_nothing:
            changes.append((objects[each.name], verdict))
            currents[each.name] = after(currents[each.name], verdict)
    write_changes(changes)
    return verdicts


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


def after(current: Current, verdict: Verdict) -> Current:
    """Return how an object is after a verdict that leaves it there."""
    is_monitored = current.is_monitored if verdict.is_monitored is None else verdict.is_monitored
    if verdict.status is None:
        return replace(current, is_monitored=is_monitored)
    reason = verdict.message if verdict.status == Status.ERROR else ""
    return replace(current, is_monitored=is_monitored, status=verdict.status, reason=reason)


def write_changes(changes: Sequence[tuple[HaObject, Verdict]]) -> None:
    """Write verdicts, in their order, on (locked) objects that stay; their versions stay as well.

    With a status go its event, audit entry and outbox row.
    """
    events: defaultdict[type[HaEvent], list[HaEvent]] = defaultdict(list)
    entries = []
    for ha_object, verdict in changes:
        if verdict.is_monitored is not None:
            ha_object.is_monitored = verdict.is_monitored
        if verdict.status is None:
            continue
        before = {"status": ha_object.status}
        event = enter_status(ha_object, verdict.status, actor=ETCD, message=verdict.message)
        events[type(event)].append(event)
        ha_object.confirm_by = None
        entries.append(
            entry(
                action="change_status",
                instance=ha_object,
                before=before,
                after={"status": verdict.status},
                actor=ETCD,
            )
        )
    store_alike({ha_object for ha_object, _ in changes})
    for model, rows in events.items():
        model._default_manager.bulk_create(rows)
    write_audit_entries(entries)
    put_for_mirror([ha_object for ha_object, verdict in changes if verdict.status is not None])


def store_alike(changed: Iterable[HaObject]) -> None:
    """Store what answers change of objects, by one UPDATE for all that have become the same."""
    alike: defaultdict[tuple[type[HaObject], str, datetime | None, bool], list[UUID]]
    alike = defaultdict(list)
    for each in changed:
        alike[type(each), each.status, each.confirm_by, each.is_monitored].append(each.pk)
    for (model, status, confirm_by, is_monitored), ids in alike.items():
        model._default_manager.filter(pk__in=ids).update(
            status=status, confirm_by=confirm_by, is_monitored=is_monitored
        )
