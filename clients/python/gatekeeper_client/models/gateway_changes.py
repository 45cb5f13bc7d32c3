from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.qos_type import QosType, check_qos_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="GatewayChanges")


@_attrs_define
class GatewayChanges:
    """A change of a gateway: the given members.

    Attributes:
        name (str | Unset):
        description (str | Unset):
        qos_type (None | QosType | Unset):
        bandwidth (int | Unset): Mbit/s; required with a new qos_type.
    """

    name: str | Unset = UNSET
    description: str | Unset = UNSET
    qos_type: None | QosType | Unset = UNSET
    bandwidth: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        description = self.description

        qos_type: None | str | Unset
        if isinstance(self.qos_type, Unset):
            qos_type = UNSET
        elif isinstance(self.qos_type, str):
            qos_type = self.qos_type
        else:
            qos_type = self.qos_type

        bandwidth = self.bandwidth

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if qos_type is not UNSET:
            field_dict["qos_type"] = qos_type
        if bandwidth is not UNSET:
            field_dict["bandwidth"] = bandwidth

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        def _parse_qos_type(data: object) -> None | QosType | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                qos_type_type_0 = check_qos_type(data)

                return qos_type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QosType | Unset, data)

        qos_type = _parse_qos_type(d.pop("qos_type", UNSET))

        bandwidth = d.pop("bandwidth", UNSET)

        gateway_changes = cls(
            name=name,
            description=description,
            qos_type=qos_type,
            bandwidth=bandwidth,
        )

        gateway_changes.additional_properties = d
        return gateway_changes

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
