"""GET /healthz"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.health import Health
from ...types import Response


def _get_kwargs() -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/healthz",
    }
    return _kwargs


def _parse(response: httpx.Response) -> Health:
    if response.status_code == 200:
        response_200 = Health.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
) -> Health:
    """Ask whether the process answers

    Answer that it does, and which version it is.

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
) -> Response[Health]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs()
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
) -> Health:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
) -> Response[Health]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs()
    return answered(await client.async_http.request(**kwargs), _parse)
