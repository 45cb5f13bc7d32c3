from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ServiceRecordUpdate")


@_attrs_define
class ServiceRecordUpdate:
    """What `PUT /records/services/<uuid>` takes.

    Attributes:
        nsd_id (UUID): What the record is an instance of.
        latest_nsd_id (str): The new NSD's uuid, or a version of the same vendor and name.
    """

    nsd_id: UUID
    latest_nsd_id: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        nsd_id = str(self.nsd_id)

        latest_nsd_id = self.latest_nsd_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "nsd_id": nsd_id,
                "latest_nsd_id": latest_nsd_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        nsd_id = UUID(d.pop("nsd_id"))

        latest_nsd_id = d.pop("latest_nsd_id")

        service_record_update = cls(
            nsd_id=nsd_id,
            latest_nsd_id=latest_nsd_id,
        )

        service_record_update.additional_properties = d
        return service_record_update

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
