from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="HaRouterChanges")


@_attrs_define
class HaRouterChanges:
    """A change of an HA router: the given members.

    Attributes:
        description (str | Unset):
        maximum_gateways (int | Unset):
    """

    description: str | Unset = UNSET
    maximum_gateways: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        maximum_gateways = self.maximum_gateways

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if description is not UNSET:
            field_dict["description"] = description
        if maximum_gateways is not UNSET:
            field_dict["maximum_gateways"] = maximum_gateways

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        description = d.pop("description", UNSET)

        maximum_gateways = d.pop("maximum_gateways", UNSET)

        ha_router_changes = cls(
            description=description,
            maximum_gateways=maximum_gateways,
        )

        ha_router_changes.additional_properties = d
        return ha_router_changes

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
