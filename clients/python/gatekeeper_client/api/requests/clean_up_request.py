"""POST /requests/{id}/clean-up"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.request import Request
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str | UUID,
    *,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/requests/{id}/clean-up".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> Request:
    if response.status_code == 202:
        response_202 = Request.from_dict(response.json())

        return response_202

    raise UnexpectedAnswer(response)


def sync(
    id: str | UUID,
    *,
    client: Client,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Have what a failed CREATE has left at the MANO removed

    Begin to remove it; how that goes, the events tell.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        id,
        client=client,
        idempotency_key=idempotency_key,
    ).parsed


def sync_detailed(
    id: str | UUID,
    *,
    client: Client,
    idempotency_key: str | Unset = UNSET,
) -> Response[Request]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        id,
        idempotency_key=idempotency_key,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    id: str | UUID,
    *,
    client: Client,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        id,
        client=client,
        idempotency_key=idempotency_key,
    )
    return detailed.parsed


async def asyncio_detailed(
    id: str | UUID,
    *,
    client: Client,
    idempotency_key: str | Unset = UNSET,
) -> Response[Request]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        id,
        idempotency_key=idempotency_key,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
