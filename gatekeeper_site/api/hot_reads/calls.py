"""What is read of a call, and what every answer has."""

import io
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware

from gatekeeper_site.api.headers import log_access, safe_for_browsers
from gatekeeper_site.api.hot_reads.resources import Answer, Headers, LeftToTheView
from gatekeeper_site.core.origin import Origin, new_origin

NO_PARAMETERS = QueryDict("")


@dataclass(frozen=True)
class Reading:
    """Of a call, what the functions that read parameters and print links ask a request for."""

    environ: dict[str, Any]
    path: str
    query: str
    query_params: QueryDict
    # This server's URL, and the headers that all answers have.
    root: str
    headers: Headers
    origin: Origin
    # By `time.perf_counter()`.
    began: float
    # Whether nothing more may be asked of the database than what was.
    is_at_once: bool

    def build_absolute_uri(self, path: str) -> str:
        """Return the URL of a path of this server, by the name that the caller has for it."""
        return self.root + path


def reading_of(environ: dict[str, Any], *, is_at_once: bool = False) -> Reading:
    """Return what is read of a call.

    Raises:
        LeftToTheView: it is unusual.
    """
    if environ["REQUEST_METHOD"] != "GET" or environ.get("CONTENT_LENGTH") not in ("", "0", None):
        raise LeftToTheView
    return call_of(environ, is_at_once=is_at_once)


def call_of(environ: dict[str, Any], *, address: str = "", is_at_once: bool = False) -> Reading:
    """Return what is read of any call.

    Args:
        environ: its WSGI environment.
        address: where it comes from, if it changes something.
        is_at_once: whether nothing more may be asked of the database than what was.

    Raises:
        LeftToTheView: a browser's script calls, from another site; or by another name.
    """
    if "HTTP_ORIGIN" in environ and settings.CORS_ALLOWED_ORIGINS:
        raise LeftToTheView
    root, headers = surroundings(
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST"),
        environ.get("HTTP_X_FORWARDED_PROTO"),
        environ["SERVER_NAME"],
        environ["SERVER_PORT"],
    )
    query = environ["QUERY_STRING"]
    return Reading(
        environ=environ,
        path=environ["PATH_INFO"],
        query=query,
        query_params=QueryDict(query) if query else NO_PARAMETERS,
        root=root,
        headers=headers,
        origin=new_origin(
            via="api",
            request_id=environ.get("HTTP_X_REQUEST_ID"),
            traceparent=environ.get("HTTP_TRACEPARENT"),
            address=address,
        ),
        began=time.perf_counter(),
        is_at_once=is_at_once,
    )


def sent(answer: Answer, reading: Reading) -> Answer:
    """Return an answer with the headers that all have, and log it."""
    log_access(
        reading.environ["REQUEST_METHOD"], reading.path, int(answer.status[:3]), reading.began
    )
    origin = reading.origin
    ids = [("X-Request-ID", origin.request_id), ("traceparent", origin.traceparent)]
    return Answer(answer.status, [*answer.headers, *reading.headers, *ids], answer.body)


@lru_cache(maxsize=1000)
def surroundings(
    scheme: str, host: str | None, forwarded_scheme: str | None, name: str, port: str
) -> tuple[str, Headers]:
    """Return this server's root URL for a caller, and the headers that every answer has.

    Raises:
        LeftToTheView: the caller has a name for this server that it does not have.
    """
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": forwarded_scheme,
    }
    request = WSGIRequest({key: value for key, value in environ.items() if value is not None})

    def nothing(_: HttpRequest) -> HttpResponse:
        return HttpResponse(content_type="application/json")

    inner: Any = XFrameOptionsMiddleware(SecurityMiddleware(nothing))
    try:
        root = request.build_absolute_uri("/").removesuffix("/")
    except DisallowedHost as error:
        raise LeftToTheView from error
    headers = safe_for_browsers(inner)(request).headers
    del headers["Content-Type"]
    return root, list(headers.items())
