"""Django's middleware that people's pages need, and that a program's call passes by.

Who sends a token to the API is known by that alone: no session is looked for, nobody is logged in,
and no messages are kept for the next page.
"""

from typing import Any

from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest, HttpResponse

from gatekeeper_site.access.api.authentication import carries_token
from gatekeeper_site.api.middleware import FOR_PEOPLE


def is_of_program(request: HttpRequest) -> bool:
    """Tell whether a call is one of the API with a token, valid or not."""
    return carries_token(request) and not request.path.startswith(FOR_PEOPLE)


class PassedByPrograms:
    """Before a middleware class of Django's: has calls of programs pass it by."""

    get_response: Any

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the call."""
        if is_of_program(request):
            answer: HttpResponse = self.get_response(request)
            return answer
        return super().__call__(request)  # type: ignore[misc,no-any-return]


class SessionMiddleware(PassedByPrograms, sessions.SessionMiddleware):
    """Finds a person's session."""


class AuthenticationMiddleware(PassedByPrograms, auth.AuthenticationMiddleware):
    """Finds who is logged in."""


class MessageMiddleware(PassedByPrograms, messages.MessageMiddleware):
    """Keeps messages for a person's next page."""
