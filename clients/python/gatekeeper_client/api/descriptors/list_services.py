"""GET /services"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.count import Count
from ...models.descriptor_status import DescriptorStatus
from ...models.list_services_ordering import ListServicesOrdering
from ...models.service_descriptor import ServiceDescriptor
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServicesOrdering | Unset = UNSET,
    status: list[DescriptorStatus] | Unset = UNSET,
    vendor: list[str] | Unset = UNSET,
    version: list[str] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_count: str | Unset = UNSET
    if not isinstance(count, Unset):
        json_count = count

    params["count"] = json_count

    params["cursor"] = cursor

    params["limit"] = limit

    json_name: list[str] | Unset = UNSET
    if not isinstance(name, Unset):
        json_name = name

    params["name"] = json_name

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_status: list[str] | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = []
        for status_item_data in status:
            status_item: str = status_item_data
            json_status.append(status_item)

    params["status"] = json_status

    json_vendor: list[str] | Unset = UNSET
    if not isinstance(vendor, Unset):
        json_vendor = vendor

    params["vendor"] = json_vendor

    json_version: list[str] | Unset = UNSET
    if not isinstance(version, Unset):
        json_version = version

    params["version"] = json_version

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/services",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> list[ServiceDescriptor]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for componentsschemas_service_descriptor_list_item_data in _response_200:
            componentsschemas_service_descriptor_list_item = ServiceDescriptor.from_dict(
                componentsschemas_service_descriptor_list_item_data
            )

            response_200.append(componentsschemas_service_descriptor_list_item)

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServicesOrdering | Unset = UNSET,
    status: list[DescriptorStatus] | Unset = UNSET,
    vendor: list[str] | Unset = UNSET,
    version: list[str] | Unset = UNSET,
) -> list[ServiceDescriptor]:
    """List network service descriptors

    Network service descriptors (NSD): what can be instantiated.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        count=count,
        cursor=cursor,
        limit=limit,
        name=name,
        offset=offset,
        ordering=ordering,
        status=status,
        vendor=vendor,
        version=version,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServicesOrdering | Unset = UNSET,
    status: list[DescriptorStatus] | Unset = UNSET,
    vendor: list[str] | Unset = UNSET,
    version: list[str] | Unset = UNSET,
) -> Response[list[ServiceDescriptor]]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        count=count,
        cursor=cursor,
        limit=limit,
        name=name,
        offset=offset,
        ordering=ordering,
        status=status,
        vendor=vendor,
        version=version,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServicesOrdering | Unset = UNSET,
    status: list[DescriptorStatus] | Unset = UNSET,
    vendor: list[str] | Unset = UNSET,
    version: list[str] | Unset = UNSET,
) -> list[ServiceDescriptor]:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        count=count,
        cursor=cursor,
        limit=limit,
        name=name,
        offset=offset,
        ordering=ordering,
        status=status,
        vendor=vendor,
        version=version,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListServicesOrdering | Unset = UNSET,
    status: list[DescriptorStatus] | Unset = UNSET,
    vendor: list[str] | Unset = UNSET,
    version: list[str] | Unset = UNSET,
) -> Response[list[ServiceDescriptor]]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        count=count,
        cursor=cursor,
        limit=limit,
        name=name,
        offset=offset,
        ordering=ordering,
        status=status,
        vendor=vendor,
        version=version,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
