"""GET /records/services/{uuid}"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.service_record import ServiceRecord
from ...types import Response


def _get_kwargs(
    uuid: str | UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/records/services/{uuid}".format(
            uuid=quote(str(uuid), safe=""),
        ),
    }
    return _kwargs


def _parse(response: httpx.Response) -> ServiceRecord:
    if response.status_code == 200:
        response_200 = ServiceRecord.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    uuid: str | UUID,
    *,
    client: Client,
) -> ServiceRecord:
    """Get a service record

    Service records, with the update that is a request, and with what runs.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        uuid,
        client=client,
    ).parsed


def sync_detailed(
    uuid: str | UUID,
    *,
    client: Client,
) -> Response[ServiceRecord]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        uuid,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    uuid: str | UUID,
    *,
    client: Client,
) -> ServiceRecord:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        uuid,
        client=client,
    )
    return detailed.parsed


async def asyncio_detailed(
    uuid: str | UUID,
    *,
    client: Client,
) -> Response[ServiceRecord]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        uuid,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
