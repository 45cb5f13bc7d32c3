from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AllocatedVlan")


@_attrs_define
class AllocatedVlan:
    """A VLAN and the gateway that has it; null where that is another tenant's.

    Attributes:
        vlan_id (int):
        gateway_id (None | UUID):
        name (None | str):
    """

    vlan_id: int
    gateway_id: None | UUID
    name: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        vlan_id = self.vlan_id

        gateway_id: None | str
        if isinstance(self.gateway_id, UUID):
            gateway_id = str(self.gateway_id)
        else:
            gateway_id = self.gateway_id

        name: None | str
        name = self.name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "vlan_id": vlan_id,
                "gateway_id": gateway_id,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        vlan_id = d.pop("vlan_id")

        def _parse_gateway_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                gateway_id_type_0 = UUID(data)

                return gateway_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        gateway_id = _parse_gateway_id(d.pop("gateway_id"))

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        allocated_vlan = cls(
            vlan_id=vlan_id,
            gateway_id=gateway_id,
            name=name,
        )

        allocated_vlan.additional_properties = d
        return allocated_vlan

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
