from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.record_status import RecordStatus, check_record_status

T = TypeVar("T", bound="FunctionRecord")


@_attrs_define
class FunctionRecord:
    """A VNF record.

    Attributes:
        uuid (UUID):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        status (RecordStatus):
        version (str): A number that grows with each change.
        descriptor_reference (None | str): The descriptor's uuid, or what the MANO sent in its place.
        descriptor_version (str):
        virtual_deployment_units (list[Any]):
        virtual_links (list[Any]):
    """

    uuid: UUID
    created_at: datetime.datetime
    updated_at: datetime.datetime
    status: RecordStatus
    version: str
    descriptor_reference: None | str
    descriptor_version: str
    virtual_deployment_units: list[Any]
    virtual_links: list[Any]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        uuid = str(self.uuid)

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        status: str = self.status

        version = self.version

        descriptor_reference: None | str
        descriptor_reference = self.descriptor_reference

        descriptor_version = self.descriptor_version

        virtual_deployment_units = self.virtual_deployment_units

        virtual_links = self.virtual_links

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "uuid": uuid,
                "created_at": created_at,
                "updated_at": updated_at,
                "status": status,
                "version": version,
                "descriptor_reference": descriptor_reference,
                "descriptor_version": descriptor_version,
                "virtual_deployment_units": virtual_deployment_units,
                "virtual_links": virtual_links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        uuid = UUID(d.pop("uuid"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        status = check_record_status(d.pop("status"))

        version = d.pop("version")

        def _parse_descriptor_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        descriptor_reference = _parse_descriptor_reference(d.pop("descriptor_reference"))

        descriptor_version = d.pop("descriptor_version")

        virtual_deployment_units = cast(list[Any], d.pop("virtual_deployment_units"))

        virtual_links = cast(list[Any], d.pop("virtual_links"))

        function_record = cls(
            uuid=uuid,
            created_at=created_at,
            updated_at=updated_at,
            status=status,
            version=version,
            descriptor_reference=descriptor_reference,
            descriptor_version=descriptor_version,
            virtual_deployment_units=virtual_deployment_units,
            virtual_links=virtual_links,
        )

        function_record.additional_properties = d
        return function_record

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
