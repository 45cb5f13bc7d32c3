from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.descriptor_format import DescriptorFormat, check_descriptor_format
from ..models.descriptor_status import DescriptorStatus, check_descriptor_status

if TYPE_CHECKING:
    from ..models.sol_006_vnf_descriptor import Sol006VnfDescriptor
    from ..models.vnf_descriptor import VnfDescriptor


T = TypeVar("T", bound="FunctionDescriptor")


@_attrs_define
class FunctionDescriptor:
    """A VNF descriptor.

    Attributes:
        uuid (UUID):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        status (DescriptorStatus):
        format_ (DescriptorFormat):
        vnfd (Sol006VnfDescriptor | VnfDescriptor):
    """

    uuid: UUID
    created_at: datetime.datetime
    updated_at: datetime.datetime
    status: DescriptorStatus
    format_: DescriptorFormat
    vnfd: Sol006VnfDescriptor | VnfDescriptor
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.vnf_descriptor import VnfDescriptor  # noqa: PLC0415

        uuid = str(self.uuid)

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        status: str = self.status

        format_: str = self.format_

        vnfd: dict[str, Any]
        if isinstance(self.vnfd, VnfDescriptor):
            vnfd = self.vnfd.to_dict()
        else:
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
        from ..models.sol_006_vnf_descriptor import Sol006VnfDescriptor  # noqa: PLC0415
        from ..models.vnf_descriptor import VnfDescriptor  # noqa: PLC0415

        d = dict(src_dict)
        uuid = UUID(d.pop("uuid"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        status = check_descriptor_status(d.pop("status"))

        format_ = check_descriptor_format(d.pop("format"))

        def _parse_vnfd(data: object) -> Sol006VnfDescriptor | VnfDescriptor:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_any_vnf_descriptor_type_0 = VnfDescriptor.from_dict(data)

                return componentsschemas_any_vnf_descriptor_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_any_vnf_descriptor_type_1 = Sol006VnfDescriptor.from_dict(data)

            return componentsschemas_any_vnf_descriptor_type_1

        vnfd = _parse_vnfd(d.pop("vnfd"))

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
