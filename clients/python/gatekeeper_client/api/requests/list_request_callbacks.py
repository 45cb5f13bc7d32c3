"""GET /requests/{id}/callbacks"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.callback_delivery import CallbackDelivery
from ...models.count import Count
from ...models.list_request_callbacks_ordering import ListRequestCallbacksOrdering
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str | UUID,
    *,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListRequestCallbacksOrdering | Unset = UNSET,
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

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/requests/{id}/callbacks".format(
            id=quote(str(id), safe=""),
        ),
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> list[CallbackDelivery]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for componentsschemas_callback_delivery_list_item_data in _response_200:
            componentsschemas_callback_delivery_list_item = CallbackDelivery.from_dict(
                componentsschemas_callback_delivery_list_item_data
            )

            response_200.append(componentsschemas_callback_delivery_list_item)

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
    ordering: ListRequestCallbacksOrdering | Unset = UNSET,
) -> list[CallbackDelivery]:
    """List a request's callbacks, oldest first

    Return a page of the deliveries, each with its attempts.

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
    ).parsed


def sync_detailed(
    id: str | UUID,
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListRequestCallbacksOrdering | Unset = UNSET,
) -> Response[list[CallbackDelivery]]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        id,
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
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
    ordering: ListRequestCallbacksOrdering | Unset = UNSET,
) -> list[CallbackDelivery]:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        id,
        client=client,
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
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
    ordering: ListRequestCallbacksOrdering | Unset = UNSET,
) -> Response[list[CallbackDelivery]]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        id,
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
