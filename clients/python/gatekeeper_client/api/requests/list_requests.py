"""GET /requests"""

import datetime
from typing import Any
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.case_state import CaseState
from ...models.count import Count
from ...models.error_class import ErrorClass
from ...models.list_requests_ordering import ListRequestsOrdering
from ...models.request import Request
from ...models.request_state import RequestState
from ...models.request_status import RequestStatus
from ...models.request_type import RequestType
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    assignee: list[str] | Unset = UNSET,
    case_state: list[CaseState] | Unset = UNSET,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_class: list[ErrorClass] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListRequestsOrdering | Unset = UNSET,
    request_type: list[RequestType] | Unset = UNSET,
    service_instance_uuid: list[UUID] | Unset = UNSET,
    service_uuid: list[UUID] | Unset = UNSET,
    state: list[RequestState] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_assignee: list[str] | Unset = UNSET
    if not isinstance(assignee, Unset):
        json_assignee = assignee

    params["assignee"] = json_assignee

    json_case_state: list[str] | Unset = UNSET
    if not isinstance(case_state, Unset):
        json_case_state = []
        for case_state_item_data in case_state:
            case_state_item: str = case_state_item_data
            json_case_state.append(case_state_item)

    params["case_state"] = json_case_state

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

    json_error_class: list[str] | Unset = UNSET
    if not isinstance(error_class, Unset):
        json_error_class = []
        for error_class_item_data in error_class:
            error_class_item: str = error_class_item_data
            json_error_class.append(error_class_item)

    params["error_class"] = json_error_class

    params["limit"] = limit

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_request_type: list[str] | Unset = UNSET
    if not isinstance(request_type, Unset):
        json_request_type = []
        for request_type_item_data in request_type:
            request_type_item: str = request_type_item_data
            json_request_type.append(request_type_item)

    params["request_type"] = json_request_type

    json_service_instance_uuid: list[str] | Unset = UNSET
    if not isinstance(service_instance_uuid, Unset):
        json_service_instance_uuid = []
        for service_instance_uuid_item_data in service_instance_uuid:
            service_instance_uuid_item = str(service_instance_uuid_item_data)
            json_service_instance_uuid.append(service_instance_uuid_item)

    params["service_instance_uuid"] = json_service_instance_uuid

    json_service_uuid: list[str] | Unset = UNSET
    if not isinstance(service_uuid, Unset):
        json_service_uuid = []
        for service_uuid_item_data in service_uuid:
            service_uuid_item = str(service_uuid_item_data)
            json_service_uuid.append(service_uuid_item)

    params["service_uuid"] = json_service_uuid

    json_state: list[str] | Unset = UNSET
    if not isinstance(state, Unset):
        json_state = []
        for state_item_data in state:
            state_item: str = state_item_data
            json_state.append(state_item)

    params["state"] = json_state

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

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/requests",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> list[Request]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for componentsschemas_request_list_item_data in _response_200:
            componentsschemas_request_list_item = Request.from_dict(
                componentsschemas_request_list_item_data
            )

            response_200.append(componentsschemas_request_list_item)

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    assignee: list[str] | Unset = UNSET,
    case_state: list[CaseState] | Unset = UNSET,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_class: list[ErrorClass] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListRequestsOrdering | Unset = UNSET,
    request_type: list[RequestType] | Unset = UNSET,
    service_instance_uuid: list[UUID] | Unset = UNSET,
    service_uuid: list[UUID] | Unset = UNSET,
    state: list[RequestState] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
) -> list[Request]:
    """List requests

    Requests: orders to instantiate, update or terminate a network service.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        assignee=assignee,
        case_state=case_state,
        count=count,
        created_at=created_at,
        created_at_gt=created_at_gt,
        created_at_gte=created_at_gte,
        created_at_lt=created_at_lt,
        created_at_lte=created_at_lte,
        cursor=cursor,
        error_class=error_class,
        limit=limit,
        offset=offset,
        ordering=ordering,
        request_type=request_type,
        service_instance_uuid=service_instance_uuid,
        service_uuid=service_uuid,
        state=state,
        status=status,
        updated_at=updated_at,
        updated_at_gt=updated_at_gt,
        updated_at_gte=updated_at_gte,
        updated_at_lt=updated_at_lt,
        updated_at_lte=updated_at_lte,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    assignee: list[str] | Unset = UNSET,
    case_state: list[CaseState] | Unset = UNSET,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_class: list[ErrorClass] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListRequestsOrdering | Unset = UNSET,
    request_type: list[RequestType] | Unset = UNSET,
    service_instance_uuid: list[UUID] | Unset = UNSET,
    service_uuid: list[UUID] | Unset = UNSET,
    state: list[RequestState] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
) -> Response[list[Request]]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        assignee=assignee,
        case_state=case_state,
        count=count,
        created_at=created_at,
        created_at_gt=created_at_gt,
        created_at_gte=created_at_gte,
        created_at_lt=created_at_lt,
        created_at_lte=created_at_lte,
        cursor=cursor,
        error_class=error_class,
        limit=limit,
        offset=offset,
        ordering=ordering,
        request_type=request_type,
        service_instance_uuid=service_instance_uuid,
        service_uuid=service_uuid,
        state=state,
        status=status,
        updated_at=updated_at,
        updated_at_gt=updated_at_gt,
        updated_at_gte=updated_at_gte,
        updated_at_lt=updated_at_lt,
        updated_at_lte=updated_at_lte,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    assignee: list[str] | Unset = UNSET,
    case_state: list[CaseState] | Unset = UNSET,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_class: list[ErrorClass] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListRequestsOrdering | Unset = UNSET,
    request_type: list[RequestType] | Unset = UNSET,
    service_instance_uuid: list[UUID] | Unset = UNSET,
    service_uuid: list[UUID] | Unset = UNSET,
    state: list[RequestState] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
) -> list[Request]:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        assignee=assignee,
        case_state=case_state,
        count=count,
        created_at=created_at,
        created_at_gt=created_at_gt,
        created_at_gte=created_at_gte,
        created_at_lt=created_at_lt,
        created_at_lte=created_at_lte,
        cursor=cursor,
        error_class=error_class,
        limit=limit,
        offset=offset,
        ordering=ordering,
        request_type=request_type,
        service_instance_uuid=service_instance_uuid,
        service_uuid=service_uuid,
        state=state,
        status=status,
        updated_at=updated_at,
        updated_at_gt=updated_at_gt,
        updated_at_gte=updated_at_gte,
        updated_at_lt=updated_at_lt,
        updated_at_lte=updated_at_lte,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    assignee: list[str] | Unset = UNSET,
    case_state: list[CaseState] | Unset = UNSET,
    count: Count | Unset = UNSET,
    created_at: list[datetime.datetime] | Unset = UNSET,
    created_at_gt: list[datetime.datetime] | Unset = UNSET,
    created_at_gte: list[datetime.datetime] | Unset = UNSET,
    created_at_lt: list[datetime.datetime] | Unset = UNSET,
    created_at_lte: list[datetime.datetime] | Unset = UNSET,
    cursor: str | Unset = UNSET,
    error_class: list[ErrorClass] | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListRequestsOrdering | Unset = UNSET,
    request_type: list[RequestType] | Unset = UNSET,
    service_instance_uuid: list[UUID] | Unset = UNSET,
    service_uuid: list[UUID] | Unset = UNSET,
    state: list[RequestState] | Unset = UNSET,
    status: list[RequestStatus] | Unset = UNSET,
    updated_at: list[datetime.datetime] | Unset = UNSET,
    updated_at_gt: list[datetime.datetime] | Unset = UNSET,
    updated_at_gte: list[datetime.datetime] | Unset = UNSET,
    updated_at_lt: list[datetime.datetime] | Unset = UNSET,
    updated_at_lte: list[datetime.datetime] | Unset = UNSET,
) -> Response[list[Request]]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        assignee=assignee,
        case_state=case_state,
        count=count,
        created_at=created_at,
        created_at_gt=created_at_gt,
        created_at_gte=created_at_gte,
        created_at_lt=created_at_lt,
        created_at_lte=created_at_lte,
        cursor=cursor,
        error_class=error_class,
        limit=limit,
        offset=offset,
        ordering=ordering,
        request_type=request_type,
        service_instance_uuid=service_instance_uuid,
        service_uuid=service_uuid,
        state=state,
        status=status,
        updated_at=updated_at,
        updated_at_gt=updated_at_gt,
        updated_at_gte=updated_at_gte,
        updated_at_lt=updated_at_lt,
        updated_at_lte=updated_at_lte,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
