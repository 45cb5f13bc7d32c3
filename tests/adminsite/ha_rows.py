"""Rows of HA objects, as many as a list is to have, without the capacity that they take."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from ha_app import vlan_pool
from ha_app.models import Gateway, HaInterface, HaRouter
from tests.fixtures import OTHER_TENANT, TENANT


def store_routers(number: int) -> None:
    """Store HA routers."""
    HaRouter.objects.bulk_create(
        HaRouter(tenant_id=TENANT, primary_router_id=uuid4(), secondary_router_id=uuid4())
        for _ in range(number)
    )


def store_interfaces(number: int) -> list[HaInterface]:
    """Store HA interfaces of an HA router of another tenant."""
    router = HaRouter.objects.create(
        tenant_id=OTHER_TENANT, primary_router_id=uuid4(), secondary_router_id=uuid4()
    )
    pool = vlan_pool.NO_VLANS
    return HaInterface.objects.bulk_create(
        HaInterface(
            tenant_id=TENANT,
            ha_router=router,
            primary_interface_id=uuid4(),
            secondary_interface_id=uuid4(),
            link_type="downlink",
            vlan_ids_available=vlan_pool.count_free(pool),
            vlan_pool_state=vlan_pool.encode_base64(pool),
        )
        for _ in range(number)
    )


def store_gateways(number: int) -> None:
    """Store gateways of an HA interface, without what they take of it."""
    interface = store_interfaces(1)[0]
    Gateway.objects.bulk_create(
        Gateway(
            tenant_id=TENANT,
            service_type="internet",
            ha_router=interface.ha_router,
            downlink_interface=interface,
            vlan_id=index,
            vrf_name=f"vrf_gw__{index}",
        )
        for index in range(number)
    )


STORE_HA_OBJECTS: dict[str, Callable[[int], Any]] = {
    "HA routers": store_routers,
    "HA interfaces": store_interfaces,
    "gateways": store_gateways,
}
