from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="HaInterfaceChanges")


@_attrs_define
class HaInterfaceChanges:
    """A change of an HA interface: the given members.

    Attributes:
        description (str | Unset):
        maximum_ga_bandwidth (int | Unset): Guaranteed bandwidth, Mbit/s.
        maximum_be_bandwidth (int | Unset): Best-effort bandwidth, Mbit/s.
        admin_state_up (bool | Unset): false: no new gateways.
    """

    description: str | Unset = UNSET
    maximum_ga_bandwidth: int | Unset = UNSET
    maximum_be_bandwidth: int | Unset = UNSET
    admin_state_up: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        maximum_ga_bandwidth = self.maximum_ga_bandwidth

        maximum_be_bandwidth = self.maximum_be_bandwidth

        admin_state_up = self.admin_state_up

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if description is not UNSET:
            field_dict["description"] = description
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
        description = d.pop("description", UNSET)

        maximum_ga_bandwidth = d.pop("maximum_ga_bandwidth", UNSET)

        maximum_be_bandwidth = d.pop("maximum_be_bandwidth", UNSET)

        admin_state_up = d.pop("admin_state_up", UNSET)

        ha_interface_changes = cls(
            description=description,
            maximum_ga_bandwidth=maximum_ga_bandwidth,
            maximum_be_bandwidth=maximum_be_bandwidth,
            admin_state_up=admin_state_up,
        )

        ha_interface_changes.additional_properties = d
        return ha_interface_changes

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
