from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.request_status import RequestStatus, check_request_status

T = TypeVar("T", bound="RequestEvent")


@_attrs_define
class RequestEvent:
    """A change of a request's status.

    Attributes:
        at (datetime.datetime):
        from_status (None | RequestStatus):
        to_status (RequestStatus):
        actor (str):
        message (str):
    """

    at: datetime.datetime
    from_status: None | RequestStatus
    to_status: RequestStatus
    actor: str
    message: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        from_status: None | str
        if isinstance(self.from_status, str):
            from_status = self.from_status
        else:
            from_status = self.from_status

        to_status: str = self.to_status

        actor = self.actor

        message = self.message

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "from_status": from_status,
                "to_status": to_status,
                "actor": actor,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        def _parse_from_status(data: object) -> None | RequestStatus:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                from_status_type_0 = check_request_status(data)

                return from_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RequestStatus, data)

        from_status = _parse_from_status(d.pop("from_status"))

        to_status = check_request_status(d.pop("to_status"))

        actor = d.pop("actor")

        message = d.pop("message")

        request_event = cls(
            at=at,
            from_status=from_status,
            to_status=to_status,
            actor=actor,
            message=message,
        )

        request_event.additional_properties = d
        return request_event

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
