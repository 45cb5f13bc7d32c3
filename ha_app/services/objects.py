"""What all kinds of objects share: locks, refusals, and how a caller's change is written.

That is its status, version, event, audit entry and outbox rows. With etcd an object goes once its
agents have let go of it; without, there is nobody to wait for, and a deletion is final at once
(contract: ha.md, Status).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model, QuerySet

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.audit.services import (
    Snapshot,
    entry,
    snapshot,
    write_audit_entry,
)
from gatekeeper_site.core import clock, rows
from gatekeeper_site.core.refusals import (
    Conflict,
    Precondition,
)
from gatekeeper_site.work.models import OutboxEntry
from gatekeeper_site.work.outbox import outbox_entries
from ha_app.models import (
    MODELS_BY_PLURAL,
    Gateway,
    GatewayEvent,
    HaEvent,
    HaInterface,
    HaInterfaceEvent,
    HaObject,
    HaRouter,
    HaRouterEvent,
    Status,
)
from ha_app.verdicts import status_of_update

# An object by its plural and its id, as the outbox names it.
ObjectName: TypeAlias = tuple[str, UUID]
ObjectType = TypeVar("ObjectType", bound=HaObject)

PLURALS = {model: plural for plural, model in MODELS_BY_PLURAL.items()}
EVENT_MODELS: dict[type[HaObject], type[Any]] = {
    HaRouter: HaRouterEvent,
    HaInterface: HaInterfaceEvent,
    Gateway: GatewayEvent,
}
# How many objects a message names.
NAMED_AT_MOST = 100

CONFLICTS = {
    "in_use": "Something else refers to the object.",
    "below_use": "The new maximum is below what is in use.",
    "pending_delete": "The object is being deleted.",
    "edge_router_taken": "The edge router serves an HA router already.",
    "physical_interface_taken": "The physical interface serves an HA interface already.",
    "gateways_exhausted": "The HA router has as many gateways as it may have.",
    "vlan_pool_exhausted": "The HA interface has no free VLAN.",
    "vlan_taken": "The VLAN is allocated to another gateway.",
    "vlan_restricted": "The VLAN is restricted or reserved.",
    "bandwidth_exhausted": "The HA interface has less bandwidth left than is asked for.",
    "no_usable_downlink": "No downlink of the HA router takes new gateways.",
    "interface_disabled": "The HA interface's `admin_state_up` is false.",
    "interface_not_active": "The HA interface is neither ACTIVE nor PENDING_UPDATE.",
}


def is_mirrored() -> bool:
    """Tell whether changes are confirmed by agents, through etcd."""
    return bool(settings.ETCD_ENDPOINTS)


def put_for_mirror(changed: Iterable[HaObject], moved: Iterable[ObjectName] = ()) -> None:
    """Have the mirror put objects into etcd as they are after this transaction.

    Args:
        changed: objects, also such as are about to go.
        moved: others, whose counters the change has moved.
    """
    rows.write(rows_for_mirror(changed, moved))


def rows_for_mirror(
    changed: Iterable[HaObject], moved: Iterable[ObjectName] = ()
) -> list[OutboxEntry]:
    """Return the unsaved rows that `put_for_mirror` writes: none, if there is no mirror."""
    if not is_mirrored():
        return []
    return outbox_entries([*((PLURALS[type(each)], each.pk) for each in changed), *moved])


def confirmation_deadline() -> datetime:
    """Return when a change that is made now becomes an ERROR if nobody confirms it."""
    return clock.now() + timedelta(seconds=settings.HA_CONFIRM_SECONDS)


def creation_rows(
    created: Sequence[HaObject], caller: Caller, *, moved: Iterable[ObjectName] = ()
) -> list[Model]:
    """Return the unsaved rows that go with new objects of a kind: events, audit and outbox."""
    actor = caller.user.get_username()
    event_model = EVENT_MODELS[type(created[0])]
    return [
        *(
            event_model(
                ha_object_id=each.pk,
                at=each.created_at,
                to_status=each.status,
                actor=actor,
                message="created",
            )
            for each in created
        ),
        *(
            entry(action="create", instance=each, after=snapshot(each), actor=actor)
            for each in created
        ),
        *rows_for_mirror(created, moved),
    ]


def note_update(
    ha_object: HaObject,
    caller: Caller,
    names: Collection[str],
    *,
    before: Snapshot,
    moved: Iterable[ObjectName] = (),
) -> None:
    """Write the event, the audit entry and the outbox rows of an update to a (locked) object.

    Sets also what saving it then stores. One whose deletion has failed stays.

    Args:
        ha_object: the object, its fields changed.
        caller: who changes it.
        names: the fields that he gave.
        before: the object as it was.
        moved: other objects whose counters it moves.
    """
    actor = caller.user.get_username()
    note_change(
        ha_object,
        status_of_update(ha_object.status),
        actor=actor,
        message=f"updated: {', '.join(names) or 'nothing'}",
    )
    after = snapshot(ha_object)
    write_audit_entry(action="update", instance=ha_object, before=before, after=after, actor=actor)
    put_for_mirror([ha_object], moved)


def note_deletion(ha_object: HaObject, caller: Caller) -> None:
    """Store that a (locked) object is to go once agents have let go of it."""
    actor = caller.user.get_username()
    before = snapshot(ha_object)
    note_change(ha_object, Status.PENDING_DELETE, actor=actor, message="deleted")
    ha_object.save(update_fields=["status", "version", "confirm_by", "marked_for_deletion"])
    after = snapshot(ha_object)
    write_audit_entry(action="delete", instance=ha_object, before=before, after=after, actor=actor)
    put_for_mirror([ha_object])


def note_removal(ha_object: HaObject, actor: str, *, moved: Iterable[ObjectName] = ()) -> None:
    """Write the audit entry and the outbox rows of a (locked) object that goes now.

    Its events go with it.
    """
    write_audit_entry(action="delete", instance=ha_object, before=snapshot(ha_object), actor=actor)
    put_for_mirror([ha_object], moved)


def enter_status(ha_object: HaObject, status: str, *, actor: str, message: str) -> HaEvent:
    """Have a (locked) object enter a status; the caller stores both it and the event."""
    event: HaEvent = EVENT_MODELS[type(ha_object)](
        ha_object=ha_object,
        at=clock.now(),
        from_status=ha_object.status,
        to_status=status,
        actor=actor,
        message=message,
    )
    ha_object.status = status
    return event


def note_change(ha_object: HaObject, status: str, *, actor: str, message: str) -> None:
    """Write the event of a caller's change, and set what it makes of the object."""
    enter_status(ha_object, status, actor=actor, message=message).save()
    ha_object.version += 1
    ha_object.marked_for_deletion = status == Status.PENDING_DELETE
    ha_object.confirm_by = confirmation_deadline()


def lock_for_change(model: type[ObjectType], pk: UUID, precondition: Precondition) -> ObjectType:
    """Lock an object that its caller has seen, and is to change.

    Raises:
        ObjectDoesNotExist: it is gone.
        PreconditionFailed: it is not any more as the caller saw it.
        Conflict: `pending_delete`.
    """
    locked = model._default_manager.select_for_update().get(pk=pk)
    precondition(locked)
    refuse_pending_delete(locked)
    return locked


def refuse_pending_delete(ha_object: HaObject) -> None:
    """Check that a (locked) object is not being deleted.

    Raises:
        Conflict: `pending_delete`.
    """
    if ha_object.status == Status.PENDING_DELETE:
        noun = ha_object._meta.verbose_name
        raise Conflict("pending_delete", f"The {noun} {ha_object} is being deleted.")


def refuse_leaving(ha_object: HaObject) -> None:
    """Check that a (locked) object may be used by a new one: that it is not to be deleted.

    That holds on when the deletion has failed, as agents may still complete it.

    Raises:
        Conflict: `pending_delete`.
    """
    if ha_object.marked_for_deletion:
        noun = ha_object._meta.verbose_name
        raise Conflict("pending_delete", f"The {noun} {ha_object} is to be deleted.")


def refuse_if_used(ha_object: HaObject, users: QuerySet[HaObject], caller: Caller) -> None:
    """Check that nothing uses a (locked) object.

    Raises:
        Conflict: `in_use`, naming the users that the caller can see.
    """
    count = users.count()
    if count == 0:
        return
    named = list(visible_to(caller, users).order_by("created_at", "pk")[:NAMED_AT_MOST])
    names = [str(user) for user in named]
    if count > len(named):
        names.append(f"{count - len(named)} others")
    noun = ha_object._meta.verbose_name
    of_users = users.model._meta.verbose_name_plural
    raise Conflict("in_use", f"The {noun} {ha_object} is in use by {of_users}: {', '.join(names)}.")


def set_maximum(ha_object: HaObject, capacity: str, maximum: int) -> None:
    """Set `maximum_…` of a (locked) object, and what that leaves: `available_…`.

    Raises:
        Conflict: `below_use`.
    """
    maximum_field, available_field = f"maximum_{capacity}", f"available_{capacity}"
    in_use = getattr(ha_object, maximum_field) - getattr(ha_object, available_field)
    if maximum < in_use:
        raise Conflict("below_use", f"{maximum_field} cannot be {maximum}: {in_use} are in use.")
    setattr(ha_object, maximum_field, maximum)
    setattr(ha_object, available_field, maximum - in_use)
