from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.link_type import LinkType, check_link_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewHaInterface")


@_attrs_define
class NewHaInterface:
    """A new HA interface.

    Attributes:
        ha_router_id (UUID):
        primary_interface_id (UUID): A physical interface that serves no HA interface yet.
        secondary_interface_id (UUID): Another one.
        link_type (LinkType):
        name (str | Unset):  Default: ''.
        description (str | Unset):  Default: ''.
        tenant_id (str | Unset): Whose it is; the token's tenant if absent.
        restricted_vlans (str | Unset): VLANs that are never handed out, such as 0-1024,4094. Default: ''.
        maximum_ga_bandwidth (int | Unset): Guaranteed bandwidth, Mbit/s. Default: 0.
        maximum_be_bandwidth (int | Unset): Best-effort bandwidth, Mbit/s. Default: 0.
        admin_state_up (bool | Unset): false: no new gateways. Default: True.
    """

    ha_router_id: UUID
    primary_interface_id: UUID
    secondary_interface_id: UUID
    link_type: LinkType
    name: str | Unset = ""
    description: str | Unset = ""
    tenant_id: str | Unset = UNSET
    restricted_vlans: str | Unset = ""
    maximum_ga_bandwidth: int | Unset = 0
    maximum_be_bandwidth: int | Unset = 0
    admin_state_up: bool | Unset = True
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ha_router_id = str(self.ha_router_id)

        primary_interface_id = str(self.primary_interface_id)

        secondary_interface_id = str(self.secondary_interface_id)

        link_type: str = self.link_type

        name = self.name

        description = self.description

        tenant_id = self.tenant_id

        restricted_vlans = self.restricted_vlans

        maximum_ga_bandwidth = self.maximum_ga_bandwidth

        maximum_be_bandwidth = self.maximum_be_bandwidth

        admin_state_up = self.admin_state_up

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ha_router_id": ha_router_id,
                "primary_interface_id": primary_interface_id,
                "secondary_interface_id": secondary_interface_id,
                "link_type": link_type,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id
        if restricted_vlans is not UNSET:
            field_dict["restricted_vlans"] = restricted_vlans
        if maximum_ga_bandwidth is not UNSET:
            field_dict["maximum_ga_bandwidth"] = maximum_ga_bandwidth
        if maximum_be_bandwidth is not UNSET:
            field_dict["maximum_be_bandwidth"] = maximum_be_bandwidth
        if admin_state_up is not UNSET:
            field_dict["admin_state_up"] = admin_state_up

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        ha_router_id = UUID(d.pop("ha_router_id"))

        primary_interface_id = UUID(d.pop("primary_interface_id"))

        secondary_interface_id = UUID(d.pop("secondary_interface_id"))

        link_type = check_link_type(d.pop("link_type"))

        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        tenant_id = d.pop("tenant_id", UNSET)

        restricted_vlans = d.pop("restricted_vlans", UNSET)

        maximum_ga_bandwidth = d.pop("maximum_ga_bandwidth", UNSET)

        maximum_be_bandwidth = d.pop("maximum_be_bandwidth", UNSET)

        admin_state_up = d.pop("admin_state_up", UNSET)

        new_ha_interface = cls(
            ha_router_id=ha_router_id,
            primary_interface_id=primary_interface_id,
            secondary_interface_id=secondary_interface_id,
            link_type=link_type,
            name=name,
            description=description,
            tenant_id=tenant_id,
            restricted_vlans=restricted_vlans,
            maximum_ga_bandwidth=maximum_ga_bandwidth,
            maximum_be_bandwidth=maximum_be_bandwidth,
            admin_state_up=admin_state_up,
        )

        new_ha_interface.additional_properties = d
        return new_ha_interface

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
