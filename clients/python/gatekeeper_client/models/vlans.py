from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.allocated_vlan import AllocatedVlan


T = TypeVar("T", bound="Vlans")


@_attrs_define
class Vlans:
    """The VLAN pool of an HA interface.

    Attributes:
        total (int):
        available (int):
        reserved (str): The platform's, as a list of ranges.
        restricted (str): The interface's, as they were given.
        allocated (list[AllocatedVlan]):
        free (str): As a list of ranges.
    """

    total: int
    available: int
    reserved: str
    restricted: str
    allocated: list[AllocatedVlan]
    free: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        total = self.total

        available = self.available

        reserved = self.reserved

        restricted = self.restricted

        allocated = []
        for allocated_item_data in self.allocated:
            allocated_item = allocated_item_data.to_dict()
            allocated.append(allocated_item)

        free = self.free

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "total": total,
                "available": available,
                "reserved": reserved,
                "restricted": restricted,
                "allocated": allocated,
                "free": free,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.allocated_vlan import AllocatedVlan  # noqa: PLC0415

        d = dict(src_dict)
        total = d.pop("total")

        available = d.pop("available")

        reserved = d.pop("reserved")

        restricted = d.pop("restricted")

        allocated = []
        _allocated = d.pop("allocated")
        for allocated_item_data in _allocated:
            allocated_item = AllocatedVlan.from_dict(allocated_item_data)

            allocated.append(allocated_item)

        free = d.pop("free")

        vlans = cls(
            total=total,
            available=available,
            reserved=reserved,
            restricted=restricted,
            allocated=allocated,
            free=free,
        )

        vlans.additional_properties = d
        return vlans

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
