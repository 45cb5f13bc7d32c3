"""POST /functions"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.function_descriptor import FunctionDescriptor
from ...models.sol_006_vnf_descriptor import Sol006VnfDescriptor
from ...models.vnf_descriptor import VnfDescriptor
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: Sol006VnfDescriptor | VnfDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/functions",
    }

    if isinstance(body, VnfDescriptor):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> FunctionDescriptor:
    if response.status_code == 201:
        response_201 = FunctionDescriptor.from_dict(response.json())

        return response_201

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    body: Sol006VnfDescriptor | VnfDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> FunctionDescriptor:
    """Onboard a VNF descriptor

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
    body: Sol006VnfDescriptor | VnfDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> Response[FunctionDescriptor]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    body: Sol006VnfDescriptor | VnfDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> FunctionDescriptor:
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
    body: Sol006VnfDescriptor | VnfDescriptor,
    idempotency_key: str | Unset = UNSET,
) -> Response[FunctionDescriptor]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
