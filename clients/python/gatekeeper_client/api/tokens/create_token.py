"""POST /tokens"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.made_token import MadeToken
from ...models.new_token import NewToken
from ...types import Response


def _get_kwargs(
    *,
    body: NewToken,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/tokens",
    }
    _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> MadeToken:
    if response.status_code == 201:
        response_201 = MadeToken.from_dict(response.json())

        return response_201

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    body: NewToken,
) -> MadeToken:
    """Make a token, and its user, without a password, if there is none

    Make a token, and show it this once.

    Args:
        body: A token to make.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        body=body,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    body: NewToken,
) -> Response[MadeToken]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        body=body,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    body: NewToken,
) -> MadeToken:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        body=body,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: NewToken,
) -> Response[MadeToken]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        body=body,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
