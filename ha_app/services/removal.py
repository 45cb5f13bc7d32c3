"""Removes what agents have let go of, or nobody will confirm, with all that it took."""

from typing import TypeAlias
from uuid import UUID

from django.core.exceptions import ObjectDoesNotExist

from ha_app.models import Gateway, HaInterface, HaObject
from ha_app.services.gateways import lock_gateway, moved_by, release_gateway
from ha_app.services.lifecycle import note_removal

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


def remove(ha_object: HaObject, interfaces: dict[UUID, HaInterface], *, actor: str) -> None:
    """Remove an object that is marked for deletion, so that nothing uses it any more.

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
