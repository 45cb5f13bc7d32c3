"""Deletes objects of callers, and removes what agents have let go of, with all that it took."""

from typing import TypeAlias
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.core.refusals import Precondition, no_precondition
from ha_app.models import Gateway, HaInterface, HaObject, HaRouter
from ha_app.selectors import gateways_on
from ha_app.services.gateways import lock_gateway, moved_by, release_gateway
from ha_app.services.objects import (
    is_mirrored,
    note_deletion,
    note_removal,
    refuse_if_used,
    refuse_pending_delete,
)

# A locked object and, of a gateway whose capacity is to be given back, its locked HA interfaces.
Locked: TypeAlias = tuple[HaObject, dict[UUID, HaInterface]]


def lock_alone(ha_object: HaObject) -> Locked | None:
    """Lock an object and nothing else; return it as it is now, None if it is gone."""
    objects = type(ha_object)._default_manager.select_for_update()
    locked = objects.filter(pk=ha_object.pk).first()
    return None if locked is None else (locked, {})


def lock_for_removal(ha_object: HaObject) -> Locked | None:
    """Lock an object, and before it what it gives capacity back to; None if it is gone."""
    if not isinstance(ha_object, Gateway):
        return lock_alone(ha_object)
    try:
        return lock_gateway(ha_object)
    except ObjectDoesNotExist:
        return None


@transaction.atomic
def delete_ha_object(
    *, ha_object: HaObject, caller: Caller, precondition: Precondition = no_precondition
) -> None:
    """Delete an object that nothing uses; without etcd all that it took is free again at once.

    Raises:
        ObjectDoesNotExist: it is gone.
        PreconditionFailed: it is not any more as the caller saw it.
        Conflict: `pending_delete`, `in_use`.
    """
    found = lock_for_removal(ha_object)
    if found is None:
        raise ObjectDoesNotExist
    locked, interfaces = found
    precondition(locked)
    refuse_pending_delete(locked)
    if isinstance(locked, HaRouter):
        refuse_if_used(locked, locked.interfaces.all(), caller)
    elif isinstance(locked, HaInterface):
        refuse_if_used(locked, gateways_on(locked.pk), caller)
    if is_mirrored():
        note_deletion(locked, caller)
    else:
        remove(locked, interfaces, actor=caller.user.get_username())


def remove(ha_object: HaObject, interfaces: dict[UUID, HaInterface], *, actor: str) -> None:
    """Remove an object that nothing uses any more.

    Args:
        ha_object: locked by `lock_for_removal`.
        interfaces: a gateway's, locked with it.
        actor: who removes it.
    """
    if isinstance(ha_object, Gateway):
        note_removal(ha_object, actor, moved=moved_by(ha_object))
        release_gateway(ha_object, interfaces)
    else:
        note_removal(ha_object, actor)
        ha_object.delete()
