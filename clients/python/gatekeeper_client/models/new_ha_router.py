from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewHaRouter")


@_attrs_define
class NewHaRouter:
    """A new HA router.

    Attributes:
        primary_router_id (UUID): An edge router that serves no HA router yet.
        secondary_router_id (UUID): Another one.
        name (str | Unset):  Default: ''.
        description (str | Unset):  Default: ''.
        tenant_id (str | Unset): Whose it is; the token's tenant if absent.
        maximum_gateways (int | Unset):  Default: 500.
    """

    primary_router_id: UUID
    secondary_router_id: UUID
    name: str | Unset = ""
    description: str | Unset = ""
    tenant_id: str | Unset = UNSET
    maximum_gateways: int | Unset = 500
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        primary_router_id = str(self.primary_router_id)

        secondary_router_id = str(self.secondary_router_id)

        name = self.name

        description = self.description

        tenant_id = self.tenant_id

        maximum_gateways = self.maximum_gateways

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "primary_router_id": primary_router_id,
                "secondary_router_id": secondary_router_id,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id
        if maximum_gateways is not UNSET:
            field_dict["maximum_gateways"] = maximum_gateways

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        primary_router_id = UUID(d.pop("primary_router_id"))

        secondary_router_id = UUID(d.pop("secondary_router_id"))

        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        tenant_id = d.pop("tenant_id", UNSET)

        maximum_gateways = d.pop("maximum_gateways", UNSET)

        new_ha_router = cls(
            primary_router_id=primary_router_id,
            secondary_router_id=secondary_router_id,
            name=name,
            description=description,
            tenant_id=tenant_id,
            maximum_gateways=maximum_gateways,
        )

        new_ha_router.additional_properties = d
        return new_ha_router

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
