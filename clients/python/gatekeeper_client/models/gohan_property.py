from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.gohan_permission import GohanPermission, check_gohan_permission
from ..types import UNSET, Unset

T = TypeVar("T", bound="GohanProperty")


@_attrs_define
class GohanProperty:
    """A property of a resource, as JSON Schema describes it, and what the caller may do with it.

    Attributes:
        title (str):
        description (str):
        permission (list[GohanPermission]):
        type_ (list[str] | str):
        relation (str | Unset): Of which resource it is an id.
        format_ (str | Unset):
        enum (list[None | str] | Unset): Its words.
        minimum (int | Unset):
        maximum (int | Unset):
        max_length (int | Unset):
        default (Any | Unset):
    """

    title: str
    description: str
    permission: list[GohanPermission]
    type_: list[str] | str
    relation: str | Unset = UNSET
    format_: str | Unset = UNSET
    enum: list[None | str] | Unset = UNSET
    minimum: int | Unset = UNSET
    maximum: int | Unset = UNSET
    max_length: int | Unset = UNSET
    default: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        title = self.title

        description = self.description

        permission = []
        for permission_item_data in self.permission:
            permission_item: str = permission_item_data
            permission.append(permission_item)

        type_: list[str] | str
        if isinstance(self.type_, list):
            type_ = self.type_

        else:
            type_ = self.type_

        relation = self.relation

        format_ = self.format_

        enum: list[None | str] | Unset = UNSET
        if not isinstance(self.enum, Unset):
            enum = []
            for enum_item_data in self.enum:
                enum_item: None | str
                enum_item = enum_item_data
                enum.append(enum_item)

        minimum = self.minimum

        maximum = self.maximum

        max_length = self.max_length

        default = self.default

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "title": title,
                "description": description,
                "permission": permission,
                "type": type_,
            }
        )
        if relation is not UNSET:
            field_dict["relation"] = relation
        if format_ is not UNSET:
            field_dict["format"] = format_
        if enum is not UNSET:
            field_dict["enum"] = enum
        if minimum is not UNSET:
            field_dict["minimum"] = minimum
        if maximum is not UNSET:
            field_dict["maximum"] = maximum
        if max_length is not UNSET:
            field_dict["maxLength"] = max_length
        if default is not UNSET:
            field_dict["default"] = default

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        title = d.pop("title")

        description = d.pop("description")

        permission = []
        _permission = d.pop("permission")
        for permission_item_data in _permission:
            permission_item = check_gohan_permission(permission_item_data)

            permission.append(permission_item)

        def _parse_type_(data: object) -> list[str] | str:
            try:
                if not isinstance(data, list):
                    raise TypeError()
                type_type_1 = cast(list[str], data)

                return type_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | str, data)

        type_ = _parse_type_(d.pop("type"))

        relation = d.pop("relation", UNSET)

        format_ = d.pop("format", UNSET)

        _enum = d.pop("enum", UNSET)
        enum: list[None | str] | Unset = UNSET
        if _enum is not UNSET:
            enum = []
            for enum_item_data in _enum:

                def _parse_enum_item(data: object) -> None | str:
                    if data is None:
                        return data
                    return cast(None | str, data)

                enum_item = _parse_enum_item(enum_item_data)

                enum.append(enum_item)

        minimum = d.pop("minimum", UNSET)

        maximum = d.pop("maximum", UNSET)

        max_length = d.pop("maxLength", UNSET)

        default = d.pop("default", UNSET)

        gohan_property = cls(
            title=title,
            description=description,
            permission=permission,
            type_=type_,
            relation=relation,
            format_=format_,
            enum=enum,
            minimum=minimum,
            maximum=maximum,
            max_length=max_length,
            default=default,
        )

        gohan_property.additional_properties = d
        return gohan_property

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
