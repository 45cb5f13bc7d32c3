"""Headers that every answer has: request and trace ids, what caches and browsers may do."""

import base64
import hashlib
import ipaddress
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path

from gatekeeper_site.core.origin import new_origin, note_caller, originating

# Named for what it logs, as its level is what an operator may want to set.
access_logger = logging.getLogger("gatekeeper.access")

GetResponse = Callable[[HttpRequest], HttpResponse]

ADMIN = "/admin"
# JSON is not a page: nothing that a browser may find in it is run, loaded or framed.
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
# Inline styles: Swagger UI and the browsable API have some. Forms that lead to another origin's
# page there are none.
PAGE_POLICY = (
    "default-src 'self'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# The admin's theme is driven by Alpine.js, which evaluates the expressions in its attributes.
ADMIN_SCRIPTS = " 'unsafe-eval'"
# The one inline script of the browsable API: what DRF's link to log out does.
LOGOUT_SCRIPT = 'document.getElementById("logoutForm").submit()'
LOGOUT_DIGEST = base64.b64encode(hashlib.sha256(LOGOUT_SCRIPT.encode()).digest()).decode()
API_SCRIPTS = f" 'unsafe-hashes' 'sha256-{LOGOUT_DIGEST}'"


def known_origin(get_response: GetResponse) -> GetResponse:
    """Give each call its request and trace ids, for what it causes, the log and the answer; log it.

    It stands before all others, so that every answer has them.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        origin = new_origin(
            via="admin" if request.path.startswith(ADMIN) else "api",
            request_id=request.headers.get("X-Request-ID"),
            traceparent=request.headers.get("traceparent"),
            address=client_address(request.META),
        )
        # For what Django logs when this is done.
        request.origin = origin  # type: ignore[attr-defined]
        began = time.perf_counter()
        with originating(origin):
            response = get_response(request)
            log_access(request.method, request.path, response.status_code, began)
        response["X-Request-ID"] = origin.request_id
        response["traceparent"] = origin.traceparent
        return response

    return middleware


def log_access(method: str | None, path: str, status: int, began: float) -> None:
    """Log a call and how it was answered: its path without the query, which may hold anything.

    Args:
        method: the call's.
        path: as it was decoded.
        status: the answer's.
        began: when the call came, by `time.perf_counter()`.
    """
    call = {
        "method": method,
        # As it was sent, so that a line stays one line.
        "path": escape_uri_path(path),
        "status": status,
        "milliseconds": round((time.perf_counter() - began) * 1000, 1),
    }
    access_logger.info("%(method)s %(path)s %(status)d, %(milliseconds).1f ms", call, extra=call)


def client_address(environ: Mapping[str, Any]) -> str:
    """Return where a call comes from, by its WSGI environment; "" if that is not known.

    Each of our own proxies adds at the end of `X-Forwarded-For` whom it was called by. What stands
    before was sent by the caller, and is not believed.
    """
    address: str = environ.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES == 0:
        return address
    forwarded = environ.get("HTTP_X_FORWARDED_FOR", "").split(",")
    try:
        return str(ipaddress.ip_address(forwarded[-settings.TRUSTED_PROXIES].strip()))
    except (IndexError, ValueError):
        # It came past the proxies.
        return address


def known_person(get_response: GetResponse) -> GetResponse:
    """Add to the origin who is logged in to the admin. Of API calls, authentication tells."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ADMIN) and request.user.is_authenticated:
            name = request.user.get_username()
            note_caller(user_id=request.user.pk, user_name=name, token_id=None)
        return get_response(request)

    return middleware


def safe_for_browsers(get_response: GetResponse) -> GetResponse:
    """Say what a browser may do with an answer, and that no other cache may keep it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Cache-Control", "private, no-cache")
        response.setdefault("Content-Security-Policy", policy_of(request, response))
        return response

    return middleware


def policy_of(request: HttpRequest, response: HttpResponse) -> str:
    """Return the Content-Security-Policy of an answer."""
    if not response.get("Content-Type", "").startswith("text/html"):
        return DATA_POLICY
    is_admin = request.path.startswith(ADMIN)
    return PAGE_POLICY.format(scripts=ADMIN_SCRIPTS if is_admin else API_SCRIPTS)
