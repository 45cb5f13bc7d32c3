from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.port import Port


T = TypeVar("T", bound="InstanceConnectionPoint")


@_attrs_define
class InstanceConnectionPoint:
    """A connection point of a machine that runs.

    Attributes:
        id (str | Unset):
        type_ (str | Unset):
        interface (Port | Unset): The network interface of a connection point.
    """

    id: str | Unset = UNSET
    type_: str | Unset = UNSET
    interface: Port | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        type_ = self.type_

        interface: dict[str, Any] | Unset = UNSET
        if not isinstance(self.interface, Unset):
            interface = self.interface.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if type_ is not UNSET:
            field_dict["type"] = type_
        if interface is not UNSET:
            field_dict["interface"] = interface

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.port import Port  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id", UNSET)

        type_ = d.pop("type", UNSET)

        _interface = d.pop("interface", UNSET)
        interface: Port | Unset
        if isinstance(_interface, Unset):
            interface = UNSET
        else:
            interface = Port.from_dict(_interface)

        instance_connection_point = cls(
            id=id,
            type_=type_,
            interface=interface,
        )

        instance_connection_point.additional_properties = d
        return instance_connection_point

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
