from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.audit_via import AuditVia, check_audit_via

if TYPE_CHECKING:
    from ..models.audit_entry_changes import AuditEntryChanges


T = TypeVar("T", bound="AuditEntry")


@_attrs_define
class AuditEntry:
    """An entry, for the schema.

    Attributes:
        id (int):
        at (datetime.datetime):
        actor (str): A user's name; `mano`, `etcd` or `gatekeeper` where no person acted.
        user_id (int | None): Whose call it was, or caused it.
        token_id (int | None):
        address (None | str):
        via (AuditVia): * `api` - API
            * `admin` - admin
            * `task` - task: the worker, by itself
            * `mano` - MANO: an answer of it
            * `etcd` - etcd: an agent
            * `command` - command: manage.py
        request_id (None | str):
        traceparent (None | str):
        tenant_id (None | str):
        action (str): A verb, such as `create`.
        object_type (str): Such as `request` or `ha_router`.
        object_id (str):
        changes (AuditEntryChanges): `{member: [before, after]}`; a long value is its digest.
    """

    id: int
    at: datetime.datetime
    actor: str
    user_id: int | None
    token_id: int | None
    address: None | str
    via: AuditVia
    request_id: None | str
    traceparent: None | str
    tenant_id: None | str
    action: str
    object_type: str
    object_id: str
    changes: AuditEntryChanges
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        at = self.at.isoformat()

        actor = self.actor

        user_id: int | None
        user_id = self.user_id

        token_id: int | None
        token_id = self.token_id

        address: None | str
        address = self.address

        via: str = self.via

        request_id: None | str
        request_id = self.request_id

        traceparent: None | str
        traceparent = self.traceparent

        tenant_id: None | str
        tenant_id = self.tenant_id

        action = self.action

        object_type = self.object_type

        object_id = self.object_id

        changes = self.changes.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "at": at,
                "actor": actor,
                "user_id": user_id,
                "token_id": token_id,
                "address": address,
                "via": via,
                "request_id": request_id,
                "traceparent": traceparent,
                "tenant_id": tenant_id,
                "action": action,
                "object_type": object_type,
                "object_id": object_id,
                "changes": changes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.audit_entry_changes import AuditEntryChanges  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        actor = d.pop("actor")

        def _parse_user_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        user_id = _parse_user_id(d.pop("user_id"))

        def _parse_token_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        token_id = _parse_token_id(d.pop("token_id"))

        def _parse_address(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        address = _parse_address(d.pop("address"))

        via = check_audit_via(d.pop("via"))

        def _parse_request_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        request_id = _parse_request_id(d.pop("request_id"))

        def _parse_traceparent(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        traceparent = _parse_traceparent(d.pop("traceparent"))

        def _parse_tenant_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        tenant_id = _parse_tenant_id(d.pop("tenant_id"))

        action = d.pop("action")

        object_type = d.pop("object_type")

        object_id = d.pop("object_id")

        changes = AuditEntryChanges.from_dict(d.pop("changes"))

        audit_entry = cls(
            id=id,
            at=at,
            actor=actor,
            user_id=user_id,
            token_id=token_id,
            address=address,
            via=via,
            request_id=request_id,
            traceparent=traceparent,
            tenant_id=tenant_id,
            action=action,
            object_type=object_type,
            object_id=object_id,
            changes=changes,
        )

        audit_entry.additional_properties = d
        return audit_entry

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
