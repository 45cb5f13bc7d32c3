"""GET /v2.0/ha_routers"""

from typing import Any
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.count import Count
from ...models.ha_router_list import HaRouterList
from ...models.ha_status import HaStatus
from ...models.list_ha_routers_ordering import ListHaRoutersOrdering
from ...models.list_ha_routers_sort_key import ListHaRoutersSortKey
from ...models.sort_order import SortOrder
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    available_gateways: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    maximum_gateways: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRoutersOrdering | Unset = UNSET,
    primary_router_id: list[UUID] | Unset = UNSET,
    secondary_router_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaRoutersSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_available_gateways: list[int] | Unset = UNSET
    if not isinstance(available_gateways, Unset):
        json_available_gateways = available_gateways

    params["available_gateways"] = json_available_gateways

    json_count: str | Unset = UNSET
    if not isinstance(count, Unset):
        json_count = count

    params["count"] = json_count

    params["cursor"] = cursor

    json_description: list[str] | Unset = UNSET
    if not isinstance(description, Unset):
        json_description = description

    params["description"] = json_description

    json_id: list[str] | Unset = UNSET
    if not isinstance(id, Unset):
        json_id = []
        for id_item_data in id:
            id_item = str(id_item_data)
            json_id.append(id_item)

    params["id"] = json_id

    params["limit"] = limit

    json_maximum_gateways: list[int] | Unset = UNSET
    if not isinstance(maximum_gateways, Unset):
        json_maximum_gateways = maximum_gateways

    params["maximum_gateways"] = json_maximum_gateways

    json_name: list[str] | Unset = UNSET
    if not isinstance(name, Unset):
        json_name = name

    params["name"] = json_name

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_primary_router_id: list[str] | Unset = UNSET
    if not isinstance(primary_router_id, Unset):
        json_primary_router_id = []
        for primary_router_id_item_data in primary_router_id:
            primary_router_id_item = str(primary_router_id_item_data)
            json_primary_router_id.append(primary_router_id_item)

    params["primary_router_id"] = json_primary_router_id

    json_secondary_router_id: list[str] | Unset = UNSET
    if not isinstance(secondary_router_id, Unset):
        json_secondary_router_id = []
        for secondary_router_id_item_data in secondary_router_id:
            secondary_router_id_item = str(secondary_router_id_item_data)
            json_secondary_router_id.append(secondary_router_id_item)

    params["secondary_router_id"] = json_secondary_router_id

    json_sort_key: str | Unset = UNSET
    if not isinstance(sort_key, Unset):
        json_sort_key = sort_key

    params["sort_key"] = json_sort_key

    json_sort_order: str | Unset = UNSET
    if not isinstance(sort_order, Unset):
        json_sort_order = sort_order

    params["sort_order"] = json_sort_order

    json_status: list[str] | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = []
        for status_item_data in status:
            status_item: str = status_item_data
            json_status.append(status_item)

    params["status"] = json_status

    json_tenant_id: list[str] | Unset = UNSET
    if not isinstance(tenant_id, Unset):
        json_tenant_id = tenant_id

    params["tenant_id"] = json_tenant_id

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v2.0/ha_routers",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> HaRouterList:
    if response.status_code == 200:
        response_200 = HaRouterList.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    available_gateways: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    maximum_gateways: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRoutersOrdering | Unset = UNSET,
    primary_router_id: list[UUID] | Unset = UNSET,
    secondary_router_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaRoutersSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
) -> HaRouterList:
    """List HA routers

    HA routers: two edge routers that stand in for each other.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        available_gateways=available_gateways,
        count=count,
        cursor=cursor,
        description=description,
        id=id,
        limit=limit,
        maximum_gateways=maximum_gateways,
        name=name,
        offset=offset,
        ordering=ordering,
        primary_router_id=primary_router_id,
        secondary_router_id=secondary_router_id,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    available_gateways: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    maximum_gateways: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRoutersOrdering | Unset = UNSET,
    primary_router_id: list[UUID] | Unset = UNSET,
    secondary_router_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaRoutersSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
) -> Response[HaRouterList]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        available_gateways=available_gateways,
        count=count,
        cursor=cursor,
        description=description,
        id=id,
        limit=limit,
        maximum_gateways=maximum_gateways,
        name=name,
        offset=offset,
        ordering=ordering,
        primary_router_id=primary_router_id,
        secondary_router_id=secondary_router_id,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    available_gateways: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    maximum_gateways: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRoutersOrdering | Unset = UNSET,
    primary_router_id: list[UUID] | Unset = UNSET,
    secondary_router_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaRoutersSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
) -> HaRouterList:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        available_gateways=available_gateways,
        count=count,
        cursor=cursor,
        description=description,
        id=id,
        limit=limit,
        maximum_gateways=maximum_gateways,
        name=name,
        offset=offset,
        ordering=ordering,
        primary_router_id=primary_router_id,
        secondary_router_id=secondary_router_id,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    available_gateways: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    maximum_gateways: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRoutersOrdering | Unset = UNSET,
    primary_router_id: list[UUID] | Unset = UNSET,
    secondary_router_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaRoutersSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
) -> Response[HaRouterList]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        available_gateways=available_gateways,
        count=count,
        cursor=cursor,
        description=description,
        id=id,
        limit=limit,
        maximum_gateways=maximum_gateways,
        name=name,
        offset=offset,
        ordering=ordering,
        primary_router_id=primary_router_id,
        secondary_router_id=secondary_router_id,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
