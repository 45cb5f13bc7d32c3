"""/sessions and /tokens (contract: http.md, Who may call)."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from gatekeeper_site.access.api.authentication import TokenAuthentication
from gatekeeper_site.access.api.logins import (
    NO_STORE,
    OpenViewSet,
    SecretViewSet,
    session_lifetime,
    user_with_role,
)
from gatekeeper_site.access.api.permissions import AdminPermission
from gatekeeper_site.access.api.serializers import (
    CredentialsSerializer,
    MadeTokenSerializer,
    NewTokenSerializer,
    SessionSerializer,
    TokenSerializer,
)
from gatekeeper_site.access.models import Role, Token
from gatekeeper_site.access.services import (
    create_token,
    digest_of,
    log_in,
    revoke_token,
    user_of_name,
)
from gatekeeper_site.api.filters import AnyOfFilter, ChoiceFilter, FilterSet
from gatekeeper_site.api.views import ListMixin, RetrieveMixin
from gatekeeper_site.core.clock import iso_z


def secret(token: str, expires_in: int | None) -> dict[str, Any]:
    """Print a token, this once."""
    return {"access_token": token, "token_type": "bearer", "expires_in": expires_in}


class SessionViewSet(OpenViewSet):
    """Log in for a token, and end it."""

    serializer_class = CredentialsSerializer

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return that DELETE needs the token it is to end, and nothing else needs any."""
        is_logout = self.request is not None and self.request.method == "DELETE"
        return [TokenAuthentication()] if is_logout else []

    def get_permissions(self) -> list[BasePermission]:
        """Return that whoever has a token may end it, whatever its role."""
        return [IsAuthenticated() if self.request.method == "DELETE" else AllowAny()]

    @extend_schema(
        operation_id="create_session",
        tags=["sessions"],
        summary="Log in: get a token of the user's own role and tenant",
        responses={201: SessionSerializer},
    )
    def create(self, request: Request) -> Response:
        """Make a token for whoever knows the password."""
        lifetime = session_lifetime()
        token = log_in(user=user_with_role(**self.validated()), lifetime=lifetime)
        printed = secret(token, int(lifetime.total_seconds()))
        return Response({"token": printed}, status=201, headers=NO_STORE)

    @extend_schema(
        operation_id="delete_session",
        tags=["sessions"],
        summary="Log out: revoke the token of this call",
        request=None,
        responses={204: None},
    )
    def destroy(self, request: Request) -> Response:
        """Revoke the caller's token."""
        token_id: Any = self.caller.token_id
        revoke_token(token=Token.objects.get(pk=token_id))
        return Response(status=204)


class TokenFilters(FilterSet):
    """By whose a token is and what it may do."""

    user = AnyOfFilter(field_name="user__username")
    role = ChoiceFilter(choices=Role.choices)
    tenant_id = AnyOfFilter()


def optional_time(moment: datetime | None) -> str | None:
    """Print a time, or that there is none."""
    return None if moment is None else iso_z(moment)


def represent_token(row: dict[str, Any]) -> dict[str, Any]:
    """Print a token; neither it nor its digest is in the row."""
    return {
        "id": row["pk"],
        "user": row["user__username"],
        "role": row["role"],
        "tenant_id": row["tenant_id"] or None,
        "created_at": iso_z(row["created_at"]),
        "expires_at": optional_time(row["expires_at"]),
        "last_used_at": optional_time(row["last_used_at"]),
        "revoked_at": optional_time(row["revoked_at"]),
    }


@extend_schema_view(
    list=extend_schema(
        operation_id="list_tokens",
        summary="List tokens",
        responses=TokenSerializer(many=True),
    ),
    retrieve=extend_schema(
        operation_id="get_token",
        summary="Get a token's data",
        responses={200: TokenSerializer},
    ),
)
@extend_schema(tags=["tokens"])
class TokenViewSet(ListMixin, RetrieveMixin, SecretViewSet):
    """Tokens, for admins. The token itself is shown once, when it is made."""

    model = Token
    queryset = Token.objects.none()
    permission_classes = [AdminPermission]
    serializer_class = NewTokenSerializer
    filterset_class: Any = TokenFilters
    columns = (
        "user__username",
        "role",
        "tenant_id",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    )
    fields = tuple(TokenSerializer().fields)
    represent = staticmethod(represent_token)
    ordering_fields = ("created_at", "id")

    def object_id(self) -> Any:
        """Return the id in the path: a number, unlike other resources'.

        Raises:
            NotFound: it is malformed, and so names nothing.
        """
        text: str = self.kwargs["pk"]
        if not (text.isascii() and text.isdecimal() and len(text) <= 18):
            raise NotFound(f"There is no token {text}.")
        return int(text)

    @extend_schema(
        operation_id="create_token",
        summary="Make a token, and its user, without a password, if there is none",
        responses={201: MadeTokenSerializer},
    )
    def create(self, request: Request) -> Response:
        """Make a token, and show it this once."""
        order = self.validated()
        seconds = order.get("expires_in")
        with transaction.atomic():
            token = create_token(
                user=user_of_name(name=order["user"]),
                role=order["role"],
                tenant_id=order.get("tenant") or "",
                lifetime=None if seconds is None else timedelta(seconds=seconds),
            )
        rows = Token.objects.filter(digest=digest_of(token)).values("pk", *self.columns)
        printed = represent_token(rows[0]) | {"token": secret(token, seconds)}
        location = request.build_absolute_uri(f"/tokens/{printed['id']}")
        return Response(printed, status=201, headers=NO_STORE | {"Location": location})

    @extend_schema(
        operation_id="delete_token",
        summary="Revoke a token, at once and for good",
        responses={204: None},
    )
    def destroy(self, request: Request, pk: str) -> Response:
        """Revoke the token; revoking it again changes nothing."""
        revoke_token(token=self.instance(), precondition=self.precondition)
        return Response(status=204)
