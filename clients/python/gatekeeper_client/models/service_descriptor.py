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
    from ..models.network_service_descriptor import NetworkServiceDescriptor
    from ..models.sol_006_network_service_descriptor import Sol006NetworkServiceDescriptor


T = TypeVar("T", bound="ServiceDescriptor")


@_attrs_define
class ServiceDescriptor:
    """A network service descriptor.

    Attributes:
        uuid (UUID):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
        status (DescriptorStatus):
        format_ (DescriptorFormat):
        nsd (NetworkServiceDescriptor | Sol006NetworkServiceDescriptor):
    """

    uuid: UUID
    created_at: datetime.datetime
    updated_at: datetime.datetime
    status: DescriptorStatus
    format_: DescriptorFormat
    nsd: NetworkServiceDescriptor | Sol006NetworkServiceDescriptor
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.network_service_descriptor import NetworkServiceDescriptor  # noqa: PLC0415

        uuid = str(self.uuid)

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        status: str = self.status

        format_: str = self.format_

        nsd: dict[str, Any]
        if isinstance(self.nsd, NetworkServiceDescriptor):
            nsd = self.nsd.to_dict()
        else:
            nsd = self.nsd.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "uuid": uuid,
                "created_at": created_at,
                "updated_at": updated_at,
                "status": status,
                "format": format_,
                "nsd": nsd,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.network_service_descriptor import NetworkServiceDescriptor  # noqa: PLC0415
        from ..models.sol_006_network_service_descriptor import (
            Sol006NetworkServiceDescriptor,  # noqa: PLC0415
        )

        d = dict(src_dict)
        uuid = UUID(d.pop("uuid"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        status = check_descriptor_status(d.pop("status"))

        format_ = check_descriptor_format(d.pop("format"))

        def _parse_nsd(data: object) -> NetworkServiceDescriptor | Sol006NetworkServiceDescriptor:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_any_network_service_descriptor_type_0 = (
                    NetworkServiceDescriptor.from_dict(data)
                )

                return componentsschemas_any_network_service_descriptor_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_any_network_service_descriptor_type_1 = (
                Sol006NetworkServiceDescriptor.from_dict(data)
            )

            return componentsschemas_any_network_service_descriptor_type_1

        nsd = _parse_nsd(d.pop("nsd"))

        service_descriptor = cls(
            uuid=uuid,
            created_at=created_at,
            updated_at=updated_at,
            status=status,
            format_=format_,
            nsd=nsd,
        )

        service_descriptor.additional_properties = d
        return service_descriptor

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
