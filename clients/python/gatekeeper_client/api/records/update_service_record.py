"""PUT /records/services/{uuid}"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.request import Request
from ...models.service_record_update import ServiceRecordUpdate
from ...types import Response


def _get_kwargs(
    uuid: str | UUID,
    *,
    body: ServiceRecordUpdate,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "put",
        "url": "/records/services/{uuid}".format(
            uuid=quote(str(uuid), safe=""),
        ),
    }
    _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> Request:
    if response.status_code == 201:
        response_201 = Request.from_dict(response.json())

        return response_201

    raise UnexpectedAnswer(response)


def sync(
    uuid: str | UUID,
    *,
    client: Client,
    body: ServiceRecordUpdate,
) -> Request:
    """Order a service instance's update

    Take the order.

    Args:
        body: What `PUT /records/services/<uuid>` takes.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        uuid,
        client=client,
        body=body,
    ).parsed


def sync_detailed(
    uuid: str | UUID,
    *,
    client: Client,
    body: ServiceRecordUpdate,
) -> Response[Request]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        uuid,
        body=body,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    uuid: str | UUID,
    *,
    client: Client,
    body: ServiceRecordUpdate,
) -> Request:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        uuid,
        client=client,
        body=body,
    )
    return detailed.parsed


async def asyncio_detailed(
    uuid: str | UUID,
    *,
    client: Client,
    body: ServiceRecordUpdate,
) -> Response[Request]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        uuid,
        body=body,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
