"""What every door to a login has in common (contract: http.md, Who may call)."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled, ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from gatekeeper_site.access.caller import caller_of_user
from gatekeeper_site.access.logins import (
    LoginsPaused,
    WrongPassword,
    note_refusal,
    user_of_password,
)
from gatekeeper_site.api.bodies import BodyParser
from gatekeeper_site.api.views import ResourceViewSet
from gatekeeper_site.core.origin import note_caller
from gatekeeper_site.core.refusals import Forbidden

NO_STORE = {"Cache-Control": "no-store"}
WRONG = "The user name or the password is wrong."


class SecretViewSet(ResourceViewSet):
    """A resource whose POST answers with a secret, which is never kept for a repetition."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse a key under which the answer would have to be kept.

        Raises:
            ValidationError: there is one.
        """
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and "Idempotency-Key" in request.headers:
            message = "An answer with a token is not kept, and so cannot be repeated."
            raise ValidationError({"Idempotency-Key": message})


class OpenViewSet(SecretViewSet):
    """What is asked by callers without a token, and no list."""

    # No form in the browsable API, in which people log in otherwise.
    parser_classes = [BodyParser]
    permission_classes = [AllowAny]
    filter_backends = ()
    pagination_class = None

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return that nobody says who he is."""
        return []

    def get_authenticate_header(self, request: HttpRequest) -> str:
        """Return what a 401 names, also where the password was wrong."""
        return "Bearer"


def session_lifetime() -> timedelta:
    """Return how long the token of a login works."""
    return timedelta(seconds=settings.SESSION_TOKEN_SECONDS)


def known_user(username: str, password: str, *, refusal: str = WRONG) -> User:
    """Return the user whose name and password these are, whatever he may do.

    Raises:
        AuthenticationFailed: they are nobody's; it says `refusal`.
        Throttled: too many have failed.
    """
    try:
        user = user_of_password(username=username, password=password)
    except WrongPassword as error:
        raise AuthenticationFailed(refusal) from error
    except LoginsPaused as error:
        raise Throttled(error.seconds) from error
    note_caller(user_id=user.pk, user_name=user.get_username(), token_id=None)
    return user


def user_with_role(username: str, password: str) -> User:
    """Return the user whose name and password these are, who may do something.

    Raises:
        AuthenticationFailed: they are nobody's.
        Throttled: too many have failed.
        Forbidden: he has no role.
    """
    user = known_user(username, password)
    if not caller_of_user(user).role:
        note_refusal(user=user, reason="no role")
        raise Forbidden("You have no role here yet: an administrator gives you one.")
    return user
