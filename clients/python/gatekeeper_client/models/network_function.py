from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="NetworkFunction")


@_attrs_define
class NetworkFunction:
    """A function of a service: the VNFD of this vendor, name and version.

    Attributes:
        vnf_id (str):
        vnf_vendor (str):
        vnf_name (str):
        vnf_version (str): Such as "0.1".
    """

    vnf_id: str
    vnf_vendor: str
    vnf_name: str
    vnf_version: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        vnf_id = self.vnf_id

        vnf_vendor = self.vnf_vendor

        vnf_name = self.vnf_name

        vnf_version = self.vnf_version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "vnf_id": vnf_id,
                "vnf_vendor": vnf_vendor,
                "vnf_name": vnf_name,
                "vnf_version": vnf_version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        vnf_id = d.pop("vnf_id")

        vnf_vendor = d.pop("vnf_vendor")

        vnf_name = d.pop("vnf_name")

        vnf_version = d.pop("vnf_version")

        network_function = cls(
            vnf_id=vnf_id,
            vnf_vendor=vnf_vendor,
            vnf_name=vnf_name,
            vnf_version=vnf_version,
        )

        network_function.additional_properties = d
        return network_function

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
