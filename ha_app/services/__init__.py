"""The only writers of HA objects and of capacity, each call one transaction.

`routers`, `interfaces` and `gateways` create and update, `removal` deletes; they lock in the order
routers, interfaces by id, gateway. `pools` counts what an interface hands out, `claims` keeps
devices apart, `orders` has what lists of orders share, `objects` what all three kinds share, above
all how a caller's change is written. `answers` applies what an agent says, `pending` ends what
waits too long, `uses` keeps what people look back to, and `verification` compares all counters
with the allocations.
"""

from ha_app.services.answers import (
    ObjectAnswer,
    apply_answers,
    nothing_more,
)
from ha_app.services.gateways import CREATION as GATEWAY_CREATION
from ha_app.services.gateways import (
    NewGateway,
    create_gateway,
    create_gateways,
    faults_of_new_gateway,
    faults_of_place,
    update_gateway,
)
from ha_app.services.interfaces import (
    NewHaInterface,
    create_ha_interface,
    create_ha_interfaces,
    unknown_ha_router,
    update_ha_interface,
)
from ha_app.services.objects import CONFLICTS
from ha_app.services.pending import sweep_pending
from ha_app.services.removal import delete_ha_object
from ha_app.services.routers import (
    NewHaRouter,
    create_ha_router,
    create_ha_routers,
    update_ha_router,
)
from ha_app.services.uses import forget_uses, sample_uses
from ha_app.services.verification import check_capacity

__all__ = [
    "CONFLICTS",
    "GATEWAY_CREATION",
    "NewGateway",
    "NewHaInterface",
    "NewHaRouter",
    "ObjectAnswer",
    "apply_answers",
    "check_capacity",
    "create_gateway",
    "create_gateways",
    "create_ha_interface",
    "create_ha_interfaces",
    "create_ha_router",
    "create_ha_routers",
    "delete_ha_object",
    "faults_of_new_gateway",
    "faults_of_place",
    "forget_uses",
    "nothing_more",
    "sample_uses",
    "sweep_pending",
    "unknown_ha_router",
    "update_gateway",
    "update_ha_interface",
    "update_ha_router",
]
