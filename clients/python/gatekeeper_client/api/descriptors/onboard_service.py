"""POST /services"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.onboard_service_body import OnboardServiceBody
from ...models.service_descriptor import ServiceDescriptor
from ...types import Response


def _get_kwargs(
    *,
    body: OnboardServiceBody,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/services",
    }
    _kwargs["json"] = body.to_dict()

    _kwargs["headers"] = headers
    return _kwargs


def _parse(response: httpx.Response) -> ServiceDescriptor:
    if response.status_code == 201:
        response_201 = ServiceDescriptor.from_dict(response.json())

        return response_201

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    body: OnboardServiceBody,
) -> ServiceDescriptor:
    """Onboard a network service descriptor

    Onboard a descriptor, given as JSON or YAML.

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
    body: OnboardServiceBody,
) -> Response[ServiceDescriptor]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        body=body,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    body: OnboardServiceBody,
) -> ServiceDescriptor:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        body=body,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    body: OnboardServiceBody,
) -> Response[ServiceDescriptor]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        body=body,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
