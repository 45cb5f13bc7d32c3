"""A request's way, to its end."""

import time
from collections.abc import Iterator
from urllib.parse import quote
from uuid import UUID

import httpx

from .api.requests import get_request
from .client import Client, answered
from .errors import Refused, UnexpectedAnswer
from .models.request import Request
from .types import Response

# Seconds between two looks: it grows by this factor while nothing changes.
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.1, 5.0, 1.5
# What ends by itself: the server, or what stands in front of it, asks for patience.
PASSING = {429, 502, 503, 504}
ENDED = {"SUCCEEDED", "ERROR"}


def follow(
    client: Client, request: Request | UUID | str, *, seconds: float = 900
) -> Iterator[Request]:
    """Yield the request as it is now, and again at each change, until it has ended.

    A look at what has not changed costs the server next to nothing. Should the server be restarted
    meanwhile, or ask for patience, it is waited for.

    Args:
        client: Who calls.
        request: Which one, or its id.
        seconds: When to give up; the order itself goes on.

    Raises:
        TimeoutError: It has not ended by then.
        Refused: There is no such request, or the server says no to the call.
        UnexpectedAnswer: An answer is not what the schema says.
        httpx.TransportError: The server cannot be reached at first, or not any more at the end.
    """
    request_id = request.id if isinstance(request, Request) else request
    deadline = time.monotonic() + seconds
    seen: Response[Request] | None = None
    pause = FIRST_PAUSE
    while True:
        failure: Exception | None = None
        patience = 0.0
        try:
            read = look(client, request_id, seen.headers.get("ETag") if seen else None)
        except (httpx.TransportError, Refused, UnexpectedAnswer) as error:
            if seen is None or not is_passing(error):
                raise
            failure, read = error, None
            patience = getattr(error, "retry_after", None) or 0
        if read is not None:
            seen = read
            yield read.parsed
            if read.parsed.state in ENDED:
                return
            pause = FIRST_PAUSE
        left = deadline - time.monotonic()
        if left <= 0:
            now = seen.parsed.status if seen else "unknown"
            raise failure or TimeoutError(f"After {seconds:g} s request {request_id} is {now}.")
        time.sleep(min(left, max(pause, patience)))
        pause = min(LONGEST_PAUSE, pause * GROWTH)


def look(client: Client, request_id: UUID | str, etag: str | None) -> Response[Request] | None:
    """Return the request, or None if it is still what has this ETag."""
    headers = {} if etag is None else {"If-None-Match": etag}
    response = client.http.get(f"/requests/{quote(str(request_id), safe='')}", headers=headers)
    if response.status_code == httpx.codes.NOT_MODIFIED:
        return None
    return answered(response, get_request._parse)


def is_passing(error: Exception) -> bool:
    """Return whether a call that failed so may do well when it is made again."""
    return isinstance(error, httpx.TransportError) or getattr(error, "status", 0) in PASSING
