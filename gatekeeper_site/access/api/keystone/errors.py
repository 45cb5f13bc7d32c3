"""Errors as Keystone tells them."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from gatekeeper_site.api.problems import PROBLEM_TYPE, tell_otherwise

PATHS = {"/", "/v3", "/v2.0", "/v2.0/tokens", "/v2.0/tenants"}


def is_keystones(path: str) -> bool:
    """Tell whether a path is asked by Keystone's clients."""
    return path in PATHS or path.startswith("/v3/")


def keystones_error(problem: dict[str, Any]) -> dict[str, Any]:
    """Return a problem in Keystone's form."""
    error = {"code": problem["status"], "title": problem["title"], "message": problem["detail"]}
    return {"error": error}


def errors_for_keystones_clients(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tell every error of Keystone's paths in its form, also one of before a view has the call."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.get("Content-Type") == PROBLEM_TYPE and is_keystones(request.path):
            tell_otherwise(response, keystones_error)
        return response

    return middleware
