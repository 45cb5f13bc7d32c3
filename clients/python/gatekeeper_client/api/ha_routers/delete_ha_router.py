"""DELETE /v2.0/ha_routers/{id}"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str | UUID,
    *,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "delete",
        "url": "/v2.0/ha_routers/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> None:
    if response.status_code == 204:
        return None

    raise UnexpectedAnswer(response)


def sync(
    id: str | UUID,
    *,
    client: Client,
    if_match: str | Unset = UNSET,
) -> None:
    """Delete an HA router

    Delete an object that nothing uses.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        id,
        client=client,
        if_match=if_match,
    ).parsed


def sync_detailed(
    id: str | UUID,
    *,
    client: Client,
    if_match: str | Unset = UNSET,
) -> Response[None]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        id,
        if_match=if_match,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    id: str | UUID,
    *,
    client: Client,
    if_match: str | Unset = UNSET,
) -> None:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        id,
        client=client,
        if_match=if_match,
    )
    return detailed.parsed


async def asyncio_detailed(
    id: str | UUID,
    *,
    client: Client,
    if_match: str | Unset = UNSET,
) -> Response[None]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        id,
        if_match=if_match,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
