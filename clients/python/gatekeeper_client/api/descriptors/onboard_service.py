"""POST /services"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.network_service_descriptor import NetworkServiceDescriptor
from ...models.service_descriptor import ServiceDescriptor
from ...models.sol_006_network_service_descriptor import Sol006NetworkServiceDescriptor
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NetworkServiceDescriptor | Sol006NetworkServiceDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/services",
    }

    if isinstance(body, NetworkServiceDescriptor):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> ServiceDescriptor:
    if response.status_code == 201:
        response_201 = ServiceDescriptor.from_dict(response.json())

        return response_201

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    body: NetworkServiceDescriptor | Sol006NetworkServiceDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> ServiceDescriptor:
    """Onboard a network service descriptor

    Store a descriptor as it is given. It may also be YAML, whatever the Content-Type.

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


def sync_detailed(
    *,
    client: Client,
    body: NetworkServiceDescriptor | Sol006NetworkServiceDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> Response[ServiceDescriptor]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    body: NetworkServiceDescriptor | Sol006NetworkServiceDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> ServiceDescriptor:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: NetworkServiceDescriptor | Sol006NetworkServiceDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> Response[ServiceDescriptor]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
