from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.ha_interface import HaInterface


T = TypeVar("T", bound="HaInterfaceList")


@_attrs_define
class HaInterfaceList:
    """
    Attributes:
        ha_interfaces (list[HaInterface]):
    """

    ha_interfaces: list[HaInterface]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ha_interfaces = []
        for ha_interfaces_item_data in self.ha_interfaces:
            ha_interfaces_item = ha_interfaces_item_data.to_dict()
            ha_interfaces.append(ha_interfaces_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ha_interfaces": ha_interfaces,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ha_interface import HaInterface  # noqa: PLC0415

        d = dict(src_dict)
        ha_interfaces = []
        _ha_interfaces = d.pop("ha_interfaces")
        for ha_interfaces_item_data in _ha_interfaces:
            ha_interfaces_item = HaInterface.from_dict(ha_interfaces_item_data)

            ha_interfaces.append(ha_interfaces_item)

        ha_interface_list = cls(
            ha_interfaces=ha_interfaces,
        )

        ha_interface_list.additional_properties = d
        return ha_interface_list

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
