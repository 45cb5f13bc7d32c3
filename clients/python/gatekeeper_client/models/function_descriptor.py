from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.descriptor_format import DescriptorFormat, check_descriptor_format

if TYPE_CHECKING:
    from ..models.function_descriptor_vnfd import FunctionDescriptorVnfd


T = TypeVar("T", bound="FunctionDescriptor")


@_attrs_define
class FunctionDescriptor:
    """A VNF descriptor.

    Attributes:
        uuid (UUID):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        status (str): `active`
        format_ (DescriptorFormat):
        vnfd (FunctionDescriptorVnfd): The descriptor as it was given.
    """

    uuid: UUID
    created_at: datetime.datetime
    updated_at: datetime.datetime
    status: str
    format_: DescriptorFormat
    vnfd: FunctionDescriptorVnfd
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        uuid = str(self.uuid)

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        status = self.status

        format_: str = self.format_

        vnfd = self.vnfd.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "uuid": uuid,
                "created_at": created_at,
                "updated_at": updated_at,
                "status": status,
                "format": format_,
                "vnfd": vnfd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.function_descriptor_vnfd import FunctionDescriptorVnfd  # noqa: PLC0415

        d = dict(src_dict)
        uuid = UUID(d.pop("uuid"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        status = d.pop("status")

        format_ = check_descriptor_format(d.pop("format"))

        vnfd = FunctionDescriptorVnfd.from_dict(d.pop("vnfd"))

        function_descriptor = cls(
            uuid=uuid,
            created_at=created_at,
            updated_at=updated_at,
            status=status,
            format_=format_,
            vnfd=vnfd,
        )

        function_descriptor.additional_properties = d
        return function_descriptor

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
