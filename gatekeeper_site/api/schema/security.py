"""By what a caller says who he is."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A token, in either of its headers."""

    target_class = "gatekeeper_site.access.api.authentication.TokenAuthentication"
    name = ["bearer", "authToken"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        """Return the two headers."""
        return [
            {
                "type": "http",
                "scheme": "bearer",
                "description": "A token, as `POST /sessions` or `POST /tokens` makes it.",
            },
            {
                "type": "apiKey",
                "in": "header",
                "name": "X-Auth-Token",
                "description": "The same token, in the header of OpenStack's clients.",
            },
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Return that either will do."""
        return [{"bearer": []}, {"authToken": []}]


class CookieScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """The admin site's session cookie."""

    target_class = "gatekeeper_site.access.api.authentication.CookieAuthentication"
    name = "cookie"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """Return the cookie."""
        definition: dict[str, str] = super().get_security_definition(auto_schema)  # type: ignore[no-untyped-call]
        text = "A browser's, in which somebody has logged in; what changes something needs CSRF's."
        return definition | {"description": text}


# Of SONATA's programs, where they log in (RFC 7617).
BASIC = {"basic": {"type": "http", "scheme": "basic", "description": "A user's name and password."}}
