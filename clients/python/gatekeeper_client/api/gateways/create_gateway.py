"""POST /v2.0/gateways"""

from typing import Any, overload

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.gateway_envelope import GatewayEnvelope
from ...models.gateway_list import GatewayList
from ...models.new_gateway_envelope import NewGatewayEnvelope
from ...models.new_gateway_list import NewGatewayList
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewGatewayEnvelope | NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v2.0/gateways",
    }

    if isinstance(body, NewGatewayEnvelope):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> GatewayEnvelope | GatewayList:
    if response.status_code == 201:

        def _parse_response_201(data: object) -> GatewayEnvelope | GatewayList:
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                componentsschemas_gateway_or_list_type_0 = GatewayEnvelope.from_dict(data)

                return componentsschemas_gateway_or_list_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            if not isinstance(data, dict):
                raise TypeError()
            componentsschemas_gateway_or_list_type_1 = GatewayList.from_dict(data)

            return componentsschemas_gateway_or_list_type_1

        response_201 = _parse_response_201(response.json())

        return response_201

    raise UnexpectedAnswer(response)


@overload
def sync(
    *,
    client: Client,
    body: NewGatewayEnvelope,
    idempotency_key: str | Unset = UNSET,
) -> GatewayEnvelope: ...


@overload
def sync(
    *,
    client: Client,
    body: NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> GatewayList: ...


def sync(
    *,
    client: Client,
    body: NewGatewayEnvelope | NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> GatewayEnvelope | GatewayList:
    """Create a gateway, or up to 100 at once, all or none

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
    body: NewGatewayEnvelope,
    idempotency_key: str | Unset = UNSET,
) -> Response[GatewayEnvelope]: ...


@overload
def sync_detailed(
    *,
    client: Client,
    body: NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> Response[GatewayList]: ...


def sync_detailed(
    *,
    client: Client,
    body: NewGatewayEnvelope | NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> Response[GatewayEnvelope | GatewayList]:
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
    body: NewGatewayEnvelope,
    idempotency_key: str | Unset = UNSET,
) -> GatewayEnvelope: ...


@overload
async def asyncio(
    *,
    client: Client,
    body: NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> GatewayList: ...


async def asyncio(
    *,
    client: Client,
    body: NewGatewayEnvelope | NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> GatewayEnvelope | GatewayList:
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
    body: NewGatewayEnvelope,
    idempotency_key: str | Unset = UNSET,
) -> Response[GatewayEnvelope]: ...


@overload
async def asyncio_detailed(
    *,
    client: Client,
    body: NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> Response[GatewayList]: ...


async def asyncio_detailed(
    *,
    client: Client,
    body: NewGatewayEnvelope | NewGatewayList,
    idempotency_key: str | Unset = UNSET,
) -> Response[GatewayEnvelope | GatewayList]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
