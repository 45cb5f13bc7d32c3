from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="DescribedConnectionPoint")


@_attrs_define
class DescribedConnectionPoint:
    """A connection point of a function or a service.

    Attributes:
        id (Any | Unset):
        interface (Any | Unset):
        type_ (Any | Unset):
        virtual_link_reference (Any | Unset):
    """

    id: Any | Unset = UNSET
    interface: Any | Unset = UNSET
    type_: Any | Unset = UNSET
    virtual_link_reference: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        interface = self.interface

        type_ = self.type_

        virtual_link_reference = self.virtual_link_reference

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if interface is not UNSET:
            field_dict["interface"] = interface
        if type_ is not UNSET:
            field_dict["type"] = type_
        if virtual_link_reference is not UNSET:
            field_dict["virtual_link_reference"] = virtual_link_reference

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id", UNSET)

        interface = d.pop("interface", UNSET)

        type_ = d.pop("type", UNSET)

        virtual_link_reference = d.pop("virtual_link_reference", UNSET)

        described_connection_point = cls(
            id=id,
            interface=interface,
            type_=type_,
            virtual_link_reference=virtual_link_reference,
        )

        described_connection_point.additional_properties = d
        return described_connection_point

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
