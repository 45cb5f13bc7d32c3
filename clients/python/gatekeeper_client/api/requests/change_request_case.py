"""PATCH /requests/{id}/case"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.case import Case
from ...models.case_change import CaseChange
from ...types import UNSET, Response, Unset


def _get_kwargs(
    id: str | UUID,
    *,
    body: CaseChange,
    if_match: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    _kwargs: dict[str, Any] = {
        "method": "patch",
        "url": "/requests/{id}/case".format(
            id=quote(str(id), safe=""),
        ),
    }
    _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> Case:
    if response.status_code == 200:
        response_200 = Case.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    id: str | UUID,
    *,
    client: Client,
    body: CaseChange,
    if_match: str | Unset = UNSET,
) -> Case:
    """Change the case of a request in ERROR, or add a note to it

    Assign it, close it with its resolution, open it again, note something.

    Args:
        body: What `PATCH /requests/<id>/case` takes, each of which may be left out.

            The context has the request whose case it is.

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
    body: CaseChange,
    if_match: str | Unset = UNSET,
) -> Response[Case]:
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
    body: CaseChange,
    if_match: str | Unset = UNSET,
) -> Case:
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
    body: CaseChange,
    if_match: str | Unset = UNSET,
) -> Response[Case]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        id,
        body=body,
        if_match=if_match,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
