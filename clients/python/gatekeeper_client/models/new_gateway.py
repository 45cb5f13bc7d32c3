from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.qos_type import QosType, check_qos_type
from ..models.service_type import ServiceType, check_service_type
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewGateway")


@_attrs_define
class NewGateway:
    """A new gateway.

    Attributes:
        service_type (ServiceType):
        name (str | Unset):  Default: ''.
        description (str | Unset):  Default: ''.
        tenant_id (str | Unset): Whose it is; the token's tenant if absent.
        ha_router_id (None | Unset | UUID): May be left out if an interface is named.
        downlink_interface_id (None | Unset | UUID): Left out: the router's usable downlink with the most free VLANs.
        vlan_id (int | None | Unset): Left out: the lowest free.
        uplink_interface_id (None | Unset | UUID): Required with vpn, aws, azure, gcp, interdc, else refused.
        uplink_vlan_id (int | None | Unset): Goes with uplink_interface_id.
        qos_type (None | QosType | Unset):
        bandwidth (int | Unset): Mbit/s; required with qos_type.
    """

    service_type: ServiceType
    name: str | Unset = ""
    description: str | Unset = ""
    tenant_id: str | Unset = UNSET
    ha_router_id: None | Unset | UUID = UNSET
    downlink_interface_id: None | Unset | UUID = UNSET
    vlan_id: int | None | Unset = UNSET
    uplink_interface_id: None | Unset | UUID = UNSET
    uplink_vlan_id: int | None | Unset = UNSET
    qos_type: None | QosType | Unset = UNSET
    bandwidth: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        service_type: str = self.service_type

        name = self.name

        description = self.description

        tenant_id = self.tenant_id

        ha_router_id: None | str | Unset
        if isinstance(self.ha_router_id, Unset):
            ha_router_id = UNSET
        elif isinstance(self.ha_router_id, UUID):
            ha_router_id = str(self.ha_router_id)
        else:
            ha_router_id = self.ha_router_id

        downlink_interface_id: None | str | Unset
        if isinstance(self.downlink_interface_id, Unset):
            downlink_interface_id = UNSET
        elif isinstance(self.downlink_interface_id, UUID):
            downlink_interface_id = str(self.downlink_interface_id)
        else:
            downlink_interface_id = self.downlink_interface_id

        vlan_id: int | None | Unset
        if isinstance(self.vlan_id, Unset):
            vlan_id = UNSET
        else:
            vlan_id = self.vlan_id

        uplink_interface_id: None | str | Unset
        if isinstance(self.uplink_interface_id, Unset):
            uplink_interface_id = UNSET
        elif isinstance(self.uplink_interface_id, UUID):
            uplink_interface_id = str(self.uplink_interface_id)
        else:
            uplink_interface_id = self.uplink_interface_id

        uplink_vlan_id: int | None | Unset
        if isinstance(self.uplink_vlan_id, Unset):
            uplink_vlan_id = UNSET
        else:
            uplink_vlan_id = self.uplink_vlan_id

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
        field_dict.update(
            {
                "service_type": service_type,
            }
        )
        if name is not UNSET:
            field_dict["name"] = name
        if description is not UNSET:
            field_dict["description"] = description
        if tenant_id is not UNSET:
            field_dict["tenant_id"] = tenant_id
        if ha_router_id is not UNSET:
            field_dict["ha_router_id"] = ha_router_id
        if downlink_interface_id is not UNSET:
            field_dict["downlink_interface_id"] = downlink_interface_id
        if vlan_id is not UNSET:
            field_dict["vlan_id"] = vlan_id
        if uplink_interface_id is not UNSET:
            field_dict["uplink_interface_id"] = uplink_interface_id
        if uplink_vlan_id is not UNSET:
            field_dict["uplink_vlan_id"] = uplink_vlan_id
        if qos_type is not UNSET:
            field_dict["qos_type"] = qos_type
        if bandwidth is not UNSET:
            field_dict["bandwidth"] = bandwidth

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        service_type = check_service_type(d.pop("service_type"))

        name = d.pop("name", UNSET)

        description = d.pop("description", UNSET)

        tenant_id = d.pop("tenant_id", UNSET)

        def _parse_ha_router_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ha_router_id_type_0 = UUID(data)

                return ha_router_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        ha_router_id = _parse_ha_router_id(d.pop("ha_router_id", UNSET))

        def _parse_downlink_interface_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                downlink_interface_id_type_0 = UUID(data)

                return downlink_interface_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        downlink_interface_id = _parse_downlink_interface_id(d.pop("downlink_interface_id", UNSET))

        def _parse_vlan_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        vlan_id = _parse_vlan_id(d.pop("vlan_id", UNSET))

        def _parse_uplink_interface_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                uplink_interface_id_type_0 = UUID(data)

                return uplink_interface_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        uplink_interface_id = _parse_uplink_interface_id(d.pop("uplink_interface_id", UNSET))

        def _parse_uplink_vlan_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        uplink_vlan_id = _parse_uplink_vlan_id(d.pop("uplink_vlan_id", UNSET))

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

        new_gateway = cls(
            service_type=service_type,
            name=name,
            description=description,
            tenant_id=tenant_id,
            ha_router_id=ha_router_id,
            downlink_interface_id=downlink_interface_id,
            vlan_id=vlan_id,
            uplink_interface_id=uplink_interface_id,
            uplink_vlan_id=uplink_vlan_id,
            qos_type=qos_type,
            bandwidth=bandwidth,
        )

        new_gateway.additional_properties = d
        return new_gateway

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
