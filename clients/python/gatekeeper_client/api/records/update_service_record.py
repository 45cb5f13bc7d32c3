"""PUT /records/services/{uuid}"""

from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.request import Request
from ...models.service_record_update import ServiceRecordUpdate
from ...types import UNSET, Response, Unset


def _get_kwargs(
    uuid: str | UUID,
    *,
    body: ServiceRecordUpdate,
    if_match: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(if_match, Unset):
        headers["If-Match"] = if_match

    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

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
    if_match: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Order a service instance's update

    A request in disguise: what is answered is a request of the type UPDATE. Members of the
    record that are given as they are now are ignored.

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
        if_match=if_match,
        idempotency_key=idempotency_key,
    ).parsed


def sync_detailed(
    uuid: str | UUID,
    *,
    client: Client,
    body: ServiceRecordUpdate,
    if_match: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Request]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        uuid,
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    uuid: str | UUID,
    *,
    client: Client,
    body: ServiceRecordUpdate,
    if_match: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Request:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        uuid,
        client=client,
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    )
    return detailed.parsed


async def asyncio_detailed(
    uuid: str | UUID,
    *,
    client: Client,
    body: ServiceRecordUpdate,
    if_match: str | Unset = UNSET,
    idempotency_key: str | Unset = UNSET,
) -> Response[Request]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        uuid,
        body=body,
        if_match=if_match,
        idempotency_key=idempotency_key,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
