from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.callback_outcome import CallbackOutcome, check_callback_outcome
from ..models.request_status import RequestStatus, check_request_status

if TYPE_CHECKING:
    from ..models.callback_attempt import CallbackAttempt


T = TypeVar("T", bound="CallbackDelivery")


@_attrs_define
class CallbackDelivery:
    """A change of a request's status, as the customer's system is told of it.

    Attributes:
        id (UUID): The header X-Gatekeeper-Delivery.
        request_status (RequestStatus):
        outcome (CallbackOutcome):
        url (str):
        created_at (datetime.datetime):
        next_attempt_at (datetime.datetime | None): Null where it has ended, or waits for an earlier one.
        attempts (list[CallbackAttempt]):
    """

    id: UUID
    request_status: RequestStatus
    outcome: CallbackOutcome
    url: str
    created_at: datetime.datetime
    next_attempt_at: datetime.datetime | None
    attempts: list[CallbackAttempt]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        request_status: str = self.request_status

        outcome: str = self.outcome

        url = self.url

        created_at = self.created_at.isoformat()

        next_attempt_at: None | str
        if isinstance(self.next_attempt_at, datetime.datetime):
            next_attempt_at = self.next_attempt_at.isoformat()
        else:
            next_attempt_at = self.next_attempt_at

        attempts = []
        for attempts_item_data in self.attempts:
            attempts_item = attempts_item_data.to_dict()
            attempts.append(attempts_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "request_status": request_status,
                "outcome": outcome,
                "url": url,
                "created_at": created_at,
                "next_attempt_at": next_attempt_at,
                "attempts": attempts,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.callback_attempt import CallbackAttempt  # noqa: PLC0415

        d = dict(src_dict)
        id = UUID(d.pop("id"))

        request_status = check_request_status(d.pop("request_status"))

        outcome = check_callback_outcome(d.pop("outcome"))

        url = d.pop("url")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_next_attempt_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_attempt_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_attempt_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_attempt_at = _parse_next_attempt_at(d.pop("next_attempt_at"))

        attempts = []
        _attempts = d.pop("attempts")
        for attempts_item_data in _attempts:
            attempts_item = CallbackAttempt.from_dict(attempts_item_data)

            attempts.append(attempts_item)

        callback_delivery = cls(
            id=id,
            request_status=request_status,
            outcome=outcome,
            url=url,
            created_at=created_at,
            next_attempt_at=next_attempt_at,
            attempts=attempts,
        )

        callback_delivery.additional_properties = d
        return callback_delivery

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
