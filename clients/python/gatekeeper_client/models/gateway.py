from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.ha_status import HaStatus, check_ha_status
from ..models.qos_type import QosType, check_qos_type
from ..models.service_type import ServiceType, check_service_type

T = TypeVar("T", bound="Gateway")


@_attrs_define
class Gateway:
    """A gateway: what uses VLANs and bandwidth of HA interfaces.

    Attributes:
        id (UUID):
        name (str):
        description (str):
        status (HaStatus):
        tenant_id (str):
        service_type (ServiceType):
        ha_router_id (UUID):
        downlink_interface_id (UUID):
        vlan_id (int):
        uplink_interface_id (None | UUID):
        uplink_vlan_id (int | None):
        qos_type (None | QosType):
        bandwidth (int): Mbit/s
        vrf_name (str):
    """

    id: UUID
    name: str
    description: str
    status: HaStatus
    tenant_id: str
    service_type: ServiceType
    ha_router_id: UUID
    downlink_interface_id: UUID
    vlan_id: int
    uplink_interface_id: None | UUID
    uplink_vlan_id: int | None
    qos_type: None | QosType
    bandwidth: int
    vrf_name: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        name = self.name

        description = self.description

        status: str = self.status

        tenant_id = self.tenant_id

        service_type: str = self.service_type

        ha_router_id = str(self.ha_router_id)

        downlink_interface_id = str(self.downlink_interface_id)

        vlan_id = self.vlan_id

        uplink_interface_id: None | str
        if isinstance(self.uplink_interface_id, UUID):
            uplink_interface_id = str(self.uplink_interface_id)
        else:
            uplink_interface_id = self.uplink_interface_id

        uplink_vlan_id: int | None
        uplink_vlan_id = self.uplink_vlan_id

        qos_type: None | str
        if isinstance(self.qos_type, str):
            qos_type = self.qos_type
        else:
            qos_type = self.qos_type

        bandwidth = self.bandwidth

        vrf_name = self.vrf_name

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "name": name,
                "description": description,
                "status": status,
                "tenant_id": tenant_id,
                "service_type": service_type,
                "ha_router_id": ha_router_id,
                "downlink_interface_id": downlink_interface_id,
                "vlan_id": vlan_id,
                "uplink_interface_id": uplink_interface_id,
                "uplink_vlan_id": uplink_vlan_id,
                "qos_type": qos_type,
                "bandwidth": bandwidth,
                "vrf_name": vrf_name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        name = d.pop("name")

        description = d.pop("description")

        status = check_ha_status(d.pop("status"))

        tenant_id = d.pop("tenant_id")

        service_type = check_service_type(d.pop("service_type"))

        ha_router_id = UUID(d.pop("ha_router_id"))

        downlink_interface_id = UUID(d.pop("downlink_interface_id"))

        vlan_id = d.pop("vlan_id")

        def _parse_uplink_interface_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                uplink_interface_id_type_0 = UUID(data)

                return uplink_interface_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        uplink_interface_id = _parse_uplink_interface_id(d.pop("uplink_interface_id"))

        def _parse_uplink_vlan_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        uplink_vlan_id = _parse_uplink_vlan_id(d.pop("uplink_vlan_id"))

        def _parse_qos_type(data: object) -> None | QosType:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                qos_type_type_0 = check_qos_type(data)

                return qos_type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | QosType, data)

        qos_type = _parse_qos_type(d.pop("qos_type"))

        bandwidth = d.pop("bandwidth")

        vrf_name = d.pop("vrf_name")

        gateway = cls(
            id=id,
            name=name,
            description=description,
            status=status,
            tenant_id=tenant_id,
            service_type=service_type,
            ha_router_id=ha_router_id,
            downlink_interface_id=downlink_interface_id,
            vlan_id=vlan_id,
            uplink_interface_id=uplink_interface_id,
            uplink_vlan_id=uplink_vlan_id,
            qos_type=qos_type,
            bandwidth=bandwidth,
            vrf_name=vrf_name,
        )

        gateway.additional_properties = d
        return gateway

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
