"""GET /tokens"""

from typing import Any

import httpx

from ...client import Client, answered
from ...errors import UnexpectedAnswer
from ...models.count import Count
from ...models.list_tokens_ordering import ListTokensOrdering
from ...models.role import Role
from ...models.token import Token
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListTokensOrdering | Unset = UNSET,
    role: list[Role] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    user: list[str] | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_count: str | Unset = UNSET
    if not isinstance(count, Unset):
        json_count = count

    params["count"] = json_count

    params["cursor"] = cursor

    params["limit"] = limit

    params["offset"] = offset

    json_ordering: str | Unset = UNSET
    if not isinstance(ordering, Unset):
        json_ordering = ordering

    params["ordering"] = json_ordering

    json_role: list[str] | Unset = UNSET
    if not isinstance(role, Unset):
        json_role = []
        for role_item_data in role:
            role_item: str = role_item_data
            json_role.append(role_item)

    params["role"] = json_role

    json_tenant_id: list[str] | Unset = UNSET
    if not isinstance(tenant_id, Unset):
        json_tenant_id = tenant_id

    params["tenant_id"] = json_tenant_id

    json_user: list[str] | Unset = UNSET
    if not isinstance(user, Unset):
        json_user = user

    params["user"] = json_user

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/tokens",
        "params": params,
    }
    return _kwargs


def _parse(response: httpx.Response) -> list[Token]:
    if response.status_code == 200:
        response_200 = []
        _response_200 = response.json()
        for componentsschemas_token_list_item_data in _response_200:
            componentsschemas_token_list_item = Token.from_dict(
                componentsschemas_token_list_item_data
            )

            response_200.append(componentsschemas_token_list_item)

        return response_200

    raise UnexpectedAnswer(response)


def sync(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListTokensOrdering | Unset = UNSET,
    role: list[Role] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    user: list[str] | Unset = UNSET,
) -> list[Token]:
    """List tokens

    Tokens, for admins. The token itself is shown once, when it is made.

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
        offset=offset,
        ordering=ordering,
        role=role,
        tenant_id=tenant_id,
        user=user,
    ).parsed


def sync_detailed(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListTokensOrdering | Unset = UNSET,
    role: list[Role] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    user: list[str] | Unset = UNSET,
) -> Response[list[Token]]:
    """Do as `sync`, and return headers and body, too."""
    kwargs = _get_kwargs(
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
        role=role,
        tenant_id=tenant_id,
        user=user,
    )
    return answered(client.http.request(**kwargs), _parse)


async def asyncio(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListTokensOrdering | Unset = UNSET,
    role: list[Role] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    user: list[str] | Unset = UNSET,
) -> list[Token]:
    """Do as `sync`, without blocking."""
    detailed = await asyncio_detailed(
        client=client,
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
        role=role,
        tenant_id=tenant_id,
        user=user,
    )
    return detailed.parsed


async def asyncio_detailed(
    *,
    client: Client,
    count: Count | Unset = UNSET,
    cursor: str | Unset = UNSET,
    limit: int | Unset = UNSET,
    offset: int | Unset = UNSET,
    ordering: ListTokensOrdering | Unset = UNSET,
    role: list[Role] | Unset = UNSET,
    tenant_id: list[str] | Unset = UNSET,
    user: list[str] | Unset = UNSET,
) -> Response[list[Token]]:
    """Do as `sync_detailed`, without blocking."""
    kwargs = _get_kwargs(
        count=count,
        cursor=cursor,
        limit=limit,
        offset=offset,
        ordering=ordering,
        role=role,
        tenant_id=tenant_id,
        user=user,
    )
    return answered(await client.async_http.request(**kwargs), _parse)
