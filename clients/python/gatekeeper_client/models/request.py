from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.error_class import ErrorClass, check_error_class
from ..models.request_state import RequestState, check_request_state
from ..models.request_status import RequestStatus, check_request_status
from ..models.request_type import RequestType, check_request_type

if TYPE_CHECKING:
    from ..models.endpoint import Endpoint


T = TypeVar("T", bound="Request")


@_attrs_define
class Request:
    """A request as it is printed.

    Attributes:
        id (UUID):
        request_type (RequestType):
        status (RequestStatus):
        state (RequestState):
        service_uuid (None | UUID):
        service_instance_uuid (None | UUID):
        ingresses (list[Endpoint]):
        egresses (list[Endpoint]):
        callback (None | str):
        error (None | str):
        error_class (ErrorClass | None):
        retry_of (None | UUID): The request that it retries.
        retried_by (None | UUID): The request that retries it.
        began_at (datetime.datetime):
        created_at (datetime.datetime):
        updated_at (datetime.datetime):
    """

    id: UUID
    request_type: RequestType
    status: RequestStatus
    state: RequestState
    service_uuid: None | UUID
    service_instance_uuid: None | UUID
    ingresses: list[Endpoint]
    egresses: list[Endpoint]
    callback: None | str
    error: None | str
    error_class: ErrorClass | None
    retry_of: None | UUID
    retried_by: None | UUID
    began_at: datetime.datetime
    created_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        request_type: str = self.request_type

        status: str = self.status

        state: str = self.state

        service_uuid: None | str
        if isinstance(self.service_uuid, UUID):
            service_uuid = str(self.service_uuid)
        else:
            service_uuid = self.service_uuid

        service_instance_uuid: None | str
        if isinstance(self.service_instance_uuid, UUID):
            service_instance_uuid = str(self.service_instance_uuid)
        else:
            service_instance_uuid = self.service_instance_uuid

        ingresses = []
        for ingresses_item_data in self.ingresses:
            ingresses_item = ingresses_item_data.to_dict()
            ingresses.append(ingresses_item)

        egresses = []
        for egresses_item_data in self.egresses:
            egresses_item = egresses_item_data.to_dict()
            egresses.append(egresses_item)

        callback: None | str
        callback = self.callback

        error: None | str
        error = self.error

        error_class: None | str
        if isinstance(self.error_class, str):
            error_class = self.error_class
        else:
            error_class = self.error_class

        retry_of: None | str
        if isinstance(self.retry_of, UUID):
            retry_of = str(self.retry_of)
        else:
            retry_of = self.retry_of

        retried_by: None | str
        if isinstance(self.retried_by, UUID):
            retried_by = str(self.retried_by)
        else:
            retried_by = self.retried_by

        began_at = self.began_at.isoformat()

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "request_type": request_type,
                "status": status,
                "state": state,
                "service_uuid": service_uuid,
                "service_instance_uuid": service_instance_uuid,
                "ingresses": ingresses,
                "egresses": egresses,
                "callback": callback,
                "error": error,
                "error_class": error_class,
                "retry_of": retry_of,
                "retried_by": retried_by,
                "began_at": began_at,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.endpoint import Endpoint  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        request_type = check_request_type(d.pop("request_type"))

        status = check_request_status(d.pop("status"))

        state = check_request_state(d.pop("state"))

        def _parse_service_uuid(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                service_uuid_type_0 = UUID(data)

                return service_uuid_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        service_uuid = _parse_service_uuid(d.pop("service_uuid"))

        def _parse_service_instance_uuid(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                service_instance_uuid_type_0 = UUID(data)

                return service_instance_uuid_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        service_instance_uuid = _parse_service_instance_uuid(d.pop("service_instance_uuid"))

        ingresses = []
        _ingresses = d.pop("ingresses")
        for ingresses_item_data in _ingresses:
            ingresses_item = Endpoint.from_dict(ingresses_item_data)

            ingresses.append(ingresses_item)

        egresses = []
        _egresses = d.pop("egresses")
        for egresses_item_data in _egresses:
            egresses_item = Endpoint.from_dict(egresses_item_data)

            egresses.append(egresses_item)

        def _parse_callback(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        callback = _parse_callback(d.pop("callback"))

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_error_class(data: object) -> ErrorClass | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                error_class_type_0 = check_error_class(data)

                return error_class_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ErrorClass | None, data)

        error_class = _parse_error_class(d.pop("error_class"))

        def _parse_retry_of(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                retry_of_type_0 = UUID(data)

                return retry_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        retry_of = _parse_retry_of(d.pop("retry_of"))

        def _parse_retried_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                retried_by_type_0 = UUID(data)

                return retried_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        retried_by = _parse_retried_by(d.pop("retried_by"))

        began_at = datetime.datetime.fromisoformat(d.pop("began_at"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        request = cls(
            id=id,
            request_type=request_type,
            status=status,
            state=state,
            service_uuid=service_uuid,
            service_instance_uuid=service_instance_uuid,
            ingresses=ingresses,
            egresses=egresses,
            callback=callback,
            error=error,
            error_class=error_class,
            retry_of=retry_of,
            retried_by=retried_by,
            began_at=began_at,
            created_at=created_at,
            updated_at=updated_at,
        )

        request.additional_properties = d
        return request

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
