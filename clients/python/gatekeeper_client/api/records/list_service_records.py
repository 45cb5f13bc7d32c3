"""GET /records/services"""

import datetime
from typing import Any
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.count import Count
from ...models.list_service_records_in_sync_item import ListServiceRecordsInSyncItem
from ...models.list_service_records_ordering import ListServiceRecordsOrdering
from ...models.record_status import RecordStatus
from ...models.service_record import ServiceRecord
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    descriptor_reference: list[UUID] | Unset = UNSET,
    in_sync: list[ListServiceRecordsInSyncItem] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServiceRecordsOrdering | Unset = UNSET,
    status: list[RecordStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
    vnfr_id: list[UUID] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_count: str | Unset = UNSET
    if not isinstance(count, Unset):
        json_count = count

    params["count"] = json_count

    json_created_at: list[str] | Unset = UNSET
    if not isinstance(created_at, Unset):
        json_created_at = []
        for created_at_item_data in created_at:
            created_at_item = created_at_item_data.isoformat()
            json_created_at.append(created_at_item)

    params["created_at"] = json_created_at

    json_created_at_gt: list[str] | Unset = UNSET
    if not isinstance(created_at_gt, Unset):
        json_created_at_gt = []
        for created_at_gt_item_data in created_at_gt:
            created_at_gt_item = created_at_gt_item_data.isoformat()
            json_created_at_gt.append(created_at_gt_item)

    params["created_at__gt"] = json_created_at_gt

    json_created_at_gte: list[str] | Unset = UNSET
    if not isinstance(created_at_gte, Unset):
        json_created_at_gte = []
        for created_at_gte_item_data in created_at_gte:
            created_at_gte_item = created_at_gte_item_data.isoformat()
            json_created_at_gte.append(created_at_gte_item)

    params["created_at__gte"] = json_created_at_gte

    json_created_at_lt: list[str] | Unset = UNSET
    if not isinstance(created_at_lt, Unset):
        json_created_at_lt = []
        for created_at_lt_item_data in created_at_lt:
            created_at_lt_item = created_at_lt_item_data.isoformat()
            json_created_at_lt.append(created_at_lt_item)

    params["created_at__lt"] = json_created_at_lt

    json_created_at_lte: list[str] | Unset = UNSET
    if not isinstance(created_at_lte, Unset):
        json_created_at_lte = []
        for created_at_lte_item_data in created_at_lte:
            created_at_lte_item = created_at_lte_item_data.isoformat()
            json_created_at_lte.append(created_at_lte_item)

    params["created_at__lte"] = json_created_at_lte

    params["cursor"] = cursor

    json_descriptor_reference: list[str] | Unset = UNSET
    if not isinstance(descriptor_reference, Unset):
        json_descriptor_reference = []
        for descriptor_reference_item_data in descriptor_reference:
            descriptor_reference_item = str(descriptor_reference_item_data)
            json_descriptor_reference.append(descriptor_reference_item)

    params["descriptor_reference"] = json_descriptor_reference

    json_in_sync: list[str] | Unset = UNSET
    if not isinstance(in_sync, Unset):
        json_in_sync = []
        for in_sync_item_data in in_sync:
            in_sync_item: str = in_sync_item_data
            json_in_sync.append(in_sync_item)

    params["in_sync"] = json_in_sync

    params["limit"] = limit

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_status: list[str] | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = []
        for status_item_data in status:
            status_item: str = status_item_data
            json_status.append(status_item)

    params["status"] = json_status

    json_updated_at: list[str] | Unset = UNSET
    if not isinstance(updated_at, Unset):
        json_updated_at = []
        for updated_at_item_data in updated_at:
            updated_at_item = updated_at_item_data.isoformat()
            json_updated_at.append(updated_at_item)

    params["updated_at"] = json_updated_at

    json_updated_at_gt: list[str] | Unset = UNSET
    if not isinstance(updated_at_gt, Unset):
        json_updated_at_gt = []
        for updated_at_gt_item_data in updated_at_gt:
            updated_at_gt_item = updated_at_gt_item_data.isoformat()
            json_updated_at_gt.append(updated_at_gt_item)

    params["updated_at__gt"] = json_updated_at_gt

    json_updated_at_gte: list[str] | Unset = UNSET
    if not isinstance(updated_at_gte, Unset):
        json_updated_at_gte = []
        for updated_at_gte_item_data in updated_at_gte:
            updated_at_gte_item = updated_at_gte_item_data.isoformat()
            json_updated_at_gte.append(updated_at_gte_item)

    params["updated_at__gte"] = json_updated_at_gte

    json_updated_at_lt: list[str] | Unset = UNSET
    if not isinstance(updated_at_lt, Unset):
        json_updated_at_lt = []
        for updated_at_lt_item_data in updated_at_lt:
            updated_at_lt_item = updated_at_lt_item_data.isoformat()
            json_updated_at_lt.append(updated_at_lt_item)

    params["updated_at__lt"] = json_updated_at_lt

    json_updated_at_lte: list[str] | Unset = UNSET
    if not isinstance(updated_at_lte, Unset):
        json_updated_at_lte = []
        for updated_at_lte_item_data in updated_at_lte:
            updated_at_lte_item = updated_at_lte_item_data.isoformat()
            json_updated_at_lte.append(updated_at_lte_item)

    params["updated_at__lte"] = json_updated_at_lte

    json_vnfr_id: list[str] | Unset = UNSET
    if not isinstance(vnfr_id, Unset):
        json_vnfr_id = []
        for vnfr_id_item_data in vnfr_id:
            vnfr_id_item = str(vnfr_id_item_data)
            json_vnfr_id.append(vnfr_id_item)

    params["vnfr_id"] = json_vnfr_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/records/services",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> list[ServiceRecord]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for componentsschemas_service_record_list_item_data in _response_200:
            componentsschemas_service_record_list_item = ServiceRecord.from_dict(
                componentsschemas_service_record_list_item_data
            )

            response_200.append(componentsschemas_service_record_list_item)

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    descriptor_reference: list[UUID] | Unset = UNSET,
    in_sync: list[ListServiceRecordsInSyncItem] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServiceRecordsOrdering | Unset = UNSET,
    status: list[RecordStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
    vnfr_id: list[UUID] | Unset = UNSET,
) -> list[ServiceRecord]:
    """List service records

    Service records, with the update that is a request, and with what runs.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        count=count,
        created_at=created_at,
        created_at_gt=created_at_gt,
        created_at_gte=created_at_gte,
        created_at_lt=created_at_lt,
        created_at_lte=created_at_lte,
        cursor=cursor,
        descriptor_reference=descriptor_reference,
        in_sync=in_sync,
        limit=limit,
        offset=offset,
        ordering=ordering,
        status=status,
        updated_at=updated_at,
        updated_at_gt=updated_at_gt,
        updated_at_gte=updated_at_gte,
        updated_at_lt=updated_at_lt,
        updated_at_lte=updated_at_lte,
        vnfr_id=vnfr_id,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    descriptor_reference: list[UUID] | Unset = UNSET,
    in_sync: list[ListServiceRecordsInSyncItem] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServiceRecordsOrdering | Unset = UNSET,
    status: list[RecordStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
    vnfr_id: list[UUID] | Unset = UNSET,
) -> Response[list[ServiceRecord]]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        count=count,
        created_at=created_at,
        created_at_gt=created_at_gt,
        created_at_gte=created_at_gte,
        created_at_lt=created_at_lt,
        created_at_lte=created_at_lte,
        cursor=cursor,
        descriptor_reference=descriptor_reference,
        in_sync=in_sync,
        limit=limit,
        offset=offset,
        ordering=ordering,
        status=status,
        updated_at=updated_at,
        updated_at_gt=updated_at_gt,
        updated_at_gte=updated_at_gte,
        updated_at_lt=updated_at_lt,
        updated_at_lte=updated_at_lte,
        vnfr_id=vnfr_id,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    descriptor_reference: list[UUID] | Unset = UNSET,
    in_sync: list[ListServiceRecordsInSyncItem] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServiceRecordsOrdering | Unset = UNSET,
    status: list[RecordStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
    vnfr_id: list[UUID] | Unset = UNSET,
) -> list[ServiceRecord]:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        count=count,
        created_at=created_at,
        created_at_gt=created_at_gt,
        created_at_gte=created_at_gte,
        created_at_lt=created_at_lt,
        created_at_lte=created_at_lte,
        cursor=cursor,
        descriptor_reference=descriptor_reference,
        in_sync=in_sync,
        limit=limit,
        offset=offset,
        ordering=ordering,
        status=status,
        updated_at=updated_at,
        updated_at_gt=updated_at_gt,
        updated_at_gte=updated_at_gte,
        updated_at_lt=updated_at_lt,
        updated_at_lte=updated_at_lte,
        vnfr_id=vnfr_id,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    descriptor_reference: list[UUID] | Unset = UNSET,
    in_sync: list[ListServiceRecordsInSyncItem] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServiceRecordsOrdering | Unset = UNSET,
    status: list[RecordStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
    vnfr_id: list[UUID] | Unset = UNSET,
) -> Response[list[ServiceRecord]]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        count=count,
        created_at=created_at,
        created_at_gt=created_at_gt,
        created_at_gte=created_at_gte,
        created_at_lt=created_at_lt,
        created_at_lte=created_at_lte,
        cursor=cursor,
        descriptor_reference=descriptor_reference,
        in_sync=in_sync,
        limit=limit,
        offset=offset,
        ordering=ordering,
        status=status,
        updated_at=updated_at,
        updated_at_gt=updated_at_gt,
        updated_at_gte=updated_at_gte,
        updated_at_lt=updated_at_lt,
        updated_at_lte=updated_at_lte,
        vnfr_id=vnfr_id,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
