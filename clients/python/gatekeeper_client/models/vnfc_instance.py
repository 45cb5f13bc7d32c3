from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.instance_connection_point import InstanceConnectionPoint


T = TypeVar("T", bound="VnfcInstance")


@_attrs_define
class VnfcInstance:
    """A machine that runs.

    Attributes:
        id (str | Unset):
        vc_id (str | Unset): By what the VIM knows it.
        vim_id (str | Unset):
        connection_points (list[InstanceConnectionPoint] | Unset):
    """

    id: str | Unset = UNSET
    vc_id: str | Unset = UNSET
    vim_id: str | Unset = UNSET
    connection_points: list[InstanceConnectionPoint] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        vc_id = self.vc_id

        vim_id = self.vim_id

        connection_points: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.connection_points, Unset):
            connection_points = []
            for connection_points_item_data in self.connection_points:
                connection_points_item = connection_points_item_data.to_dict()
                connection_points.append(connection_points_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if id is not UNSET:
            field_dict["id"] = id
        if vc_id is not UNSET:
            field_dict["vc_id"] = vc_id
        if vim_id is not UNSET:
            field_dict["vim_id"] = vim_id
        if connection_points is not UNSET:
            field_dict["connection_points"] = connection_points

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.instance_connection_point import InstanceConnectionPoint  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id", UNSET)

        vc_id = d.pop("vc_id", UNSET)

        vim_id = d.pop("vim_id", UNSET)

        _connection_points = d.pop("connection_points", UNSET)
        connection_points: list[InstanceConnectionPoint] | Unset = UNSET
        if _connection_points is not UNSET:
            connection_points = []
            for connection_points_item_data in _connection_points:
                connection_points_item = InstanceConnectionPoint.from_dict(
                    connection_points_item_data
                )

                connection_points.append(connection_points_item)

        vnfc_instance = cls(
            id=id,
            vc_id=vc_id,
            vim_id=vim_id,
            connection_points=connection_points,
        )

        vnfc_instance.additional_properties = d
        return vnfc_instance

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
