"""All pages of a list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Protocol, TypeVar, overload

import attrs
import httpx

from .types import Response

if TYPE_CHECKING:
    from .models.gateway import Gateway
    from .models.gateway_list import GatewayList
    from .models.ha_interface import HaInterface
    from .models.ha_interface_list import HaInterfaceList
    from .models.ha_router import HaRouter
    from .models.ha_router_list import HaRouterList

P = ParamSpec("P")
Row = TypeVar("Row")
Answer_co = TypeVar("Answer_co", covariant=True)


class ListOperation(Protocol[P, Answer_co]):
    """A module of `gatekeeper_client.api` that lists."""

    def sync_detailed(self, *arguments: P.args, **parameters: P.kwargs) -> Response[Answer_co]:
        """Return a page."""


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A page of a list.

    Attributes:
        rows: What is on it.
        total: How many rows all pages have.
        is_exact: Whether they are exactly so many: beyond 100,000 it may be an estimate.
    """

    rows: list[Row]
    total: int
    is_exact: bool


@overload
def pages(
    operation: ListOperation[P, list[Row]], *arguments: P.args, **parameters: P.kwargs
) -> Iterator[Page[Row]]: ...


@overload
def pages(
    operation: ListOperation[P, HaRouterList], *arguments: P.args, **parameters: P.kwargs
) -> Iterator[Page[HaRouter]]: ...


@overload
def pages(
    operation: ListOperation[P, HaInterfaceList], *arguments: P.args, **parameters: P.kwargs
) -> Iterator[Page[HaInterface]]: ...


@overload
def pages(
    operation: ListOperation[P, GatewayList], *arguments: P.args, **parameters: P.kwargs
) -> Iterator[Page[Gateway]]: ...


def pages(operation: Any, *arguments: Any, **parameters: Any) -> Iterator[Page[Any]]:
    """Yield each page of a list, the next one when it is asked for.

    No row is skipped or repeated while others are added. `limit` is the rows of a page.

    Args:
        operation: The module of the list, as `gatekeeper_client.api.requests.list_requests`.
        arguments: What its `sync` takes.
        parameters: The same, by name: `client`, filters, an order.
    """
    cursor: str | None = ""
    while cursor is not None:
        answer = operation.sync_detailed(*arguments, **{**parameters, "cursor": cursor})
        rows = answer.parsed
        if not isinstance(rows, list):
            # `/v2.0` has them in the one member of an object.
            rows = getattr(rows, attrs.fields(type(rows))[0].name)
        total = int(answer.headers["Record-Count"])
        yield Page(rows, total, answer.headers.get("Record-Count-Exact") != "false")
        cursor = next_cursor(answer.headers)


def next_cursor(headers: httpx.Headers) -> str | None:
    """Return where the next page begins, or None if this one is the last."""
    link = httpx.Response(200, headers=headers).links.get("next")
    return httpx.URL(link["url"]).params["cursor"] if link else None
