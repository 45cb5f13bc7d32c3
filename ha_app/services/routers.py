"""Creates, updates and deletes HA routers."""

from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from gatekeeper_site.access.caller import Caller, tenant_of_new
from gatekeeper_site.audit.services import snapshot
from gatekeeper_site.core.refusals import Precondition, no_precondition
from ha_app.models import EdgeRouterClaim, HaRouter
from ha_app.services.objects import (
    claim_devices,
    confirmation_deadline,
    lock_for_change,
    note_creation,
    note_update,
    set_maximum,
)


class HaRouterChanges(TypedDict, total=False):
    """What an update of an HA router may change."""

    description: str
    maximum_gateways: int


@transaction.atomic
def create_ha_router(
    *,
    caller: Caller,
    primary_router_id: UUID,
    secondary_router_id: UUID,
    tenant_id: str = "",
    name: str = "",
    description: str = "",
    maximum_gateways: int = 500,
) -> HaRouter:
    """Store an HA router of two edge routers.

    Args:
        caller: who creates it.
        primary_router_id: an edge router.
        secondary_router_id: another one.
        tenant_id: whose it is; "" for the caller's tenant.
        name: any text.
        description: any text.
        maximum_gateways: how many gateways it may have, 0 to 2**31 - 1.

    Raises:
        Forbidden: the tenant is not the caller's.
        Invalid: it would have no tenant.
        Conflict: `edge_router_taken`.
    """
    router = HaRouter.objects.create(
        tenant_id=tenant_of_new(caller, tenant_id),
        name=name,
        description=description,
        primary_router_id=primary_router_id,
        secondary_router_id=secondary_router_id,
        maximum_gateways=maximum_gateways,
        available_gateways=maximum_gateways,
        confirm_by=confirmation_deadline(),
    )
    claim_devices(
        [
            EdgeRouterClaim(device_id=device_id, ha_object=router)
            for device_id in (primary_router_id, secondary_router_id)
        ],
        "edge_router_taken",
    )
    note_creation(router, caller)
    return router


@transaction.atomic
def update_ha_router(
    *,
    ha_object: HaRouter,
    caller: Caller,
    precondition: Precondition = no_precondition,
    **changes: Unpack[HaRouterChanges],
) -> HaRouter:
    """Change the given fields of an HA router.

    Raises:
        HaRouter.DoesNotExist: it is gone.
        Conflict: `pending_delete`, `below_use`.
    """
    router = lock_for_change(HaRouter, ha_object.pk, precondition)
    before = snapshot(router)
    if "maximum_gateways" in changes:
        set_maximum(router, "gateways", changes["maximum_gateways"])
    router.description = changes.get("description", router.description)
    note_update(router, caller, changes, before=before)
    router.save()
    return router
