"""The records that the simulated MANO answers with, made from the descriptors alone.

Source: the contract's section "MANO" and the records in SONATA's usage page. The same instance
always gets the same records, so an order that is carried out twice answers the same twice.
"""

from ipaddress import IPv4Address
from typing import Any
from uuid import UUID, uuid5

VIM_ID = "1111-22222222-33333333-4444"
# Management connection points lie in 10.100.0.0/16, the others in the /29 networks (six hosts
# each) of 172.16.0.0/12.
MANAGEMENT_NETWORK = IPv4Address("10.100.0.0")
MANAGEMENT_HOSTS = 2**16 - 2
SERVICE_NETWORK = IPv4Address("172.16.0.0")
SERVICE_NETMASK = "255.255.255.248"
SERVICE_HOSTS_PER_NETWORK = 6
SERVICE_HOSTS = 2 ** (29 - 12) * SERVICE_HOSTS_PER_NETWORK


def build_nsr(instance_id: UUID, nsd: dict[str, Any]) -> dict[str, Any]:
    """The network service record of a new instance, which becomes its `id`.

    `nsd` is a checked descriptor with its `uuid`, as the order to a MANO carries it. Its links and
    forwarding graphs are the record's: the very objects, not copies of them.
    """
    return {
        "id": str(instance_id),
        "descriptor_version": "nsr-schema-01",
        "descriptor_reference": str(nsd["uuid"]),
        "status": "normal operation",
        "version": "1",
        "network_functions": [
            {"vnfr_id": str(_vnfr_id(instance_id, network_function["vnf_id"]))}
            for network_function in nsd["network_functions"]
        ],
        "virtual_links": nsd.get("virtual_links", []),
        "forwarding_graphs": nsd.get("forwarding_graphs", []),
    }


def build_vnfr(instance_id: UUID, vnf_id: str, vnfd: dict[str, Any]) -> dict[str, Any]:
    """The function record of one of an instance's network functions.

    `vnf_id` is the function's in the NSD, `vnfd` its checked descriptor with its `uuid`. What the
    record takes over from the descriptor are the very objects, not copies of them.
    """
    vnfr_id = _vnfr_id(instance_id, vnf_id)
    record = {
        "id": str(vnfr_id),
        "descriptor_version": "vnfr-schema-01",
        "descriptor_reference": str(vnfd["uuid"]),
        "status": "normal operation",
        "version": "2",
        "virtual_deployment_units": _virtual_deployment_units(vnfr_id, vnfd),
        "virtual_links": vnfd.get("virtual_links", []),
    }
    if "cloudnative_deployment_units" in vnfd:
        record["cloudnative_deployment_units"] = _cloudnative_deployment_units(vnfd)
    return record


def _vnfr_id(instance_id: UUID, vnf_id: str) -> UUID:
    # In ASCII, as uuid5 cannot encode every string that JSON can write.
    return uuid5(instance_id, ascii(vnf_id))


def _virtual_deployment_units(vnfr_id: UUID, vnfd: dict[str, Any]) -> list[dict[str, Any]]:
    units = []
    # Each function starts somewhere of its own and counts its connection points from there, so
    # that no two of them share an address.
    address_number = vnfr_id.int
    for position, vdu in enumerate(vnfd.get("virtual_deployment_units", [])):
        connection_points = []
        for connection_point in vdu.get("connection_points", []):
            is_management = connection_point.get("type") == "management"
            interface = _interface(address_number, is_management=is_management)
            connection_points.append({**connection_point, "interface": interface})
            address_number += 1
        unit = {
            "id": vdu["id"],
            "number_of_instances": 1,
            "resource_requirements": vdu["resource_requirements"],
            "vdu_reference": f"{vnfd['name']}:{vdu['id']}",
            "vnfc_instance": [
                {
                    "id": "0",
                    "vc_id": str(uuid5(vnfr_id, str(position))),
                    "vim_id": VIM_ID,
                    "connection_points": connection_points,
                }
            ],
        }
        if "vm_image" in vdu:
            unit["vm_image"] = vdu["vm_image"]
        units.append(unit)
    return units


def _cloudnative_deployment_units(vnfd: dict[str, Any]) -> list[dict[str, Any]]:
    # As 5GTANGO's adaptor for Kubernetes answers: containers have ports, not addresses.
    return [
        {
            "id": cdu["id"],
            "image": cdu["image"],
            "vim_id": VIM_ID,
            "cdu_reference": f"{vnfd['name']}:{cdu['id']}",
            "number_of_instances": 1,
            "connection_points": cdu.get("connection_points", []),
        }
        for cdu in vnfd["cloudnative_deployment_units"]
    ]


def _interface(address_number: int, *, is_management: bool) -> dict[str, str]:
    hardware_address = "fa:16:3e:" + (address_number % 2**24).to_bytes(3).hex(":")
    if is_management:
        address = MANAGEMENT_NETWORK + 1 + address_number % MANAGEMENT_HOSTS
        return {"address": str(address), "hardware_address": hardware_address}
    network, host = divmod(address_number % SERVICE_HOSTS, SERVICE_HOSTS_PER_NETWORK)
    address = SERVICE_NETWORK + network * 8 + 1 + host
    return {
        "address": str(address),
        "hardware_address": hardware_address,
        "netmask": SERVICE_NETMASK,
    }
