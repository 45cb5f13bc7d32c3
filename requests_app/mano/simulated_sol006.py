"""Reads descriptors in SOL006 as the simulated MANO does: as what SONATA's would say instead.

Source: contract, mano-osm.md, Descriptors in SOL006. Of a VDU nobody has checked anything.
"""

from dataclasses import replace
from typing import Any

from records_app.sol006 import units_of
from requests_app.mano.protocol import Order


def in_sonatas_form(order: Order) -> Order:
    """Return an order with descriptors in SONATA's form, reduced to what the simulator reads."""
    if order.nsd is None or "nsd" not in order.nsd:
        return order
    functions = [{"vnf_id": vnfd["vnfd"]["id"]} for vnfd in order.vnfds]
    nsd = {"uuid": order.nsd["uuid"], "network_functions": functions}
    return replace(order, nsd=nsd, vnfds=[function_of(vnfd) for vnfd in order.vnfds])


def function_of(vnfd: dict[str, Any]) -> dict[str, Any]:
    """Return a VNFD in SONATA's form."""
    units = [unit_of(position, vdu) for position, vdu in enumerate(units_of(vnfd))]
    return {
        "uuid": vnfd["uuid"],
        "name": vnfd["vnfd"]["id"],
        "virtual_deployment_units": units,
    }


def unit_of(position: int, vdu: dict[str, Any]) -> dict[str, Any]:
    """Return a VDU in SONATA's form; its image is what asks for a fault."""
    points = vdu.get("int-cpd")
    unit = {
        "id": text_or(str(position), vdu.get("id")),
        "resource_requirements": {},
        "connection_points": [
            {"id": point["id"]}
            for point in (points if isinstance(points, list) else [])
            if isinstance(point, dict) and isinstance(point.get("id"), str)
        ],
    }
    image = text_or("", vdu.get("sw-image-desc"))
    return unit | {"vm_image": image} if image else unit


def text_or(default: str, value: Any) -> str:
    """Return a value if it is a text."""
    return value if isinstance(value, str) else default
