from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.request_type import RequestType, check_request_type
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.endpoint import Endpoint


T = TypeVar("T", bound="NewRequest")


@_attrs_define
class NewRequest:
    """An order.

    Attributes:
        request_type (RequestType | Unset):  Default: 'CREATE'.
        service_uuid (None | Unset | UUID): CREATE: the service's descriptor.
        service_instance_uuid (None | Unset | UUID): UPDATE, TERMINATE: the service record.
        nsd_id (None | Unset | UUID): UPDATE: what the record is an instance of.
        latest_nsd_id (None | str | Unset): UPDATE: the new NSD's uuid, or a version of the same vendor and name.
        ingresses (list[Endpoint] | Unset):
        egresses (list[Endpoint] | Unset):
        callback (None | str | Unset): A URL told of every change of status.
    """

    request_type: RequestType | Unset = "CREATE"
    service_uuid: None | Unset | UUID = UNSET
    service_instance_uuid: None | Unset | UUID = UNSET
    nsd_id: None | Unset | UUID = UNSET
    latest_nsd_id: None | str | Unset = UNSET
    ingresses: list[Endpoint] | Unset = UNSET
    egresses: list[Endpoint] | Unset = UNSET
    callback: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        request_type: str | Unset = UNSET
        if not isinstance(self.request_type, Unset):
            request_type = self.request_type

        service_uuid: None | str | Unset
        if isinstance(self.service_uuid, Unset):
            service_uuid = UNSET
        elif isinstance(self.service_uuid, UUID):
            service_uuid = str(self.service_uuid)
        else:
            service_uuid = self.service_uuid

        service_instance_uuid: None | str | Unset
        if isinstance(self.service_instance_uuid, Unset):
            service_instance_uuid = UNSET
        elif isinstance(self.service_instance_uuid, UUID):
            service_instance_uuid = str(self.service_instance_uuid)
        else:
            service_instance_uuid = self.service_instance_uuid

        nsd_id: None | str | Unset
        if isinstance(self.nsd_id, Unset):
            nsd_id = UNSET
        elif isinstance(self.nsd_id, UUID):
            nsd_id = str(self.nsd_id)
        else:
            nsd_id = self.nsd_id

        latest_nsd_id: None | str | Unset
        if isinstance(self.latest_nsd_id, Unset):
            latest_nsd_id = UNSET
        else:
            latest_nsd_id = self.latest_nsd_id

        ingresses: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.ingresses, Unset):
            ingresses = []
            for ingresses_item_data in self.ingresses:
                ingresses_item = ingresses_item_data.to_dict()
                ingresses.append(ingresses_item)

        egresses: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.egresses, Unset):
            egresses = []
            for egresses_item_data in self.egresses:
                egresses_item = egresses_item_data.to_dict()
                egresses.append(egresses_item)

        callback: None | str | Unset
        if isinstance(self.callback, Unset):
            callback = UNSET
        else:
            callback = self.callback

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if request_type is not UNSET:
            field_dict["request_type"] = request_type
        if service_uuid is not UNSET:
            field_dict["service_uuid"] = service_uuid
        if service_instance_uuid is not UNSET:
            field_dict["service_instance_uuid"] = service_instance_uuid
        if nsd_id is not UNSET:
            field_dict["nsd_id"] = nsd_id
        if latest_nsd_id is not UNSET:
            field_dict["latest_nsd_id"] = latest_nsd_id
        if ingresses is not UNSET:
            field_dict["ingresses"] = ingresses
        if egresses is not UNSET:
            field_dict["egresses"] = egresses
        if callback is not UNSET:
            field_dict["callback"] = callback

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.endpoint import Endpoint  # noqa: PLC0415

        d = dict(src_dict)
        _request_type = d.pop("request_type", UNSET)
        request_type: RequestType | Unset
        if isinstance(_request_type, Unset):
            request_type = UNSET
        else:
            request_type = check_request_type(_request_type)

        def _parse_service_uuid(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                service_uuid_type_0 = UUID(data)

                return service_uuid_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        service_uuid = _parse_service_uuid(d.pop("service_uuid", UNSET))

        def _parse_service_instance_uuid(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                service_instance_uuid_type_0 = UUID(data)

                return service_instance_uuid_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        service_instance_uuid = _parse_service_instance_uuid(d.pop("service_instance_uuid", UNSET))

        def _parse_nsd_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                nsd_id_type_0 = UUID(data)

                return nsd_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        nsd_id = _parse_nsd_id(d.pop("nsd_id", UNSET))

        def _parse_latest_nsd_id(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        latest_nsd_id = _parse_latest_nsd_id(d.pop("latest_nsd_id", UNSET))

        _ingresses = d.pop("ingresses", UNSET)
        ingresses: list[Endpoint] | Unset = UNSET
        if _ingresses is not UNSET:
            ingresses = []
            for ingresses_item_data in _ingresses:
                ingresses_item = Endpoint.from_dict(ingresses_item_data)

                ingresses.append(ingresses_item)

        _egresses = d.pop("egresses", UNSET)
        egresses: list[Endpoint] | Unset = UNSET
        if _egresses is not UNSET:
            egresses = []
            for egresses_item_data in _egresses:
                egresses_item = Endpoint.from_dict(egresses_item_data)

                egresses.append(egresses_item)

        def _parse_callback(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        callback = _parse_callback(d.pop("callback", UNSET))

        new_request = cls(
            request_type=request_type,
            service_uuid=service_uuid,
            service_instance_uuid=service_instance_uuid,
            nsd_id=nsd_id,
            latest_nsd_id=latest_nsd_id,
            ingresses=ingresses,
            egresses=egresses,
            callback=callback,
        )

        new_request.additional_properties = d
        return new_request

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
