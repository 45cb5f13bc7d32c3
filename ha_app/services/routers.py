"""Creates, updates and deletes HA routers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict, Unpack
from uuid import UUID

from django.db import transaction

from gatekeeper_site.access.caller import Caller, tenant_of_new
from gatekeeper_site.audit.services import snapshot
from gatekeeper_site.core import rows
from gatekeeper_site.core.refusals import Precondition, no_precondition
from ha_app.models import EdgeRouterClaim, HaRouter
from ha_app.services.claims import claim_devices
from ha_app.services.objects import (
    confirmation_deadline,
    creation_rows,
    lock_for_change,
    note_update,
    set_maximum,
)
from ha_app.services.orders import ALONE, Orders, for_each, in_list


class HaRouterChanges(TypedDict, total=False):
    """What an update of an HA router may change."""

    description: str
    maximum_gateways: int


@dataclass(frozen=True, kw_only=True)
class NewHaRouter:
    """What a caller asks for: an HA router of two edge routers."""

    primary_router_id: UUID
    secondary_router_id: UUID
    # "" for the caller's tenant.
    tenant_id: str = ""
    name: str = ""
    description: str = ""
    maximum_gateways: int = 500


def create_ha_router(*, order: NewHaRouter, caller: Caller) -> HaRouter:
    """Store an HA router of two edge routers.

    Raises:
        Forbidden: the tenant is not the caller's.
        Invalid: it would have no tenant.
        Conflict: `edge_router_taken`.
    """
    return take_orders({ALONE: order}, caller)[0]


def create_ha_routers(*, orders: Sequence[NewHaRouter], caller: Caller) -> list[HaRouter]:
    """Store HA routers as `create_ha_router` does, all or none."""
    return take_orders(in_list("ha_routers", orders), caller)


@transaction.atomic
def take_orders(orders: Orders[NewHaRouter], caller: Caller) -> list[HaRouter]:
    """Store the HA routers of orders, all or none.

    Raises:
        Forbidden, Invalid, Conflict: as `create_ha_router` does.
    """
    routers = for_each(orders, lambda order: new_ha_router(order, caller))
    claims = {
        place: [
            EdgeRouterClaim(device_id=device_id, ha_object=router)
            for device_id in (router.primary_router_id, router.secondary_router_id)
        ]
        for place, router in zip(orders, routers, strict=True)
    }
    claim_devices(claims, "edge_router_taken")
    rows.write([*routers, *creation_rows(routers, caller)])
    return routers


def new_ha_router(order: NewHaRouter, caller: Caller) -> HaRouter:
    """Return the unsaved HA router of an order.

    Raises:
        Forbidden, Invalid: as `tenant_of_new` does.
    """
    return HaRouter(
        tenant_id=tenant_of_new(caller, order.tenant_id),
        name=order.name,
        description=order.description,
        primary_router_id=order.primary_router_id,
        secondary_router_id=order.secondary_router_id,
        maximum_gateways=order.maximum_gateways,
        available_gateways=order.maximum_gateways,
        confirm_by=confirmation_deadline(),
    )


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
