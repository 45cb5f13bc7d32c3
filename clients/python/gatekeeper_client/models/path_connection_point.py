from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="PathConnectionPoint")


@_attrs_define
class PathConnectionPoint:
    """A step of a forwarding path.

    Attributes:
        connection_point_ref (str | Unset):
        position (int | Unset):
    """

    connection_point_ref: str | Unset = UNSET
    position: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        connection_point_ref = self.connection_point_ref

        position = self.position

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if connection_point_ref is not UNSET:
            field_dict["connection_point_ref"] = connection_point_ref
        if position is not UNSET:
            field_dict["position"] = position

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        connection_point_ref = d.pop("connection_point_ref", UNSET)

        position = d.pop("position", UNSET)

        path_connection_point = cls(
            connection_point_ref=connection_point_ref,
            position=position,
        )

        path_connection_point.additional_properties = d
        return path_connection_point

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
