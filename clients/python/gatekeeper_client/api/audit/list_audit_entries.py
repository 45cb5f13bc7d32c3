"""GET /audit"""

import datetime
from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.audit_entry import AuditEntry
from ...models.audit_via import AuditVia
from ...models.count import Count
from ...models.list_audit_entries_ordering import ListAuditEntriesOrdering
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    action: list[str] | Unset = UNSET,
    actor: list[str] | Unset = UNSET,
    at: list[datetime.datetime] | Unset = UNSET,
    at_gt: list[datetime.datetime] | Unset = UNSET,
    at_gte: list[datetime.datetime] | Unset = UNSET,
    at_lt: list[datetime.datetime] | Unset = UNSET,
    at_lte: list[datetime.datetime] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    object_id: list[str] | Unset = UNSET,
    object_type: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListAuditEntriesOrdering | Unset = UNSET,
    request_id: list[str] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    via: list[AuditVia] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_action: list[str] | Unset = UNSET
    if not isinstance(action, Unset):
        json_action = action

    params["action"] = json_action

    json_actor: list[str] | Unset = UNSET
    if not isinstance(actor, Unset):
        json_actor = actor

    params["actor"] = json_actor

    json_at: list[str] | Unset = UNSET
    if not isinstance(at, Unset):
        json_at = []
        for at_item_data in at:
            at_item = at_item_data.isoformat()
            json_at.append(at_item)

    params["at"] = json_at

    json_at_gt: list[str] | Unset = UNSET
    if not isinstance(at_gt, Unset):
        json_at_gt = []
        for at_gt_item_data in at_gt:
            at_gt_item = at_gt_item_data.isoformat()
            json_at_gt.append(at_gt_item)

    params["at__gt"] = json_at_gt

    json_at_gte: list[str] | Unset = UNSET
    if not isinstance(at_gte, Unset):
        json_at_gte = []
        for at_gte_item_data in at_gte:
            at_gte_item = at_gte_item_data.isoformat()
            json_at_gte.append(at_gte_item)

    params["at__gte"] = json_at_gte

    json_at_lt: list[str] | Unset = UNSET
    if not isinstance(at_lt, Unset):
        json_at_lt = []
        for at_lt_item_data in at_lt:
            at_lt_item = at_lt_item_data.isoformat()
            json_at_lt.append(at_lt_item)

    params["at__lt"] = json_at_lt

    json_at_lte: list[str] | Unset = UNSET
    if not isinstance(at_lte, Unset):
        json_at_lte = []
        for at_lte_item_data in at_lte:
            at_lte_item = at_lte_item_data.isoformat()
            json_at_lte.append(at_lte_item)

    params["at__lte"] = json_at_lte

    json_count: str | Unset = UNSET
    if not isinstance(count, Unset):
        json_count = count

    params["count"] = json_count

    params["cursor"] = cursor

    params["limit"] = limit

    json_object_id: list[str] | Unset = UNSET
    if not isinstance(object_id, Unset):
        json_object_id = object_id

    params["object_id"] = json_object_id

    json_object_type: list[str] | Unset = UNSET
    if not isinstance(object_type, Unset):
        json_object_type = object_type

    params["object_type"] = json_object_type

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_request_id: list[str] | Unset = UNSET
    if not isinstance(request_id, Unset):
        json_request_id = request_id

    params["request_id"] = json_request_id

    json_tenant_id: list[str] | Unset = UNSET
    if not isinstance(tenant_id, Unset):
        json_tenant_id = tenant_id

    params["tenant_id"] = json_tenant_id

    json_via: list[str] | Unset = UNSET
    if not isinstance(via, Unset):
        json_via = []
        for via_item_data in via:
            via_item: str = via_item_data
            json_via.append(via_item)

    params["via"] = json_via

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/audit",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> list[AuditEntry]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for componentsschemas_audit_entry_list_item_data in _response_200:
            componentsschemas_audit_entry_list_item = AuditEntry.from_dict(
                componentsschemas_audit_entry_list_item_data
            )

            response_200.append(componentsschemas_audit_entry_list_item)

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    action: list[str] | Unset = UNSET,
    actor: list[str] | Unset = UNSET,
    at: list[datetime.datetime] | Unset = UNSET,
    at_gt: list[datetime.datetime] | Unset = UNSET,
    at_gte: list[datetime.datetime] | Unset = UNSET,
    at_lt: list[datetime.datetime] | Unset = UNSET,
    at_lte: list[datetime.datetime] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    object_id: list[str] | Unset = UNSET,
    object_type: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListAuditEntriesOrdering | Unset = UNSET,
    request_id: list[str] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    via: list[AuditVia] | Unset = UNSET,
) -> list[AuditEntry]:
    """List changes: who, when, by which way, what, before and after

    The audit, for admins. Nothing here is ever written by a caller.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        action=action,
        actor=actor,
        at=at,
        at_gt=at_gt,
        at_gte=at_gte,
        at_lt=at_lt,
        at_lte=at_lte,
        count=count,
        cursor=cursor,
        limit=limit,
        object_id=object_id,
        object_type=object_type,
        offset=offset,
        ordering=ordering,
        request_id=request_id,
        tenant_id=tenant_id,
        via=via,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    action: list[str] | Unset = UNSET,
    actor: list[str] | Unset = UNSET,
    at: list[datetime.datetime] | Unset = UNSET,
    at_gt: list[datetime.datetime] | Unset = UNSET,
    at_gte: list[datetime.datetime] | Unset = UNSET,
    at_lt: list[datetime.datetime] | Unset = UNSET,
    at_lte: list[datetime.datetime] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    object_id: list[str] | Unset = UNSET,
    object_type: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListAuditEntriesOrdering | Unset = UNSET,
    request_id: list[str] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    via: list[AuditVia] | Unset = UNSET,
) -> Response[list[AuditEntry]]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        action=action,
        actor=actor,
        at=at,
        at_gt=at_gt,
        at_gte=at_gte,
        at_lt=at_lt,
        at_lte=at_lte,
        count=count,
        cursor=cursor,
        limit=limit,
        object_id=object_id,
        object_type=object_type,
        offset=offset,
        ordering=ordering,
        request_id=request_id,
        tenant_id=tenant_id,
        via=via,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    action: list[str] | Unset = UNSET,
    actor: list[str] | Unset = UNSET,
    at: list[datetime.datetime] | Unset = UNSET,
    at_gt: list[datetime.datetime] | Unset = UNSET,
    at_gte: list[datetime.datetime] | Unset = UNSET,
    at_lt: list[datetime.datetime] | Unset = UNSET,
    at_lte: list[datetime.datetime] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    object_id: list[str] | Unset = UNSET,
    object_type: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListAuditEntriesOrdering | Unset = UNSET,
    request_id: list[str] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    via: list[AuditVia] | Unset = UNSET,
) -> list[AuditEntry]:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        action=action,
        actor=actor,
        at=at,
        at_gt=at_gt,
        at_gte=at_gte,
        at_lt=at_lt,
        at_lte=at_lte,
        count=count,
        cursor=cursor,
        limit=limit,
        object_id=object_id,
        object_type=object_type,
        offset=offset,
        ordering=ordering,
        request_id=request_id,
        tenant_id=tenant_id,
        via=via,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    action: list[str] | Unset = UNSET,
    actor: list[str] | Unset = UNSET,
    at: list[datetime.datetime] | Unset = UNSET,
    at_gt: list[datetime.datetime] | Unset = UNSET,
    at_gte: list[datetime.datetime] | Unset = UNSET,
    at_lt: list[datetime.datetime] | Unset = UNSET,
    at_lte: list[datetime.datetime] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    object_id: list[str] | Unset = UNSET,
    object_type: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListAuditEntriesOrdering | Unset = UNSET,
    request_id: list[str] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    via: list[AuditVia] | Unset = UNSET,
) -> Response[list[AuditEntry]]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        action=action,
        actor=actor,
        at=at,
        at_gt=at_gt,
        at_gte=at_gte,
        at_lt=at_lt,
        at_lte=at_lte,
        count=count,
        cursor=cursor,
        limit=limit,
        object_id=object_id,
        object_type=object_type,
        offset=offset,
        ordering=ordering,
        request_id=request_id,
        tenant_id=tenant_id,
        via=via,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
