"""Finds where a gateway is to be: the HA router and the HA interfaces that its order names.

None of it changes as long as they exist, so that it is looked up without a lock.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gatekeeper_site.access.caller import Caller, sees
from gatekeeper_site.core import rows
from gatekeeper_site.core.refusals import Invalid
from ha_app.models import (
    UPLINK_SERVICE_TYPES,
    HaInterface,
    HaRouter,
    LinkType,
    ServiceType,
)
from ha_app.services.orders import ALONE, Orders, for_each


@dataclass(frozen=True, kw_only=True)
class NewGateway:
    """What a caller asks for; who takes it from him has checked it by `faults_of_new_gateway`."""

    service_type: str
    tenant_id: str = ""
    name: str = ""
    description: str = ""
    ha_router_id: UUID | None = None
    downlink_interface_id: UUID | None = None
    vlan_id: int | None = None
    uplink_interface_id: UUID | None = None
    uplink_vlan_id: int | None = None
    qos_type: str | None = None
    bandwidth: int = 0


def faults_of_new_gateway(
    given: Collection[str], service_type: Any, bandwidth: Any
) -> Iterator[tuple[str, str]]:
    """Give the faults that no member of an order has by itself, each with its member.

    Args:
        given: the members that say something.
        service_type: as it was given, be it one or not.
        bandwidth: likewise.
    """
    if not {"ha_router_id", "downlink_interface_id", "uplink_interface_id"} & set(given):
        yield "ha_router_id", "Required, as no interface is named."
    if service_type in ServiceType.values:
        has_uplink = service_type in UPLINK_SERVICE_TYPES
        for name in ("uplink_interface_id", "uplink_vlan_id"):
            if has_uplink and name not in given:
                yield name, f"Required with {service_type}."
            elif not has_uplink and name in given:
                yield name, f"Not taken with {service_type}."
    if "qos_type" in given and "bandwidth" not in given:
        yield "bandwidth", "Required with qos_type."
    elif "qos_type" not in given and bandwidth not in (None, "", 0, "0"):
        yield "bandwidth", "Not taken without a qos_type."


@dataclass(frozen=True)
class Place:
    """Where a gateway is to be."""

    router_id: UUID
    downlink_id: UUID | None
    uplink_id: UUID | None


# What there is to know of what an order names, in the order of NamedInterface.
INTERFACE_COLUMNS = ("tenant_id", "ha_router_id", "link_type")
ROUTER_COLUMNS = ("tenant_id",)


@dataclass(frozen=True)
class NamedInterface:
    """An HA interface that an order names."""

    tenant_id: str
    router_id: UUID
    link_type: str


def look_up(orders: Orders[NewGateway], caller: Caller) -> list[Place]:
    """Return where gateways are to be, each where its order names it.

    Raises:
        Invalid: an HA router or HA interface is unknown, or they do not fit together.
    """
    given = orders.values()
    ids = {each for order in given for each in interface_ids(order)}
    interfaces = {}
    if ids:
        columns = rows.columns_of(HaInterface, INTERFACE_COLUMNS, ids)
        found = {key: NamedInterface(*values) for key, values in columns.items()}
        interfaces = {key: each for key, each in found.items() if sees(caller, each.tenant_id)}
    router_ids = {order.ha_router_id for order in given if order.ha_router_id is not None}
    routers = set()
    if router_ids:
        tenants = rows.columns_of(HaRouter, ROUTER_COLUMNS, router_ids)
        routers = {key for key, (tenant_id,) in tenants.items() if sees(caller, tenant_id)}
    return for_each(orders, lambda order: place_of(order, routers, interfaces))


def faults_of_place(
    caller: Caller,
    *,
    ha_router_id: UUID | None,
    downlink_interface_id: UUID | None,
    uplink_interface_id: UUID | None,
) -> list[tuple[str, str]]:
    """Return what is wrong with the place that an order names, whatever else is wrong with it."""
    order = NewGateway(
        service_type="",
        ha_router_id=ha_router_id,
        downlink_interface_id=downlink_interface_id,
        uplink_interface_id=uplink_interface_id,
    )
    try:
        look_up({ALONE: order}, caller)
    except Invalid as refusal:
        return list(refusal.faults)
    return []


def interface_ids(order: NewGateway | Place) -> list[UUID]:
    """Return the ids of the HA interfaces that an order names."""
    if isinstance(order, Place):
        ids = (order.downlink_id, order.uplink_id)
    else:
        ids = (order.downlink_interface_id, order.uplink_interface_id)
    return [each for each in ids if each is not None]


def place_of(
    order: NewGateway, routers: Collection[UUID], interfaces: Mapping[UUID, NamedInterface]
) -> Place:
    """Return where an order has its gateway.

    Args:
        order: what is asked for.
        routers: the HA routers that there are for the caller.
        interfaces: the HA interfaces that there are for the caller.

    Raises:
        Invalid: one of them is unknown, or they do not fit together.
    """
    faults: list[tuple[str, str]] = []
    router_id = order.ha_router_id
    if router_id is None:
        # The downlink, which is looked at first, tells which router it is.
        named = (interfaces.get(each) for each in interface_ids(order))
        router_id = next((each.router_id for each in named if each is not None), None)
    elif router_id not in routers:
        faults.append(("ha_router_id", f"There is no HA router {router_id}."))
        router_id = None
    for field, interface_id, link_type in (
        ("downlink_interface_id", order.downlink_interface_id, LinkType.DOWNLINK),
        ("uplink_interface_id", order.uplink_interface_id, LinkType.UPLINK),
    ):
        if interface_id is None:
            continue
        interface = interfaces.get(interface_id)
        if interface is None:
            faults.append((field, f"There is no HA interface {interface_id}."))
        elif interface.link_type != link_type:
            faults.append((field, f"The HA interface {interface_id} is no {link_type}."))
        elif router_id is not None and interface.router_id != router_id:
            faults.append((field, f"The HA interface {interface_id} is another HA router's."))
    if not faults and router_id is None:
        faults.append(("ha_router_id", "Required, as no interface is named."))
    if faults or router_id is None:
        raise Invalid(faults)
    return Place(router_id, order.downlink_interface_id, order.uplink_interface_id)
