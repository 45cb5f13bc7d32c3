"""GET /gohan/v0.1/schemas/{id}"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.gohan_schema_envelope import GohanSchemaEnvelope
from ...types import Response


def _get_kwargs(
    id: str | UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/gohan/v0.1/schemas/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return _kwargs


def _parse(response: httpx.Response) -> GohanSchemaEnvelope:
    if response.status_code == 200:
        response_200 = GohanSchemaEnvelope.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    id: str | UUID,
    *,
    client: Client,
) -> GohanSchemaEnvelope:
    """Describe an HA resource in gohan's form

    gohan's own description of the resources under /v2.0.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        id,
        client=client,
    ).parsed


def sync_detailed(
    id: str | UUID,
    *,
    client: Client,
) -> Response[GohanSchemaEnvelope]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        id,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    id: str | UUID,
    *,
    client: Client,
) -> GohanSchemaEnvelope:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        id,
        client=client,
    )
    return detailed.parsed


async def asyncio_detailed(
    id: str | UUID,
    *,
    client: Client,
) -> Response[GohanSchemaEnvelope]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        id,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
