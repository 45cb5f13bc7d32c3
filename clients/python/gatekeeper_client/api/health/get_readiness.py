"""GET /readyz"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.get_readiness_only import GetReadinessOnly
from ...models.readiness import Readiness
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    only: GetReadinessOnly | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_only: str | Unset = UNSET
    if not isinstance(only, Unset):
        json_only = only

    params["only"] = json_only

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/readyz",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> Readiness:
    if response.status_code == 200:
        response_200 = Readiness.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    only: GetReadinessOnly | Unset = UNSET,
) -> Readiness:
    """Ask whether database, workers and the configured peers answer

    Answer, with a 503 that names what is not there.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        only=only,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    only: GetReadinessOnly | Unset = UNSET,
) -> Response[Readiness]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        only=only,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    only: GetReadinessOnly | Unset = UNSET,
) -> Readiness:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        only=only,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    only: GetReadinessOnly | Unset = UNSET,
) -> Response[Readiness]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        only=only,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
