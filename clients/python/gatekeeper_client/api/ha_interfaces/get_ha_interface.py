"""GET /v2.0/ha_interfaces/{id}"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.ha_interface_envelope import HaInterfaceEnvelope
from ...types import Response


def _get_kwargs(
    id: str | UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v2.0/ha_interfaces/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    return _kwargs


def _parse(response: httpx.Response) -> HaInterfaceEnvelope:
    if response.status_code == 200:
        response_200 = HaInterfaceEnvelope.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    id: str | UUID,
    *,
    client: Client,
) -> HaInterfaceEnvelope:
    """Get an HA interface

    HA interfaces: two physical interfaces of an HA router, with a pool of VLANs.

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
) -> Response[HaInterfaceEnvelope]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        id,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    id: str | UUID,
    *,
    client: Client,
) -> HaInterfaceEnvelope:
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
) -> Response[HaInterfaceEnvelope]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        id,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
