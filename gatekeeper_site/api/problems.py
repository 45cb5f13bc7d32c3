"""Errors as `application/problem+json` (RFC 9457; contract: http.md, Errors)."""

import json
import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import Http404, HttpResponse
from django.http.multipartparser import MultiPartParserError
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from gatekeeper_site.api.bodies import MALFORMED_FORM
from gatekeeper_site.api.renderers import BrowsableAPIRenderer, JSONRenderer, to_json
from gatekeeper_site.core.documents import DocumentError, DocumentTooLarge, told
from gatekeeper_site.core.origin import current_origin
from gatekeeper_site.core.refusals import Conflict, Forbidden, Invalid, PreconditionFailed

logger = logging.getLogger(__name__)

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5
TOO_MANY_PARAMETERS = (
    f"At most {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} parameters, or fields of a form, are taken."
)
DATABASE_AWAY = "The database does not answer. Try again later."

# The stable word for each HTTP status that no more exact word is for.
CODES = {
    400: "validation_error",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    412: "precondition_failed",
    413: "body_too_large",
    415: "unsupported_media_type",
    422: "idempotency_key_reused",
    429: "throttled",
    500: "internal_error",
    503: "unavailable",
}


class BodyTooLarge(exceptions.APIException):
    """The body is over 1 MiB (413)."""

    status_code = 413
    default_detail = "The body is over 1 MiB."


def problem(
    status: int,
    *,
    detail: str | None,
    instance: str,
    code: str | None = None,
    errors: list[dict[str, str]] | None = None,
) -> dict[str, Any]:
    """Return the members of a problem document."""
    title = HTTPStatus(status).phrase
    detail = detail or f"{title}."
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "instance": instance,
        "code": code or CODES.get(status, title.lower().replace(" ", "_")),
    }
    if status == 400:
        document["errors"] = errors or [{"field": "", "message": detail}]
    document["error"] = {"code": status, "message": detail}
    return document


def problem_response(
    status: int, *, detail: str | None, instance: str, code: str | None = None
) -> HttpResponse:
    """Return a problem outside of DRF's views."""
    document = problem(status, detail=detail, instance=instance, code=code)
    return HttpResponse(to_json(document), status=status, content_type=PROBLEM_TYPE)


def tell_otherwise(response: HttpResponse, told: Callable[[dict[str, Any]], Any]) -> None:
    """Tell a problem in the form of another protocol, with the same status and headers.

    Args:
        response: the problem.
        told: makes that form of the problem's members.
    """
    response.content = to_json(told(json.loads(response.content)))
    response["Content-Type"] = JSONRenderer.media_type
    response["Content-Length"] = str(len(response.content))


def exception_handler(error: Exception, context: dict[str, Any]) -> Response:
    """Turn whatever a view raised into a problem (DRF's EXCEPTION_HANDLER)."""
    set_rollback()
    instance = context["request"].path
    headers: dict[str, str] = {}
    code: str | None = None
    errors: list[dict[str, str]] | None = None
    detail: str | None
    error = known_error(error)
    if isinstance(error, Invalid):
        status = 400
        faults = told(error.faults)
        errors = [{"field": field, "message": message} for field, message in faults]
        detail = "; ".join(f"{field}: {message}" if field else message for field, message in faults)
    elif isinstance(error, Conflict):
        status, code, detail = 409, error.code, error.detail
    elif isinstance(error, PreconditionFailed):
        status, detail = 412, str(error)
    elif isinstance(error, exceptions.APIException):
        status, detail = error.status_code, str(error.detail)
        headers = headers_of(error)
    elif is_database_away(error):
        logger.error("The database is away: %s", error)
        status, detail = 503, DATABASE_AWAY
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    else:
        status = 500
        detail = noted_error(instance, error)
    document = problem(status, detail=detail, instance=instance, code=code, errors=errors)
    response = Response(document, status=status, headers=headers)
    request = context["request"]
    if not isinstance(getattr(request, "accepted_renderer", None), BrowsableAPIRenderer):
        # A problem is JSON also to who has asked for YAML, or for nothing that there is.
        request.accepted_renderer = JSONRenderer()
        request.accepted_media_type = JSONRenderer.media_type
        response.content_type = PROBLEM_TYPE
    return response


def known_error(error: Exception) -> Exception:
    """Return what an error of Django's or DRF's is in the terms of this module and of DRF."""
    if isinstance(error, Http404):
        return exceptions.NotFound()
    if isinstance(error, PermissionDenied | Forbidden):
        return exceptions.PermissionDenied(str(error) or None)
    if isinstance(error, RequestDataTooBig):
        return BodyTooLarge()
    if isinstance(error, DocumentTooLarge):
        return BodyTooLarge(str(error))
    if isinstance(error, DocumentError):
        return Invalid(error.faults)
    if isinstance(error, TooManyFieldsSent):
        return exceptions.ParseError(TOO_MANY_PARAMETERS)
    if isinstance(error, SuspiciousOperation | MultiPartParserError):
        return exceptions.ParseError(MALFORMED_FORM)
    if isinstance(error, exceptions.ValidationError):
        return Invalid(flat_faults(error.detail))
    return error


def noted_error(instance: str, error: Exception | None) -> str:
    """Log an error of ours, and return what the caller may know of it: the request's id.

    Args:
        instance: the path.
        error: None where Django has caught it, and logged it just before.
    """
    logger.error("Error at %s", instance, exc_info=error)
    return f"This is our fault. Quote {current_origin().request_id} when you report it."


def headers_of(error: exceptions.APIException) -> dict[str, str]:
    """Return the headers that go with DRF's own exceptions."""
    headers = {}
    if header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def is_database_away(error: Exception) -> bool:
    """Tell an unreachable or overloaded database from a faulty query."""
    if isinstance(error, OperationalError | InterfaceError):
        return True
    # Behind a pooler or in a restart, PostgreSQL's own word for it is a plain DatabaseError.
    return isinstance(error, DatabaseError) and "server closed the connection" in str(error)


def flat_faults(detail: Any, path: str = "") -> list[tuple[str, str]]:
    """Return DRF's nested validation errors as (path, message), paths like `ingresses[0].nap`."""
    if isinstance(detail, dict):
        return [
            fault
            for key, part in detail.items()
            for fault in flat_faults(part, joined_path(path, key))
        ]
    if isinstance(detail, list):
        faults = []
        for index, part in enumerate(detail):
            # A list of messages belongs to the field; a list of dicts to the field's members.
            inner = f"{path}[{index}]" if isinstance(part, dict) else path
            faults.extend(flat_faults(part, inner))
        return faults
    return [(path, str(detail))]


def joined_path(path: str, key: str | int) -> str:
    """Return the path of a member: DRF keys a list's faults by number."""
    if key == "non_field_errors":
        return path
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key
