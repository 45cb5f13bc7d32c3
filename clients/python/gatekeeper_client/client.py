"""Where the server is, and who calls it."""

from collections.abc import Callable, Mapping
from functools import cached_property
from ssl import SSLContext
from typing import Any, Self, TypeVar

import httpx

from .errors import UnexpectedAnswer, refusal
from .types import Response
from .version import VERSION

T = TypeVar("T")


class Client:
    """A server and the token that it is called with; connections are kept and shared by threads.

    Args:
        url: The server's root, as `http://localhost:8000`.
        token: What `POST /sessions` or `manage.py create_token` gave; None for what is open to all.
        timeout: Seconds in which the server has to connect, to take, to send.
        headers: More of them, of every call.
        verify: False trusts any server; a context trusts the authorities that it has loaded.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        *,
        timeout: float = 30,
        headers: Mapping[str, str] | None = None,
        verify: bool | SSLContext = True,
    ) -> None:
        given = {"User-Agent": f"gatekeeper-client/{VERSION}", **(headers or {})}
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        self._options: dict[str, Any] = {
            "base_url": url,
            "headers": given,
            "timeout": timeout,
            "verify": verify,
        }

    @cached_property
    def http(self) -> httpx.Client:
        """What makes the calls; proxies, hooks and the like are httpx's."""
        return httpx.Client(**self._options)

    @cached_property
    def async_http(self) -> httpx.AsyncClient:
        """What makes those of `asyncio`."""
        return httpx.AsyncClient(**self._options)

    def close(self) -> None:
        """Close the connections of `http`."""
        if "http" in self.__dict__:
            self.http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        if "async_http" in self.__dict__:
            await self.async_http.aclose()


def answered(response: httpx.Response, parse: Callable[[httpx.Response], T]) -> Response[T]:
    """Return an answer with what is read from it.

    Raises:
        Refused: The server says why it does not do what it was asked for.
        UnexpectedAnswer: This is not what the schema says.
    """
    if response.is_error:
        raise refusal(response)
    try:
        parsed = parse(response)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UnexpectedAnswer(response) from error
    return Response(response.status_code, response.headers, response.content, parsed)
