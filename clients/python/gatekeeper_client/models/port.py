from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Port")


@_attrs_define
class Port:
    """The network interface of a connection point.

    Attributes:
        address (str | Unset):
        hardware_address (str | Unset):
        netmask (str | Unset):
    """

    address: str | Unset = UNSET
    hardware_address: str | Unset = UNSET
    netmask: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        hardware_address = self.hardware_address

        netmask = self.netmask

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if address is not UNSET:
            field_dict["address"] = address
        if hardware_address is not UNSET:
            field_dict["hardware_address"] = hardware_address
        if netmask is not UNSET:
            field_dict["netmask"] = netmask

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address = d.pop("address", UNSET)

        hardware_address = d.pop("hardware_address", UNSET)

        netmask = d.pop("netmask", UNSET)

        port = cls(
            address=address,
            hardware_address=hardware_address,
            netmask=netmask,
        )

        port.additional_properties = d
        return port

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
