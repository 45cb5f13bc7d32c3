"""POST /records/services/{uuid}/sync/adopt"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.service_record import ServiceRecord
from ...types import UNSET, Response, Unset


def _get_kwargs(
    uuid: str | UUID,
    *,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/records/services/{uuid}/sync/adopt".format(
            uuid=quote(str(uuid), safe=""),
        ),
    }
    _kwargs["headers"] = headers
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
    idempotency_key: str | Unset = UNSET,
) -> ServiceRecord:
    """Record what runs of an instance

    Store what the last check has seen; of a vanished instance, that it is terminated.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        uuid,
        client=client,
        idempotency_key=idempotency_key,
    ).parsed


def sync_detailed(
    uuid: str | UUID,
    *,
    client: Client,
    idempotency_key: str | Unset = UNSET,
) -> Response[ServiceRecord]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        uuid,
        idempotency_key=idempotency_key,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    uuid: str | UUID,
    *,
    client: Client,
    idempotency_key: str | Unset = UNSET,
) -> ServiceRecord:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        uuid,
        client=client,
        idempotency_key=idempotency_key,
    )
    return detailed.parsed


async def asyncio_detailed(
    uuid: str | UUID,
    *,
    client: Client,
    idempotency_key: str | Unset = UNSET,
) -> Response[ServiceRecord]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        uuid,
        idempotency_key=idempotency_key,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
