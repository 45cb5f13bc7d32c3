from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.sol_006_service import Sol006Service


T = TypeVar("T", bound="Sol006Services")


@_attrs_define
class Sol006Services:
    """A list of one service.

    Attributes:
        nsd (list[Sol006Service]):
    """

    nsd: list[Sol006Service]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        nsd = []
        for nsd_item_data in self.nsd:
            nsd_item = nsd_item_data.to_dict()
            nsd.append(nsd_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nsd": nsd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.sol_006_service import Sol006Service  # noqa: PLC0415

        d = dict(src_dict)
        nsd = []
        _nsd = d.pop("nsd")
        for nsd_item_data in _nsd:
            nsd_item = Sol006Service.from_dict(nsd_item_data)

            nsd.append(nsd_item)

        sol_006_services = cls(
            nsd=nsd,
        )

        sol_006_services.additional_properties = d
        return sol_006_services

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
