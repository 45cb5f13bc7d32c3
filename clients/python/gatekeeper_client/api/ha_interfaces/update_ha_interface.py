"""PUT /v2.0/ha_interfaces/{id}"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.ha_interface_changes_envelope import HaInterfaceChangesEnvelope
from ...models.ha_interface_envelope import HaInterfaceEnvelope
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str | UUID,
    *,
    body: HaInterfaceChangesEnvelope,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/v2.0/ha_interfaces/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
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
    body: HaInterfaceChangesEnvelope,
    if_match: str | Unset = UNSET,
) -> HaInterfaceEnvelope:
    """Change fields of an HA interface

    Change the given fields; whatever else an object has stays as it is.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        id,
        client=client,
        body=body,
        if_match=if_match,
    ).parsed


def sync_detailed(
    id: str | UUID,
    *,
    client: Client,
    body: HaInterfaceChangesEnvelope,
    if_match: str | Unset = UNSET,
) -> Response[HaInterfaceEnvelope]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        id,
        body=body,
        if_match=if_match,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    id: str | UUID,
    *,
    client: Client,
    body: HaInterfaceChangesEnvelope,
    if_match: str | Unset = UNSET,
) -> HaInterfaceEnvelope:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        id,
        client=client,
        body=body,
        if_match=if_match,
    )
    return detailed.parsed


async def asyncio_detailed(
    id: str | UUID,
    *,
    client: Client,
    body: HaInterfaceChangesEnvelope,
    if_match: str | Unset = UNSET,
) -> Response[HaInterfaceEnvelope]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        id,
        body=body,
        if_match=if_match,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
