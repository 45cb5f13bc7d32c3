from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.ha_router import HaRouter


T = TypeVar("T", bound="HaRouterList")


@_attrs_define
class HaRouterList:
    """
    Attributes:
        ha_routers (list[HaRouter]):
    """

    ha_routers: list[HaRouter]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ha_routers = []
        for ha_routers_item_data in self.ha_routers:
            ha_routers_item = ha_routers_item_data.to_dict()
            ha_routers.append(ha_routers_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ha_routers": ha_routers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ha_router import HaRouter  # noqa: PLC0415

        d = dict(src_dict)
        ha_routers = []
        _ha_routers = d.pop("ha_routers")
        for ha_routers_item_data in _ha_routers:
            ha_routers_item = HaRouter.from_dict(ha_routers_item_data)

            ha_routers.append(ha_routers_item)

        ha_router_list = cls(
            ha_routers=ha_routers,
        )

        ha_router_list.additional_properties = d
        return ha_router_list

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
