from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ha_status import HaStatus, check_ha_status
from ..models.link_type import LinkType, check_link_type

T = TypeVar("T", bound="HaInterface")


@_attrs_define
class HaInterface:
    """An HA interface: two physical interfaces of an HA router, and their VLANs.

    Attributes:
        id (UUID):
        name (str):
        description (str):
        status (HaStatus):
        tenant_id (str):
        ha_router_id (UUID):
        primary_interface_id (UUID):
        secondary_interface_id (UUID):
        link_type (LinkType):
        restricted_vlans (str):
        vlan_ids_available (int):
        vlan_pool_state (str): 4096 bits in base64; VLAN n is byte n//8, mask 0x80>>(n%8), set if not free.
        gateway_instances_count (int):
        maximum_ga_bandwidth (int): Mbit/s
        maximum_be_bandwidth (int): Mbit/s
        available_ga_bandwidth (int): Mbit/s
        available_be_bandwidth (int): Mbit/s
        admin_state_up (bool): false: no new gateways.
    """

    id: UUID
    name: str
    description: str
    status: HaStatus
    tenant_id: str
    ha_router_id: UUID
    primary_interface_id: UUID
    secondary_interface_id: UUID
    link_type: LinkType
    restricted_vlans: str
    vlan_ids_available: int
    vlan_pool_state: str
    gateway_instances_count: int
    maximum_ga_bandwidth: int
    maximum_be_bandwidth: int
    available_ga_bandwidth: int
    available_be_bandwidth: int
    admin_state_up: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        description = self.description

        status: str = self.status

        tenant_id = self.tenant_id

        ha_router_id = str(self.ha_router_id)

        primary_interface_id = str(self.primary_interface_id)

        secondary_interface_id = str(self.secondary_interface_id)

        link_type: str = self.link_type

        restricted_vlans = self.restricted_vlans

        vlan_ids_available = self.vlan_ids_available

        vlan_pool_state = self.vlan_pool_state

        gateway_instances_count = self.gateway_instances_count

        maximum_ga_bandwidth = self.maximum_ga_bandwidth

        maximum_be_bandwidth = self.maximum_be_bandwidth

        available_ga_bandwidth = self.available_ga_bandwidth

        available_be_bandwidth = self.available_be_bandwidth

        admin_state_up = self.admin_state_up

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "status": status,
                "tenant_id": tenant_id,
                "ha_router_id": ha_router_id,
                "primary_interface_id": primary_interface_id,
                "secondary_interface_id": secondary_interface_id,
                "link_type": link_type,
                "restricted_vlans": restricted_vlans,
                "vlan_ids_available": vlan_ids_available,
                "vlan_pool_state": vlan_pool_state,
                "gateway_instances_count": gateway_instances_count,
                "maximum_ga_bandwidth": maximum_ga_bandwidth,
                "maximum_be_bandwidth": maximum_be_bandwidth,
                "available_ga_bandwidth": available_ga_bandwidth,
                "available_be_bandwidth": available_be_bandwidth,
                "admin_state_up": admin_state_up,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        description = d.pop("description")

        status = check_ha_status(d.pop("status"))

        tenant_id = d.pop("tenant_id")

        ha_router_id = UUID(d.pop("ha_router_id"))

        primary_interface_id = UUID(d.pop("primary_interface_id"))

        secondary_interface_id = UUID(d.pop("secondary_interface_id"))

        link_type = check_link_type(d.pop("link_type"))

        restricted_vlans = d.pop("restricted_vlans")

        vlan_ids_available = d.pop("vlan_ids_available")

        vlan_pool_state = d.pop("vlan_pool_state")

        gateway_instances_count = d.pop("gateway_instances_count")

        maximum_ga_bandwidth = d.pop("maximum_ga_bandwidth")

        maximum_be_bandwidth = d.pop("maximum_be_bandwidth")

        available_ga_bandwidth = d.pop("available_ga_bandwidth")

        available_be_bandwidth = d.pop("available_be_bandwidth")

        admin_state_up = d.pop("admin_state_up")

        ha_interface = cls(
            id=id,
            name=name,
            description=description,
            status=status,
            tenant_id=tenant_id,
            ha_router_id=ha_router_id,
            primary_interface_id=primary_interface_id,
            secondary_interface_id=secondary_interface_id,
            link_type=link_type,
            restricted_vlans=restricted_vlans,
            vlan_ids_available=vlan_ids_available,
            vlan_pool_state=vlan_pool_state,
            gateway_instances_count=gateway_instances_count,
            maximum_ga_bandwidth=maximum_ga_bandwidth,
            maximum_be_bandwidth=maximum_be_bandwidth,
            available_ga_bandwidth=available_ga_bandwidth,
            available_be_bandwidth=available_be_bandwidth,
            admin_state_up=admin_state_up,
        )

        ha_interface.additional_properties = d
        return ha_interface

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
