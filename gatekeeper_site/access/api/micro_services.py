"""How SONATA's own programs log in (contract: requests-and-records.md, SONATA's own paths)."""

import base64
import re
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response

from gatekeeper_site.access.api.logins import (
    NO_STORE,
    OpenViewSet,
    known_user,
    session_lifetime,
    user_with_role,
)
from gatekeeper_site.access.logins import MAX_NAME_LENGTH
from gatekeeper_site.access.platform_key import platform_public_key
from gatekeeper_site.access.services import log_in
from gatekeeper_site.api.serializers import MESSAGES, StrictSerializer, TextField, shown

BASIC = re.compile(r"basic +(?P<credentials>[!-~]+)\s*\Z", re.IGNORECASE)
TAGS = ["micro-services"]


class RedirectUrisField(serializers.ListField):
    """URLs that SONATA's identity server was told; nothing is led there here."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the list.

        Raises:
            ValidationError: it is no list of texts.
        """
        if not (isinstance(data, list) and all(isinstance(each, str) for each in data)):
            raise serializers.ValidationError(f"{shown(data)} is not a list of strings.")
        return data


class MicroServiceRegistrationSerializer(StrictSerializer):
    """A program that says who it is."""

    clientId = TextField(trim_whitespace=False, max_length=MAX_NAME_LENGTH)  # noqa: N815 - SONATA's
    secret = TextField(trim_whitespace=False)
    redirectUris = RedirectUrisField(child=serializers.CharField(), required=False)  # noqa: N815


class MicroServiceViewSet(OpenViewSet):
    """Programs of the platform: users by whose name and password they log in."""

    serializer_class = MicroServiceRegistrationSerializer
    # Each login makes a token: HEAD does not ask for one.
    http_method_names = ["get", "post", "options"]

    def get_authenticate_header(self, request: HttpRequest) -> str:
        """Return what a 401 names."""
        return 'Basic realm="gatekeeper", charset="UTF-8"'

    @extend_schema(
        operation_id="register_micro_service",
        tags=TAGS,
        summary="Say that a program is there: its user must be there already",
        responses={
            201: inline_serializer("RegisteredMicroService", {"clientId": serializers.CharField()}),
        },
    )
    def create(self, request: Request) -> Response:
        """Answer that there is this user, if this is his password."""
        order = self.validated()
        name = order["clientId"]
        refusal = (
            f"There is no user {shown(name)} with this password. Nobody lets himself in: an "
            "administrator makes the user, with `manage.py create_service_user`."
        )
        known_user(name, order["secret"], refusal=refusal)
        return Response({"clientId": name}, status=201)

    @extend_schema(
        operation_id="log_in_micro_service",
        tags=TAGS,
        summary="Log in by HTTP's Basic authentication: get a token",
        auth=[{"basic": []}],  # type: ignore[list-item]  # as the schema has it
        responses=inline_serializer("MicroServiceToken", {"access_token": serializers.CharField()}),
    )
    def log_in(self, request: Request) -> Response:
        """Make a token for whoever knows the password."""
        name, password = basic_credentials(request.headers.get("Authorization", ""))
        token = log_in(user=user_with_role(name, password), lifetime=session_lifetime())
        return Response({"access_token": token}, headers=NO_STORE)


class PublicKeyViewSet(OpenViewSet):
    """The platform's public key."""

    @extend_schema(
        operation_id="get_public_key",
        tags=TAGS,
        summary="Get the platform's public key (RSA), base64 of its DER in one line",
        responses=inline_serializer(
            "PublicKey",
            {"items": inline_serializer("PublicKeyItems", {"public-key": serializers.CharField()})},
        ),
    )
    def retrieve(self, request: Request) -> Response:
        """Answer with the key."""
        return Response({"items": {"public-key": platform_public_key()}})


@extend_schema_view(retrieve=extend_schema(operation_id="get_micro_services_public_key"))
class MicroServicesPublicKeyViewSet(PublicKeyViewSet):
    """The same, where SONATA's programs of 2018 ask for it."""


def basic_credentials(header: str) -> tuple[str, str]:
    """Return the name and password of an Authorization header (RFC 7617).

    Raises:
        AuthenticationFailed: it has another form.
    """
    match = BASIC.match(header)
    try:
        text = base64.b64decode(match["credentials"], validate=True).decode() if match else ""
    except ValueError:
        text = ""
    name, separator, password = text.partition(":")
    if not separator:
        raise AuthenticationFailed(
            "The Authorization header is not of the form 'Basic <name:password in base64>'."
        )
    return name, password
