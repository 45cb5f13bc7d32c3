"""Errors as Keystone tells them."""

import json
from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from gatekeeper_site.api.problems import PROBLEM_TYPE
from gatekeeper_site.api.renderers import JSONRenderer, to_json

PATHS = {"/", "/v3", "/v2.0", "/v2.0/tokens", "/v2.0/tenants"}


def is_keystones(path: str) -> bool:
    """Tell whether a path is asked by Keystone's clients."""
    return path in PATHS or path.startswith("/v3/")


def errors_for_keystones_clients(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Tell every error of Keystone's paths in its form, also one of before a view has the call."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.get("Content-Type") == PROBLEM_TYPE and is_keystones(request.path):
            detail = json.loads(response.content)["detail"]
            status = response.status_code
            error = {"code": status, "title": HTTPStatus(status).phrase, "message": detail}
            response.content = to_json({"error": error})
            response["Content-Type"] = JSONRenderer.media_type
            response["Content-Length"] = str(len(response.content))
        return response

    return middleware
