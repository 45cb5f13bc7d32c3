from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.unit_connection_point import UnitConnectionPoint


T = TypeVar("T", bound="CloudnativeDeploymentUnit")


@_attrs_define
class CloudnativeDeploymentUnit:
    """A container of a function, as 5GTANGO describes it.

    Attributes:
        id (str):
        image (str):
        connection_points (list[UnitConnectionPoint] | Unset):
    """

    id: str
    image: str
    connection_points: list[UnitConnectionPoint] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        image = self.image

        connection_points: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.connection_points, Unset):
            connection_points = []
            for connection_points_item_data in self.connection_points:
                connection_points_item = connection_points_item_data.to_dict()
                connection_points.append(connection_points_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "image": image,
            }
        )
        if connection_points is not UNSET:
            field_dict["connection_points"] = connection_points

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.unit_connection_point import UnitConnectionPoint  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        image = d.pop("image")

        _connection_points = d.pop("connection_points", UNSET)
        connection_points: list[UnitConnectionPoint] | Unset = UNSET
        if _connection_points is not UNSET:
            connection_points = []
            for connection_points_item_data in _connection_points:
                connection_points_item = UnitConnectionPoint.from_dict(connection_points_item_data)

                connection_points.append(connection_points_item)

        cloudnative_deployment_unit = cls(
            id=id,
            image=image,
            connection_points=connection_points,
        )

        cloudnative_deployment_unit.additional_properties = d
        return cloudnative_deployment_unit

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
