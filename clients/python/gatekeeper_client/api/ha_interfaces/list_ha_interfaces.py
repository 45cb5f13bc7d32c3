"""GET /v2.0/ha_interfaces"""

from typing import Any
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.count import Count
from ...models.ha_interface_list import HaInterfaceList
from ...models.ha_status import HaStatus
from ...models.link_type import LinkType
from ...models.list_ha_interfaces_ordering import ListHaInterfacesOrdering
from ...models.list_ha_interfaces_sort_key import ListHaInterfacesSortKey
from ...models.sort_order import SortOrder
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    admin_state_up: list[bool] | Unset = UNSET,
    available_be_bandwidth: list[int] | Unset = UNSET,
    available_ga_bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    gateway_instances_count: list[int] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    link_type: list[LinkType] | Unset = UNSET,
    maximum_be_bandwidth: list[int] | Unset = UNSET,
    maximum_ga_bandwidth: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaInterfacesOrdering | Unset = UNSET,
    primary_interface_id: list[UUID] | Unset = UNSET,
    restricted_vlans: list[str] | Unset = UNSET,
    secondary_interface_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaInterfacesSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    vlan_ids_available: list[int] | Unset = UNSET,
    vlan_pool_state: list[str] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_admin_state_up: list[bool] | Unset = UNSET
    if not isinstance(admin_state_up, Unset):
        json_admin_state_up = admin_state_up

    params["admin_state_up"] = json_admin_state_up

    json_available_be_bandwidth: list[int] | Unset = UNSET
    if not isinstance(available_be_bandwidth, Unset):
        json_available_be_bandwidth = available_be_bandwidth

    params["available_be_bandwidth"] = json_available_be_bandwidth

    json_available_ga_bandwidth: list[int] | Unset = UNSET
    if not isinstance(available_ga_bandwidth, Unset):
        json_available_ga_bandwidth = available_ga_bandwidth

    params["available_ga_bandwidth"] = json_available_ga_bandwidth

    json_count: str | Unset = UNSET
    if not isinstance(count, Unset):
        json_count = count

    params["count"] = json_count

    params["cursor"] = cursor

    json_description: list[str] | Unset = UNSET
    if not isinstance(description, Unset):
        json_description = description

    params["description"] = json_description

    json_gateway_instances_count: list[int] | Unset = UNSET
    if not isinstance(gateway_instances_count, Unset):
        json_gateway_instances_count = gateway_instances_count

    params["gateway_instances_count"] = json_gateway_instances_count

    json_ha_router_id: list[str] | Unset = UNSET
    if not isinstance(ha_router_id, Unset):
        json_ha_router_id = []
        for ha_router_id_item_data in ha_router_id:
            ha_router_id_item = str(ha_router_id_item_data)
            json_ha_router_id.append(ha_router_id_item)

    params["ha_router_id"] = json_ha_router_id

    json_id: list[str] | Unset = UNSET
    if not isinstance(id, Unset):
        json_id = []
        for id_item_data in id:
            id_item = str(id_item_data)
            json_id.append(id_item)

    params["id"] = json_id

    params["limit"] = limit

    json_link_type: list[str] | Unset = UNSET
    if not isinstance(link_type, Unset):
        json_link_type = []
        for link_type_item_data in link_type:
            link_type_item: str = link_type_item_data
            json_link_type.append(link_type_item)

    params["link_type"] = json_link_type

    json_maximum_be_bandwidth: list[int] | Unset = UNSET
    if not isinstance(maximum_be_bandwidth, Unset):
        json_maximum_be_bandwidth = maximum_be_bandwidth

    params["maximum_be_bandwidth"] = json_maximum_be_bandwidth

    json_maximum_ga_bandwidth: list[int] | Unset = UNSET
    if not isinstance(maximum_ga_bandwidth, Unset):
        json_maximum_ga_bandwidth = maximum_ga_bandwidth

    params["maximum_ga_bandwidth"] = json_maximum_ga_bandwidth

    json_name: list[str] | Unset = UNSET
    if not isinstance(name, Unset):
        json_name = name

    params["name"] = json_name

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_primary_interface_id: list[str] | Unset = UNSET
    if not isinstance(primary_interface_id, Unset):
        json_primary_interface_id = []
        for primary_interface_id_item_data in primary_interface_id:
            primary_interface_id_item = str(primary_interface_id_item_data)
            json_primary_interface_id.append(primary_interface_id_item)

    params["primary_interface_id"] = json_primary_interface_id

    json_restricted_vlans: list[str] | Unset = UNSET
    if not isinstance(restricted_vlans, Unset):
        json_restricted_vlans = restricted_vlans

    params["restricted_vlans"] = json_restricted_vlans

    json_secondary_interface_id: list[str] | Unset = UNSET
    if not isinstance(secondary_interface_id, Unset):
        json_secondary_interface_id = []
        for secondary_interface_id_item_data in secondary_interface_id:
            secondary_interface_id_item = str(secondary_interface_id_item_data)
            json_secondary_interface_id.append(secondary_interface_id_item)

    params["secondary_interface_id"] = json_secondary_interface_id

    json_sort_key: str | Unset = UNSET
    if not isinstance(sort_key, Unset):
        json_sort_key = sort_key

    params["sort_key"] = json_sort_key

    json_sort_order: str | Unset = UNSET
    if not isinstance(sort_order, Unset):
        json_sort_order = sort_order

    params["sort_order"] = json_sort_order

    json_status: list[str] | Unset = UNSET
    if not isinstance(status, Unset):
        json_status = []
        for status_item_data in status:
            status_item: str = status_item_data
            json_status.append(status_item)

    params["status"] = json_status

    json_tenant_id: list[str] | Unset = UNSET
    if not isinstance(tenant_id, Unset):
        json_tenant_id = tenant_id

    params["tenant_id"] = json_tenant_id

    json_vlan_ids_available: list[int] | Unset = UNSET
    if not isinstance(vlan_ids_available, Unset):
        json_vlan_ids_available = vlan_ids_available

    params["vlan_ids_available"] = json_vlan_ids_available

    json_vlan_pool_state: list[str] | Unset = UNSET
    if not isinstance(vlan_pool_state, Unset):
        json_vlan_pool_state = vlan_pool_state

    params["vlan_pool_state"] = json_vlan_pool_state

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v2.0/ha_interfaces",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> HaInterfaceList:
    if response.status_code == 200:
        response_200 = HaInterfaceList.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    admin_state_up: list[bool] | Unset = UNSET,
    available_be_bandwidth: list[int] | Unset = UNSET,
    available_ga_bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    gateway_instances_count: list[int] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    link_type: list[LinkType] | Unset = UNSET,
    maximum_be_bandwidth: list[int] | Unset = UNSET,
    maximum_ga_bandwidth: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaInterfacesOrdering | Unset = UNSET,
    primary_interface_id: list[UUID] | Unset = UNSET,
    restricted_vlans: list[str] | Unset = UNSET,
    secondary_interface_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaInterfacesSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    vlan_ids_available: list[int] | Unset = UNSET,
    vlan_pool_state: list[str] | Unset = UNSET,
) -> HaInterfaceList:
    """List HA interfaces

    HA interfaces: two physical interfaces of an HA router, with a pool of VLANs.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        admin_state_up=admin_state_up,
        available_be_bandwidth=available_be_bandwidth,
        available_ga_bandwidth=available_ga_bandwidth,
        count=count,
        cursor=cursor,
        description=description,
        gateway_instances_count=gateway_instances_count,
        ha_router_id=ha_router_id,
        id=id,
        limit=limit,
        link_type=link_type,
        maximum_be_bandwidth=maximum_be_bandwidth,
        maximum_ga_bandwidth=maximum_ga_bandwidth,
        name=name,
        offset=offset,
        ordering=ordering,
        primary_interface_id=primary_interface_id,
        restricted_vlans=restricted_vlans,
        secondary_interface_id=secondary_interface_id,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
        vlan_ids_available=vlan_ids_available,
        vlan_pool_state=vlan_pool_state,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    admin_state_up: list[bool] | Unset = UNSET,
    available_be_bandwidth: list[int] | Unset = UNSET,
    available_ga_bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    gateway_instances_count: list[int] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    link_type: list[LinkType] | Unset = UNSET,
    maximum_be_bandwidth: list[int] | Unset = UNSET,
    maximum_ga_bandwidth: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaInterfacesOrdering | Unset = UNSET,
    primary_interface_id: list[UUID] | Unset = UNSET,
    restricted_vlans: list[str] | Unset = UNSET,
    secondary_interface_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaInterfacesSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    vlan_ids_available: list[int] | Unset = UNSET,
    vlan_pool_state: list[str] | Unset = UNSET,
) -> Response[HaInterfaceList]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        admin_state_up=admin_state_up,
        available_be_bandwidth=available_be_bandwidth,
        available_ga_bandwidth=available_ga_bandwidth,
        count=count,
        cursor=cursor,
        description=description,
        gateway_instances_count=gateway_instances_count,
        ha_router_id=ha_router_id,
        id=id,
        limit=limit,
        link_type=link_type,
        maximum_be_bandwidth=maximum_be_bandwidth,
        maximum_ga_bandwidth=maximum_ga_bandwidth,
        name=name,
        offset=offset,
        ordering=ordering,
        primary_interface_id=primary_interface_id,
        restricted_vlans=restricted_vlans,
        secondary_interface_id=secondary_interface_id,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
        vlan_ids_available=vlan_ids_available,
        vlan_pool_state=vlan_pool_state,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    admin_state_up: list[bool] | Unset = UNSET,
    available_be_bandwidth: list[int] | Unset = UNSET,
    available_ga_bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    gateway_instances_count: list[int] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    link_type: list[LinkType] | Unset = UNSET,
    maximum_be_bandwidth: list[int] | Unset = UNSET,
    maximum_ga_bandwidth: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaInterfacesOrdering | Unset = UNSET,
    primary_interface_id: list[UUID] | Unset = UNSET,
    restricted_vlans: list[str] | Unset = UNSET,
    secondary_interface_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaInterfacesSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    vlan_ids_available: list[int] | Unset = UNSET,
    vlan_pool_state: list[str] | Unset = UNSET,
) -> HaInterfaceList:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        admin_state_up=admin_state_up,
        available_be_bandwidth=available_be_bandwidth,
        available_ga_bandwidth=available_ga_bandwidth,
        count=count,
        cursor=cursor,
        description=description,
        gateway_instances_count=gateway_instances_count,
        ha_router_id=ha_router_id,
        id=id,
        limit=limit,
        link_type=link_type,
        maximum_be_bandwidth=maximum_be_bandwidth,
        maximum_ga_bandwidth=maximum_ga_bandwidth,
        name=name,
        offset=offset,
        ordering=ordering,
        primary_interface_id=primary_interface_id,
        restricted_vlans=restricted_vlans,
        secondary_interface_id=secondary_interface_id,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
        vlan_ids_available=vlan_ids_available,
        vlan_pool_state=vlan_pool_state,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    admin_state_up: list[bool] | Unset = UNSET,
    available_be_bandwidth: list[int] | Unset = UNSET,
    available_ga_bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    gateway_instances_count: list[int] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    link_type: list[LinkType] | Unset = UNSET,
    maximum_be_bandwidth: list[int] | Unset = UNSET,
    maximum_ga_bandwidth: list[int] | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListHaInterfacesOrdering | Unset = UNSET,
    primary_interface_id: list[UUID] | Unset = UNSET,
    restricted_vlans: list[str] | Unset = UNSET,
    secondary_interface_id: list[UUID] | Unset = UNSET,
    sort_key: ListHaInterfacesSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    vlan_ids_available: list[int] | Unset = UNSET,
    vlan_pool_state: list[str] | Unset = UNSET,
) -> Response[HaInterfaceList]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        admin_state_up=admin_state_up,
        available_be_bandwidth=available_be_bandwidth,
        available_ga_bandwidth=available_ga_bandwidth,
        count=count,
        cursor=cursor,
        description=description,
        gateway_instances_count=gateway_instances_count,
        ha_router_id=ha_router_id,
        id=id,
        limit=limit,
        link_type=link_type,
        maximum_be_bandwidth=maximum_be_bandwidth,
        maximum_ga_bandwidth=maximum_ga_bandwidth,
        name=name,
        offset=offset,
        ordering=ordering,
        primary_interface_id=primary_interface_id,
        restricted_vlans=restricted_vlans,
        secondary_interface_id=secondary_interface_id,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
        vlan_ids_available=vlan_ids_available,
        vlan_pool_state=vlan_pool_state,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
