"""GET /v2.0/gateways"""

from typing import Any
from uuid import UUID

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.count import Count
from ...models.gateway_list import GatewayList
from ...models.ha_status import HaStatus
from ...models.list_gateways_ordering import ListGatewaysOrdering
from ...models.list_gateways_sort_key import ListGatewaysSortKey
from ...models.qos_type import QosType
from ...models.service_type import ServiceType
from ...models.sort_order import SortOrder
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    downlink_interface_id: list[UUID] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListGatewaysOrdering | Unset = UNSET,
    qos_type: list[QosType] | Unset = UNSET,
    service_type: list[ServiceType] | Unset = UNSET,
    sort_key: ListGatewaysSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    uplink_interface_id: list[UUID] | Unset = UNSET,
    uplink_vlan_id: list[int] | Unset = UNSET,
    vlan_id: list[int] | Unset = UNSET,
    vrf_name: list[str] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_bandwidth: list[int] | Unset = UNSET
    if not isinstance(bandwidth, Unset):
        json_bandwidth = bandwidth

    params["bandwidth"] = json_bandwidth

    json_count: str | Unset = UNSET
    if not isinstance(count, Unset):
        json_count = count

    params["count"] = json_count

    params["cursor"] = cursor

    json_description: list[str] | Unset = UNSET
    if not isinstance(description, Unset):
        json_description = description

    params["description"] = json_description

    json_downlink_interface_id: list[str] | Unset = UNSET
    if not isinstance(downlink_interface_id, Unset):
        json_downlink_interface_id = []
        for downlink_interface_id_item_data in downlink_interface_id:
            downlink_interface_id_item = str(downlink_interface_id_item_data)
            json_downlink_interface_id.append(downlink_interface_id_item)

    params["downlink_interface_id"] = json_downlink_interface_id

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

    json_name: list[str] | Unset = UNSET
    if not isinstance(name, Unset):
        json_name = name

    params["name"] = json_name

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_qos_type: list[str] | Unset = UNSET
    if not isinstance(qos_type, Unset):
        json_qos_type = []
        for qos_type_item_data in qos_type:
            qos_type_item: str = qos_type_item_data
            json_qos_type.append(qos_type_item)

    params["qos_type"] = json_qos_type

    json_service_type: list[str] | Unset = UNSET
    if not isinstance(service_type, Unset):
        json_service_type = []
        for service_type_item_data in service_type:
            service_type_item: str = service_type_item_data
            json_service_type.append(service_type_item)

    params["service_type"] = json_service_type

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

    json_uplink_interface_id: list[str] | Unset = UNSET
    if not isinstance(uplink_interface_id, Unset):
        json_uplink_interface_id = []
        for uplink_interface_id_item_data in uplink_interface_id:
            uplink_interface_id_item = str(uplink_interface_id_item_data)
            json_uplink_interface_id.append(uplink_interface_id_item)

    params["uplink_interface_id"] = json_uplink_interface_id

    json_uplink_vlan_id: list[int] | Unset = UNSET
    if not isinstance(uplink_vlan_id, Unset):
        json_uplink_vlan_id = uplink_vlan_id

    params["uplink_vlan_id"] = json_uplink_vlan_id

    json_vlan_id: list[int] | Unset = UNSET
    if not isinstance(vlan_id, Unset):
        json_vlan_id = vlan_id

    params["vlan_id"] = json_vlan_id

    json_vrf_name: list[str] | Unset = UNSET
    if not isinstance(vrf_name, Unset):
        json_vrf_name = vrf_name

    params["vrf_name"] = json_vrf_name

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v2.0/gateways",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> GatewayList:
    if response.status_code == 200:
        response_200 = GatewayList.from_dict(response.json())

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    downlink_interface_id: list[UUID] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListGatewaysOrdering | Unset = UNSET,
    qos_type: list[QosType] | Unset = UNSET,
    service_type: list[ServiceType] | Unset = UNSET,
    sort_key: ListGatewaysSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    uplink_interface_id: list[UUID] | Unset = UNSET,
    uplink_vlan_id: list[int] | Unset = UNSET,
    vlan_id: list[int] | Unset = UNSET,
    vrf_name: list[str] | Unset = UNSET,
) -> GatewayList:
    """List gateways

    Gateways: what uses VLANs and bandwidth of HA interfaces.

    Raises:
        Refused: The server says why it does not do it.
        UnexpectedAnswer: This is not what the schema says.
        httpx.TransportError: The server cannot be reached, or not in time.
    """
    return sync_detailed(
        client=client,
        bandwidth=bandwidth,
        count=count,
        cursor=cursor,
        description=description,
        downlink_interface_id=downlink_interface_id,
        ha_router_id=ha_router_id,
        id=id,
        limit=limit,
        name=name,
        offset=offset,
        ordering=ordering,
        qos_type=qos_type,
        service_type=service_type,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
        uplink_interface_id=uplink_interface_id,
        uplink_vlan_id=uplink_vlan_id,
        vlan_id=vlan_id,
        vrf_name=vrf_name,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    downlink_interface_id: list[UUID] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListGatewaysOrdering | Unset = UNSET,
    qos_type: list[QosType] | Unset = UNSET,
    service_type: list[ServiceType] | Unset = UNSET,
    sort_key: ListGatewaysSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    uplink_interface_id: list[UUID] | Unset = UNSET,
    uplink_vlan_id: list[int] | Unset = UNSET,
    vlan_id: list[int] | Unset = UNSET,
    vrf_name: list[str] | Unset = UNSET,
) -> Response[GatewayList]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        bandwidth=bandwidth,
        count=count,
        cursor=cursor,
        description=description,
        downlink_interface_id=downlink_interface_id,
        ha_router_id=ha_router_id,
        id=id,
        limit=limit,
        name=name,
        offset=offset,
        ordering=ordering,
        qos_type=qos_type,
        service_type=service_type,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
        uplink_interface_id=uplink_interface_id,
        uplink_vlan_id=uplink_vlan_id,
        vlan_id=vlan_id,
        vrf_name=vrf_name,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    downlink_interface_id: list[UUID] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListGatewaysOrdering | Unset = UNSET,
    qos_type: list[QosType] | Unset = UNSET,
    service_type: list[ServiceType] | Unset = UNSET,
    sort_key: ListGatewaysSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    uplink_interface_id: list[UUID] | Unset = UNSET,
    uplink_vlan_id: list[int] | Unset = UNSET,
    vlan_id: list[int] | Unset = UNSET,
    vrf_name: list[str] | Unset = UNSET,
) -> GatewayList:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        bandwidth=bandwidth,
        count=count,
        cursor=cursor,
        description=description,
        downlink_interface_id=downlink_interface_id,
        ha_router_id=ha_router_id,
        id=id,
        limit=limit,
        name=name,
        offset=offset,
        ordering=ordering,
        qos_type=qos_type,
        service_type=service_type,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
        uplink_interface_id=uplink_interface_id,
        uplink_vlan_id=uplink_vlan_id,
        vlan_id=vlan_id,
        vrf_name=vrf_name,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    bandwidth: list[int] | Unset = UNSET,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    description: list[str] | Unset = UNSET,
    downlink_interface_id: list[UUID] | Unset = UNSET,
    ha_router_id: list[UUID] | Unset = UNSET,
    id: list[UUID] | Unset = UNSET,
    limit: int | Unset = UNSET,
    name: list[str] | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListGatewaysOrdering | Unset = UNSET,
    qos_type: list[QosType] | Unset = UNSET,
    service_type: list[ServiceType] | Unset = UNSET,
    sort_key: ListGatewaysSortKey | Unset = UNSET,
    sort_order: SortOrder | Unset = UNSET,
    status: list[HaStatus] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    uplink_interface_id: list[UUID] | Unset = UNSET,
    uplink_vlan_id: list[int] | Unset = UNSET,
    vlan_id: list[int] | Unset = UNSET,
    vrf_name: list[str] | Unset = UNSET,
) -> Response[GatewayList]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        bandwidth=bandwidth,
        count=count,
        cursor=cursor,
        description=description,
        downlink_interface_id=downlink_interface_id,
        ha_router_id=ha_router_id,
        id=id,
        limit=limit,
        name=name,
        offset=offset,
        ordering=ordering,
        qos_type=qos_type,
        service_type=service_type,
        sort_key=sort_key,
        sort_order=sort_order,
        status=status,
        tenant_id=tenant_id,
        uplink_interface_id=uplink_interface_id,
        uplink_vlan_id=uplink_vlan_id,
        vlan_id=vlan_id,
        vrf_name=vrf_name,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
