from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="DescribedLink")


@_attrs_define
class DescribedLink:
    """A link between connection points.

    Attributes:
        id (Any | Unset):
        connectivity_type (Any | Unset):
        connection_points_reference (Any | Unset):
    """

    id: Any | Unset = UNSET
    connectivity_type: Any | Unset = UNSET
    connection_points_reference: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        connectivity_type = self.connectivity_type

        connection_points_reference = self.connection_points_reference

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if connectivity_type is not UNSET:
            field_dict["connectivity_type"] = connectivity_type
        if connection_points_reference is not UNSET:
            field_dict["connection_points_reference"] = connection_points_reference

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id", UNSET)

        connectivity_type = d.pop("connectivity_type", UNSET)

        connection_points_reference = d.pop("connection_points_reference", UNSET)

        described_link = cls(
            id=id,
            connectivity_type=connectivity_type,
            connection_points_reference=connection_points_reference,
        )

        described_link.additional_properties = d
        return described_link

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
