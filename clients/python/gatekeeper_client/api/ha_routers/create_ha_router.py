"""POST /v2.0/ha_routers"""

from typing import Any, overload

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.ha_router_envelope import HaRouterEnvelope
from ...models.ha_router_list import HaRouterList
from ...models.new_ha_router_envelope import NewHaRouterEnvelope
from ...models.new_ha_router_list import NewHaRouterList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewHaRouterEnvelope | NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v2.0/ha_routers",
    }

    if isinstance(body, NewHaRouterEnvelope):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> HaRouterEnvelope | HaRouterList:
    if response.status_code == 201:

        def _parse_response_201(data: object) -> HaRouterEnvelope | HaRouterList:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_ha_router_or_list_type_0 = HaRouterEnvelope.from_dict(data)

                return componentsschemas_ha_router_or_list_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_ha_router_or_list_type_1 = HaRouterList.from_dict(data)

            return componentsschemas_ha_router_or_list_type_1

        response_201 = _parse_response_201(response.json())

        return response_201

    raise UnexpectedAnswer(response)


@overload
def sync(
    *,
    client: Client,
    body: NewHaRouterEnvelope,
    idempotency_key: str | Unset = UNSET,
) -> HaRouterEnvelope: ...


@overload
def sync(
    *,
    client: Client,
    body: NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> HaRouterList: ...


def sync(
    *,
    client: Client,
    body: NewHaRouterEnvelope | NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> HaRouterEnvelope | HaRouterList:
    """Create an HA router, or up to 100 at once, all or none

    Store an object, or several. It is answered in PENDING_CREATE; ACTIVE follows.

    An object is also taken without its envelope.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


@overload
def sync_detailed(
    *,
    client: Client,
    body: NewHaRouterEnvelope,
    idempotency_key: str | Unset = UNSET,
) -> Response[HaRouterEnvelope]: ...


@overload
def sync_detailed(
    *,
    client: Client,
    body: NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> Response[HaRouterList]: ...


def sync_detailed(
    *,
    client: Client,
    body: NewHaRouterEnvelope | NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> Response[HaRouterEnvelope | HaRouterList]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(client.http.request(**kwargs), _parse)


@overload
async def asyncio(
    *,
    client: Client,
    body: NewHaRouterEnvelope,
    idempotency_key: str | Unset = UNSET,
) -> HaRouterEnvelope: ...


@overload
async def asyncio(
    *,
    client: Client,
    body: NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> HaRouterList: ...


async def asyncio(
    *,
    client: Client,
    body: NewHaRouterEnvelope | NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> HaRouterEnvelope | HaRouterList:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    )
    return detailed.parsed


@overload
async def asyncio_detailed(
    *,
    client: Client,
    body: NewHaRouterEnvelope,
    idempotency_key: str | Unset = UNSET,
) -> Response[HaRouterEnvelope]: ...


@overload
async def asyncio_detailed(
    *,
    client: Client,
    body: NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> Response[HaRouterList]: ...


async def asyncio_detailed(
    *,
    client: Client,
    body: NewHaRouterEnvelope | NewHaRouterList,
    idempotency_key: str | Unset = UNSET,
) -> Response[HaRouterEnvelope | HaRouterList]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
