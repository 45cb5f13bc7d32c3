"""GET /v2.0/ha_routers/{id}/events"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.count import Count
from ...models.ha_event import HaEvent
from ...models.list_ha_router_events_ordering import ListHaRouterEventsOrdering
from ...models.list_ha_router_events_sort_key import ListHaRouterEventsSortKey
from ...models.sort_order import SortOrder
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str | UUID,
    *,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRouterEventsOrdering | Unset = UNSET,
    sort_key: ListHaRouterEventsSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_count: str | Unset = UNSET
    if not isinstance(count, Unset):
        json_count = count

    params["count"] = json_count

    params["cursor"] = cursor

    params["limit"] = limit

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_sort_key: str | Unset = UNSET
    if not isinstance(sort_key, Unset):
        json_sort_key = sort_key

    params["sort_key"] = json_sort_key

    json_sort_order: str | Unset = UNSET
    if not isinstance(sort_order, Unset):
        json_sort_order = sort_order

    params["sort_order"] = json_sort_order

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v2.0/ha_routers/{id}/events".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> list[HaEvent]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for componentsschemas_ha_event_list_item_data in _response_200:
            componentsschemas_ha_event_list_item = HaEvent.from_dict(
                componentsschemas_ha_event_list_item_data
            )

            response_200.append(componentsschemas_ha_event_list_item)

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    id: str | UUID,
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRouterEventsOrdering | Unset = UNSET,
    sort_key: ListHaRouterEventsSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> list[HaEvent]:
    """List the changes of status of an HA router, oldest first

    Return a page of an object's events.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        id,
        client=client,
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
        sort_key=sort_key,
        sort_order=sort_order,
    ).parsed


def sync_detailed(
    id: str | UUID,
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRouterEventsOrdering | Unset = UNSET,
    sort_key: ListHaRouterEventsSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> Response[list[HaEvent]]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        id,
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
        sort_key=sort_key,
        sort_order=sort_order,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    id: str | UUID,
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRouterEventsOrdering | Unset = UNSET,
    sort_key: ListHaRouterEventsSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> list[HaEvent]:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        id,
        client=client,
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
        sort_key=sort_key,
        sort_order=sort_order,
    )
    return detailed.parsed


async def asyncio_detailed(
    id: str | UUID,
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaRouterEventsOrdering | Unset = UNSET,
    sort_key: ListHaRouterEventsSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
) -> Response[list[HaEvent]]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        id,
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
        sort_key=sort_key,
        sort_order=sort_order,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
