"""What every call passes through before a view has it."""

import sys
from collections.abc import Callable
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views import defaults

from gatekeeper_site.api.bodies import MAX_BODY_BYTES
from gatekeeper_site.api.problems import (
    DATABASE_AWAY,
    PROBLEM_TYPE,
    RETRY_AFTER_SECONDS,
    is_database_away,
    noted_error,
    problem_response,
    tell_otherwise,
)
from gatekeeper_site.api.renderers import BrowsableAPIRenderer, JSONRenderer

GetResponse = Callable[[HttpRequest], HttpResponse]

KEPT_HEADERS = {"Allow", "Retry-After", "Vary", "WWW-Authenticate"}
FOR_PEOPLE = ("/admin", "/static/", "/api-auth/")
GOHANS = ("/v2.0/", "/gohan/")


def gohans_error(problem: dict[str, Any]) -> dict[str, Any]:
    """Return a problem in gohan's form."""
    return {"error": problem["detail"], "errors": problem.get("errors", [])}


def errors_for_gohans_clients(get_response: GetResponse) -> GetResponse:
    """Tell an error in gohan's form to its clients, which print the first scalar that they meet.

    They are who accepts JSON and nothing else. It is done here, and not where the error is made,
    for all errors alike: those before a view, and those that were kept for an Idempotency-Key.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        is_problem = response.get("Content-Type") == PROBLEM_TYPE
        if is_problem and f"{request.path}/".startswith(GOHANS):
            patch_vary_headers(response, ["Accept"])
            if request.headers.get("Accept") == JSONRenderer.media_type:
                tell_otherwise(response, gohans_error)
        return response

    return middleware


def problems_for_programs(get_response: GetResponse) -> GetResponse:
    """Turn Django's own HTML errors (no such path, bad Host, …) into problem details."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if (
            response.status_code < 400
            or request.path.startswith(FOR_PEOPLE)
            or is_browsable(response)
            or not response.get("Content-Type", "").startswith("text/html")
        ):
            return response
        detail = None
        if response.status_code == 404:
            detail = f"There is nothing at {request.path}."
        elif response.status_code >= 500:
            detail = noted_error(request.path, None)
        problem = problem_response(response.status_code, detail=detail, instance=request.path)
        for name in KEPT_HEADERS & set(response.headers):
            problem[name] = response[name]
        return problem

    return middleware


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a call that Django itself refuses to read (Django's handler400)."""
    if not isinstance(exception, DisallowedHost):
        return defaults.bad_request(request, exception)
    host = request.META.get("HTTP_HOST", "")[:80]
    detail = f"{host!r} in the Host header is no name of this server (setting ALLOWED_HOSTS)."
    return problem_response(400, detail=detail, instance=request.path)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer in place of what has raised an error outside of DRF's views (Django's handler500)."""
    error = sys.exc_info()[1]
    if not isinstance(error, Exception) or not is_database_away(error):
        return defaults.server_error(request)
    if request.path.startswith(FOR_PEOPLE):
        response = HttpResponse(DATABASE_AWAY, status=503, content_type="text/plain; charset=utf-8")
    else:
        response = problem_response(503, detail=DATABASE_AWAY, instance=request.path)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def is_browsable(response: HttpResponse) -> bool:
    """Tell whether the browsable API shows the problem."""
    return isinstance(getattr(response, "accepted_renderer", None), BrowsableAPIRenderer)


def canonical_paths(get_response: GetResponse) -> GetResponse:
    """Serve a path with a trailing slash as the same path without one."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.endswith("/") and not request.path.startswith(FOR_PEOPLE):
            request.path_info = request.path_info[:-1] or "/"
            request.path = request.path[:-1] or "/"
        return get_response(request)

    return middleware


def readable_bodies(get_response: GetResponse) -> GetResponse:
    """Refuse bodies that are too large (413) or encoded (415), before anything reads them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        encoding = request.headers.get("Content-Encoding", "")
        if length > MAX_BODY_BYTES:
            status = 413
            detail = f"The body has {length} bytes; at most {MAX_BODY_BYTES} are taken."
        elif length and encoding.strip().lower() not in ("", "identity"):
            status = 415
            detail = f"The body is encoded as {encoding[:80]!r}: send it as it is."
        else:
            return get_response(request)
        response = problem_response(status, detail=detail, instance=request.path)
        if status == 415:
            response["Accept-Encoding"] = "identity"
        return response

    return middleware


def storable_cookies(get_response: GetResponse) -> GetResponse:
    """Leave out cookies with a NUL, which no database takes as a session's key.

    No header has one, but the octal escapes of a quoted cookie are read as characters.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if any("\0" in value for value in request.COOKIES.values()):
            kept = {name: value for name, value in request.COOKIES.items() if "\0" not in value}
            request.COOKIES = kept
        return get_response(request)

    return middleware
