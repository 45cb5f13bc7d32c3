from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.gohan_permission import GohanPermission, check_gohan_permission

if TYPE_CHECKING:
    from ..models.gohan_resource_properties import GohanResourceProperties


T = TypeVar("T", bound="GohanResource")


@_attrs_define
class GohanResource:
    """What a resource has, and what the caller may do with it.

    Attributes:
        type_ (str):
        permission (list[GohanPermission]):
        properties (GohanResourceProperties):
        properties_order (list[str]):
        required (list[str]):
    """

    type_: str
    permission: list[GohanPermission]
    properties: GohanResourceProperties
    properties_order: list[str]
    required: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_

        permission = []
        for permission_item_data in self.permission:
            permission_item: str = permission_item_data
            permission.append(permission_item)

        properties = self.properties.to_dict()

        properties_order = self.properties_order

        required = self.required

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
                "permission": permission,
                "properties": properties,
                "propertiesOrder": properties_order,
                "required": required,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.gohan_resource_properties import GohanResourceProperties  # noqa: PLC0415

        d = dict(src_dict)
        type_ = d.pop("type")

        permission = []
        _permission = d.pop("permission")
        for permission_item_data in _permission:
            permission_item = check_gohan_permission(permission_item_data)

            permission.append(permission_item)

        properties = GohanResourceProperties.from_dict(d.pop("properties"))

        properties_order = cast(list[str], d.pop("propertiesOrder"))

        required = cast(list[str], d.pop("required"))

        gohan_resource = cls(
            type_=type_,
            permission=permission,
            properties=properties,
            properties_order=properties_order,
            required=required,
        )

        gohan_resource.additional_properties = d
        return gohan_resource

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
