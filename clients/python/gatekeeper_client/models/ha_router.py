from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ha_status import HaStatus, check_ha_status

T = TypeVar("T", bound="HaRouter")


@_attrs_define
class HaRouter:
    """An HA router: two edge routers that stand in for each other.

    Attributes:
        id (UUID):
        name (str):
        description (str):
        primary_router_id (UUID):
        secondary_router_id (UUID):
        maximum_gateways (int):
        available_gateways (int): The maximum less the gateways in use.
        status (HaStatus):
        tenant_id (str):
    """

    id: UUID
    name: str
    description: str
    primary_router_id: UUID
    secondary_router_id: UUID
    maximum_gateways: int
    available_gateways: int
    status: HaStatus
    tenant_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        description = self.description

        primary_router_id = str(self.primary_router_id)

        secondary_router_id = str(self.secondary_router_id)

        maximum_gateways = self.maximum_gateways

        available_gateways = self.available_gateways

        status: str = self.status

        tenant_id = self.tenant_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "primary_router_id": primary_router_id,
                "secondary_router_id": secondary_router_id,
                "maximum_gateways": maximum_gateways,
                "available_gateways": available_gateways,
                "status": status,
                "tenant_id": tenant_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        description = d.pop("description")

        primary_router_id = UUID(d.pop("primary_router_id"))

        secondary_router_id = UUID(d.pop("secondary_router_id"))

        maximum_gateways = d.pop("maximum_gateways")

        available_gateways = d.pop("available_gateways")

        status = check_ha_status(d.pop("status"))

        tenant_id = d.pop("tenant_id")

        ha_router = cls(
            id=id,
            name=name,
            description=description,
            primary_router_id=primary_router_id,
            secondary_router_id=secondary_router_id,
            maximum_gateways=maximum_gateways,
            available_gateways=available_gateways,
            status=status,
            tenant_id=tenant_id,
        )

        ha_router.additional_properties = d
        return ha_router

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
