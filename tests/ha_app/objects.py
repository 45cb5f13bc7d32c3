"""HA objects that tests begin with, and what must hold of them at the end."""

from typing import Any, TypeVar
from uuid import UUID, uuid4

from gatekeeper_site.access.models import Role
from ha_app import services
from ha_app.models import Gateway, HaInterface, HaObject, HaRouter, Status
from ha_app.services import ObjectAnswer
from ha_app.verdicts import MonitoringAnswer, StateAnswer, Verdict
from tests.fixtures import TENANT, Api, caller

T = TypeVar("T", bound=HaObject)

# An id that nothing has.
UNKNOWN = "00000000-0000-4000-8000-000000000000"
PLURALS = {HaRouter: "ha_routers", HaInterface: "ha_interfaces", Gateway: "gateways"}


def apply_answer(
    plural: str, object_id: UUID, answer: StateAnswer | MonitoringAnswer | None
) -> Verdict:
    """Apply what agents say of an object; return what it has made of it."""
    (verdict,) = services.apply_answers([ObjectAnswer((plural, object_id), answer)])
    return verdict


def new_router(tenant_id: str = TENANT, **fields: Any) -> HaRouter:
    """Return an ACTIVE HA router of two edge routers of its own."""
    devices = {"primary_router_id": uuid4(), "secondary_router_id": uuid4()}
    order = services.NewHaRouter(**(devices | fields))
    return made_active(services.create_ha_router(order=order, caller=caller(tenant_id)))


def new_interface(
    router: HaRouter, link_type: str = "downlink", tenant_id: str = "", **fields: Any
) -> HaInterface:
    """Return an ACTIVE HA interface of two physical interfaces of its own.

    It is of the router's tenant unless another is given.
    """
    devices = {"primary_interface_id": uuid4(), "secondary_interface_id": uuid4()}
    order = services.NewHaInterface(
        tenant_id=tenant_id or router.tenant_id,
        ha_router_id=router.pk,
        link_type=link_type,
        **(devices | fields),
    )
    interface = services.create_ha_interface(order=order, caller=caller("", Role.ADMIN))
    return made_active(interface)


def new_gateway(router: HaRouter, **fields: Any) -> Gateway:
    """Return a gateway of the router's tenant."""
    order: dict[str, Any] = {"service_type": "internet", "ha_router_id": router.pk} | fields
    return services.create_gateway(
        order=services.NewGateway(**order), caller=caller(router.tenant_id)
    )


def made_active(ha_object: T) -> T:
    type(ha_object)._default_manager.filter(pk=ha_object.pk).update(status=Status.ACTIVE)
    ha_object.refresh_from_db()
    return ha_object


def path_of(ha_object: HaObject) -> str:
    return f"/v2.0/{PLURALS[type(ha_object)]}/{ha_object.pk}"


def stored(ha_object: HaObject) -> Any:
    """Return the object as the database has it."""
    return type(ha_object)._default_manager.get(pk=ha_object.pk)


def router_body(**fields: Any) -> dict[str, Any]:
    devices = {"primary_router_id": str(uuid4()), "secondary_router_id": str(uuid4())}
    return devices | fields


def interface_body(router: HaRouter | str, **fields: Any) -> dict[str, Any]:
    return {
        "ha_router_id": router if isinstance(router, str) else str(router.pk),
        "primary_interface_id": str(uuid4()),
        "secondary_interface_id": str(uuid4()),
        "link_type": "downlink",
    } | fields


def vpn_body(downlink: HaInterface, uplink: HaInterface, **fields: Any) -> dict[str, Any]:
    return {
        "service_type": "vpn",
        "downlink_interface_id": str(downlink.pk),
        "uplink_interface_id": str(uplink.pk),
        "uplink_vlan_id": 122,
    } | fields


def free_vlans(interface: HaInterface) -> int:
    count: int = stored(interface).vlan_ids_available
    return count


def assert_all_agree() -> None:
    """Check that bitmaps and counters are what the allocations make of them."""
    assert [str(difference) for difference in services.check_capacity()] == []


def statuses(ha_object: HaObject) -> list[tuple[str, str]]:
    """Return the changes of status that an object's events tell."""
    return list(ha_object.events.values_list("from_status", "to_status"))


def capacity(api: Api, *objects: Any) -> list[dict[str, Any]]:
    """Return the capacity that the API shows of objects."""
    shown = [next(iter(api.get(path_of(each)).json().values())) for each in objects]
    counters = ("available_gateways", "vlan_ids_available", "vlan_pool_state")
    counters += ("gateway_instances_count", "available_ga_bandwidth", "available_be_bandwidth")
    return [{name: each[name] for name in counters if name in each} for each in shown]
