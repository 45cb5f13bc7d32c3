"""PUT /mano"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.mano_state import ManoState
from ...models.mano_state_change import ManoStateChange
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ManoStateChange,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/mano",
    }
    _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> ManoState:
    if response.status_code == 200:
        response_200 = ManoState.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    body: ManoStateChange,
    if_match: str | Unset = UNSET,
) -> ManoState:
    """Have orders wait, or be handed over again

    Pause it, or let it run.

    Args:
        body: What `PUT /mano` takes.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    body: ManoStateChange,
    if_match: str | Unset = UNSET,
) -> Response[ManoState]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        body=body,
        if_match=if_match,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    body: ManoStateChange,
    if_match: str | Unset = UNSET,
) -> ManoState:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        body=body,
        if_match=if_match,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: ManoStateChange,
    if_match: str | Unset = UNSET,
) -> Response[ManoState]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        body=body,
        if_match=if_match,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
