"""GET /gohan/v0.1/schemas"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.gohan_schema_list import GohanSchemaList
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/gohan/v0.1/schemas",
    }
    return _kwargs


def _parse(response: httpx.Response) -> GohanSchemaList:
    if response.status_code == 200:
        response_200 = GohanSchemaList.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
) -> GohanSchemaList:
    """Describe the HA resources in gohan's form

    gohan's own description of the resources under /v2.0.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
    ).parsed


def sync_detailed(
    *,
    client: Client,
) -> Response[GohanSchemaList]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs()
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
) -> GohanSchemaList:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
) -> Response[GohanSchemaList]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs()
    return answered(await client.async_http.request(**kwargs), _parse)
