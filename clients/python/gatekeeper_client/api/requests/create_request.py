"""POST /requests"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.new_request import NewRequest
from ...models.request import Request
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: NewRequest,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/requests",
    }
    _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> Request:
    if response.status_code == 201:
        response_201 = Request.from_dict(response.json())

        return response_201

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    body: NewRequest,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Order a service's instantiation, update or termination

    CREATE takes a `service_uuid`; UPDATE a `service_instance_uuid`, its `nsd_id` and the
    `latest_nsd_id`; TERMINATE a `service_instance_uuid`. Nobody waits for the MANO: the request
    is answered in NEW. Of all orders for an instance, one at a time is taken.

    Args:
        body: An order.

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
    body: NewRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Request]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    body: NewRequest,
    idempotency_key: str | Unset = UNSET,
) -> Request:
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
    body: NewRequest,
    idempotency_key: str | Unset = UNSET,
) -> Response[Request]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
