"""Tells who calls: by a token in a header, or by the admin's session cookie."""

import re
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from gatekeeper_site.access.caller import Caller, caller_of_user
from gatekeeper_site.access.services import note_use, usable_token
from gatekeeper_site.core.origin import note_caller

BEARER = re.compile(r"bearer +(?P<token>[!-~]+)\s*\Z", re.IGNORECASE)
TOKEN = re.compile(r"[!-~]+")
# The last is the token in question of Keystone's clients, who may send no other.
OF_PROGRAMS = ("HTTP_AUTHORIZATION", "HTTP_X_AUTH_TOKEN", "HTTP_X_SUBJECT_TOKEN")


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>` (RFC 6750, the scheme in any case) or `X-Auth-Token`."""

    def authenticate(self, request: Request) -> tuple[User, Caller] | None:
        """Return the token's user and caller; None where no token was sent.

        Raises:
            AuthenticationFailed: the token is malformed, unknown, expired or revoked.
        """
        token = token_in(request)
        if token is None:
            return None
        row = usable_token(token)
        if row is None:
            raise AuthenticationFailed("The token is unknown, expired or revoked.")
        note_use(row)
        note_caller(user_id=row.user_id, user_name=row.user_name, token_id=row.pk)
        caller = row.caller()
        return caller.user, caller

    def authenticate_header(self, request: Request) -> str:
        """Return what a 401 names in `WWW-Authenticate`."""
        return "Bearer"


class CookieAuthentication(SessionAuthentication):
    """The admin site's session cookie, with CSRF protection: for people, in the browsable API."""

    def authenticate(self, request: Request) -> tuple[User, Caller] | None:
        """Return the logged-in user and caller; None where nobody is logged in."""
        found = super().authenticate(request)
        if found is None:
            return None
        user = found[0]
        note_caller(user_id=user.pk, user_name=user.get_username(), token_id=None)
        return user, caller_of_user(user)

    def enforce_csrf(self, request: Request) -> None:
        """Check the CSRF token, in the body as Django reads it.

        DRF, to choose a parser for the body, would ask who calls: what is asked here.

        Raises:
            PermissionDenied: it is missing or wrong.
        """
        super().enforce_csrf(request._request)  # type: ignore[arg-type]  # it takes either


def caller_of(request: Request) -> Caller:
    """Return who calls, whom one of the classes above has found.

    Nobody (role "") where nobody had to log in, as in the generation of the schema.
    """
    return request.auth if isinstance(request.auth, Caller) else caller_of_user(AnonymousUser())


def carries_token(request: Request | HttpRequest) -> bool:
    """Tell whether a program calls: whatever it sends to say who it is, a browser does not."""
    return any(header in request.META for header in OF_PROGRAMS)


def token_in(request: Request) -> str | None:
    """Return the token a request carries, or None if it carries none.

    Raises:
        AuthenticationFailed: there is one of the two headers, of another form.
    """
    token = token_of(request.META)
    if token is None and "HTTP_AUTHORIZATION" in request.META:
        raise AuthenticationFailed("The Authorization header is not of the form 'Bearer <token>'.")
    if token is None and "HTTP_X_AUTH_TOKEN" in request.META:
        raise AuthenticationFailed("The X-Auth-Token header has no token.")
    return token


def token_of(headers: Mapping[str, Any]) -> str | None:
    """Return the token of a WSGI environment's headers; None where there is none in its form."""
    authorization = headers.get("HTTP_AUTHORIZATION")
    if authorization is not None:
        match = BEARER.match(authorization)
        return None if match is None else match["token"]
    token: str | None = headers.get("HTTP_X_AUTH_TOKEN")
    return token if token is not None and TOKEN.fullmatch(token) else None
