from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.ha_router_changes import HaRouterChanges


T = TypeVar("T", bound="HaRouterChangesEnvelope")


@_attrs_define
class HaRouterChangesEnvelope:
    """
    Attributes:
        ha_router (HaRouterChanges): A change of an HA router: the given members.
    """

    ha_router: HaRouterChanges
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        ha_router = self.ha_router.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "ha_router": ha_router,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ha_router_changes import HaRouterChanges  # noqa: PLC0415

        d = dict(src_dict)
        ha_router = HaRouterChanges.from_dict(d.pop("ha_router"))

        ha_router_changes_envelope = cls(
            ha_router=ha_router,
        )

        ha_router_changes_envelope.additional_properties = d
        return ha_router_changes_envelope

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
