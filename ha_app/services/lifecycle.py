"""How a status is written, and what becomes of changes that are pending.

Without etcd there is no agent to wait for: the worker confirms pending changes, and a deletion is
final at once (contract: ha.md, Status).
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from gatekeeper_site.core import clock
from gatekeeper_site.core.access.caller import Caller, visible_to
from gatekeeper_site.core.api.conditional import Precondition, no_precondition
from gatekeeper_site.core.api.problems import Conflict, Forbidden, Invalid
from gatekeeper_site.core.audit.services import Snapshot, entry, record, record_all, snapshot
from ha_app.models import (
    PENDING_STATUSES,
    DeviceClaim,
    Gateway,
    GatewayEvent,
    HaInterface,
    HaInterfaceEvent,
    HaObject,
    HaRouter,
    HaRouterEvent,
    Status,
)

GATEKEEPER = "gatekeeper"
EVENT_MODELS: dict[type[HaObject], type[Any]] = {
    HaRouter: HaRouterEvent,
    HaInterface: HaInterfaceEvent,
    Gateway: GatewayEvent,
}
# How many rows a sweep changes in one transaction.
BATCH = 500
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
    return False


def tenant_of_new(caller: Caller, tenant_id: str) -> str:
    """Return whose a new object is: its caller's tenant, or the one that he names.

    Args:
        caller: who creates it.
        tenant_id: the tenant that he names, or "".

    Raises:
        Forbidden: he names another than his own, and is no admin of all tenants.
        Invalid: there is none.
    """
    if tenant_id and tenant_id != caller.tenant_id and (caller.tenant_id or not caller.is_admin):
        raise Forbidden(f"The tenant {tenant_id} is not yours.")
    if not (tenant_id or caller.tenant_id):
        raise Invalid([("tenant_id", "Required, as your token has no tenant.")])
    return tenant_id or caller.tenant_id


def confirmation_deadline() -> datetime:
    """Return when a change that is made now becomes an ERROR if nobody confirms it."""
    return clock.now() + timedelta(seconds=settings.HA_CONFIRM_SECONDS)


def note_creation(ha_object: HaObject, caller: Caller) -> None:
    """Write the first event and the audit entry of a stored object."""
    actor = caller.user.get_username()
    ha_object.events.create(
        at=ha_object.created_at,
        to_status=ha_object.status,
        actor=actor,
        message="created",
    )
    record(action="create", instance=ha_object, after=snapshot(ha_object), actor=actor)


def note_update(
    ha_object: HaObject, caller: Caller, names: Collection[str], *, before: Snapshot
) -> None:
    """Write the event and the audit entry of an update to a (locked) object.

    Sets also what saving it then stores. An object whose creation is not confirmed yet stays
    PENDING_CREATE: an update does not make it usable.

    Args:
        ha_object: the object, its fields changed.
        caller: who changes it.
        names: the fields that he gave.
        before: the object as it was.
    """
    actor = caller.user.get_username()
    status = Status.PENDING_UPDATE
    if ha_object.status == Status.PENDING_CREATE:
        status = Status.PENDING_CREATE
    note_change(
        ha_object,
        status,
        actor=actor,
        message=f"updated: {', '.join(names) or 'nothing'}",
    )
    after = snapshot(ha_object)
    record(action="update", instance=ha_object, before=before, after=after, actor=actor)


def note_deletion(ha_object: HaObject, caller: Caller) -> None:
    """Store that a (locked) object is to go once agents have let go of it."""
    actor = caller.user.get_username()
    before = snapshot(ha_object)
    note_change(ha_object, Status.PENDING_DELETE, actor=actor, message="deleted")
    ha_object.save(update_fields=["status", "version", "confirm_by"])
    after = snapshot(ha_object)
    record(action="delete", instance=ha_object, before=before, after=after, actor=actor)


def note_removal(ha_object: HaObject, caller: Caller) -> None:
    """Write the audit entry of a (locked) object that goes now; its events go with it."""
    actor = caller.user.get_username()
    record(action="delete", instance=ha_object, before=snapshot(ha_object), actor=actor)


def note_change(ha_object: HaObject, status: str, *, actor: str, message: str) -> None:
    """Write the event of a caller's change, and set its status, version and deadline."""
    ha_object.events.create(
        at=clock.now(),
        from_status=ha_object.status,
        to_status=status,
        actor=actor,
        message=message,
    )
    ha_object.status = status
    ha_object.version += 1
    ha_object.confirm_by = confirmation_deadline()


def refuse_pending_delete(
    ha_object: HaObject, precondition: Precondition = no_precondition
) -> None:
    """Check that a (locked) object is as its caller saw it, and is not being deleted.

    Raises:
        Conflict: `pending_delete`.
    """
    precondition(ha_object)
    if ha_object.status == Status.PENDING_DELETE:
        noun = ha_object._meta.verbose_name
        raise Conflict("pending_delete", f"The {noun} {ha_object} is being deleted.")


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


def left_of(field: str, maximum: int, in_use: int) -> int:
    """Return what a new maximum leaves available.

    Raises:
        Conflict: `below_use`.
    """
    if maximum < in_use:
        raise Conflict("below_use", f"{field} cannot be {maximum}: {in_use} are in use.")
    return maximum - in_use


def claim_devices(claims: list[DeviceClaim], code: str) -> None:
    """Store which devices a new object has; no other object can then have one of them.

    Call it in the transaction that stores the object.

    Raises:
        Conflict: with the code, if an object has one of them already, or this one has one twice.
    """
    model = type(claims[0])
    noun = model._meta.verbose_name
    device_ids = [claim.device_id for claim in claims]
    if len(set(device_ids)) < len(device_ids):
        raise Conflict(
            code, f"The {noun} {device_ids[0]} cannot be both the primary and the secondary."
        )
    # In one order everywhere, so that of two callers the second waits for the first, never each
    # for the other.
    claims = sorted(claims, key=lambda claim: claim.device_id)
    try:
        with transaction.atomic():
            model._default_manager.bulk_create(claims)
    except IntegrityError as error:
        taken = model._default_manager.filter(pk__in=device_ids).values_list("pk", flat=True)
        raise Conflict(
            code, " ".join(f"The {noun} {device_id} is taken already." for device_id in taken)
        ) from error


def sweep_pending() -> int:
    """Confirm what is pending; return how many objects changed their status.

    With etcd it is the agents that confirm, and here only their time runs out.
    """
    change = expire_unconfirmed if is_mirrored() else confirm_pending
    return sum(change(model) for model in EVENT_MODELS)


def confirm_pending(model: type[HaObject]) -> int:
    """Make the pending objects of a kind ACTIVE; return how many."""
    pending = model._default_manager.filter(
        status__in=(Status.PENDING_CREATE, Status.PENDING_UPDATE)
    )
    return end_pending(pending, Status.ACTIVE, action="confirm", message="confirmed")


def expire_unconfirmed(model: type[HaObject]) -> int:
    """Make the objects of a kind whose change nobody confirmed in time an ERROR."""
    overdue = model._default_manager.filter(
        status__in=PENDING_STATUSES, confirm_by__lte=clock.now()
    )
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
    # Mostly nothing is pending, and a plain read takes no lock.
    if not pending.exists():
        return 0
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
        record_all(
            entry(
                action=action,
                instance=ha_object,
                before={"status": ha_object.status},
                after={"status": status},
                actor=GATEKEEPER,
            )
            for ha_object in batch
        )
    return len(batch)
