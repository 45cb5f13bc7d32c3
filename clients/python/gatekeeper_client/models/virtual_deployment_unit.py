from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.resource_requirements import ResourceRequirements
    from ..models.unit_connection_point import UnitConnectionPoint


T = TypeVar("T", bound="VirtualDeploymentUnit")


@_attrs_define
class VirtualDeploymentUnit:
    """A virtual machine of a function.

    Attributes:
        id (str):
        resource_requirements (ResourceRequirements): What a virtual deployment unit needs.
        vm_image (str | Unset):
        connection_points (list[UnitConnectionPoint] | Unset):
    """

    id: str
    resource_requirements: ResourceRequirements
    vm_image: str | Unset = UNSET
    connection_points: list[UnitConnectionPoint] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        resource_requirements = self.resource_requirements.to_dict()

        vm_image = self.vm_image

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
                "resource_requirements": resource_requirements,
            }
        )
        if vm_image is not UNSET:
            field_dict["vm_image"] = vm_image
        if connection_points is not UNSET:
            field_dict["connection_points"] = connection_points

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.resource_requirements import ResourceRequirements  # noqa: PLC0415
        from ..models.unit_connection_point import UnitConnectionPoint  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        resource_requirements = ResourceRequirements.from_dict(d.pop("resource_requirements"))

        vm_image = d.pop("vm_image", UNSET)

        _connection_points = d.pop("connection_points", UNSET)
        connection_points: list[UnitConnectionPoint] | Unset = UNSET
        if _connection_points is not UNSET:
            connection_points = []
            for connection_points_item_data in _connection_points:
                connection_points_item = UnitConnectionPoint.from_dict(connection_points_item_data)

                connection_points.append(connection_points_item)

        virtual_deployment_unit = cls(
            id=id,
            resource_requirements=resource_requirements,
            vm_image=vm_image,
            connection_points=connection_points,
        )

        virtual_deployment_unit.additional_properties = d
        return virtual_deployment_unit

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
