"""Keystone's paths."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponseRedirect
from django.http.response import HttpResponseBase
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotFound, Throttled, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from gatekeeper_site.access.api.authentication import TOKEN as TOKEN_FORM
from gatekeeper_site.access.api.authentication import TokenAuthentication
from gatekeeper_site.access.api.keystone import answers, bodies
from gatekeeper_site.access.api.logins import (
    NO_STORE,
    OpenViewSet,
    SecretViewSet,
    session_lifetime,
    user_with_role,
)
from gatekeeper_site.access.caller import caller_of_user
from gatekeeper_site.access.logins import (
    NOBODY,
    LoginsPaused,
    WrongToken,
    note_refusal,
    token_of_login,
)
from gatekeeper_site.access.models import Token
from gatekeeper_site.access.services import (
    digest_of,
    log_in,
    log_in_by_token,
    revoke_token,
    tenant_of_login,
    usable_token,
)
from gatekeeper_site.api.views import is_of_browsable_api
from gatekeeper_site.core.origin import note_caller
from gatekeeper_site.core.refusals import Forbidden
from gatekeeper_site.core.tenants import tenants_with_objects

SUBJECT = "X-Subject-Token"
TAGS = ["keystone"]
SUBJECT_GIVEN = OpenApiParameter(
    SUBJECT, str, OpenApiParameter.HEADER, required=True, description="The token in question."
)
SUBJECT_MADE = OpenApiParameter(
    SUBJECT, str, OpenApiParameter.HEADER, response=[201], description="The token, this once."
)


def url_of(request: Request) -> str:
    """Return the URL of this server by which the caller has reached it."""
    return request.build_absolute_uri("/").removesuffix("/")


def logged_in(login: bodies.Login) -> str:
    """Return a new token for whoever may have it.

    Raises:
        AuthenticationFailed: the password or token is wrong, or the project is not his.
        Throttled: too many have failed.
        Forbidden: he has no role.
    """
    lifetime = session_lifetime()
    if login.method == bodies.PASSWORD:
        name = name_of(login.user_id) if login.user_name is None else login.user_name
        user = user_with_role(name, login.secret)
        tenant_id = tenant_of_login(caller_of_user(user), login.project)
        if tenant_id is None:
            raise not_his(login, user)
        return log_in(user=user, lifetime=lifetime, tenant_id=tenant_id)
    try:
        known = token_of_login(token=login.secret)
    except WrongToken as error:
        raise AuthenticationFailed("The token is unknown, expired or revoked.") from error
    except LoginsPaused as error:
        raise Throttled(error.seconds) from error
    note_caller(user_id=known.user_id, user_name=known.user_name, token_id=known.pk)
    caller = known.caller()
    tenant_id = tenant_of_login(caller, login.project)
    if tenant_id is None:
        raise not_his(login, caller.user)
    try:
        return log_in_by_token(source_id=known.pk, lifetime=lifetime, tenant_id=tenant_id)
    except Token.DoesNotExist as error:
        raise AuthenticationFailed("The token was revoked just now.") from error


def name_of(user_id: str | None) -> str:
    """Return the name of the user of an id; of an unknown one, a name that nobody has."""
    user = None
    if user_id and user_id.isascii() and user_id.isdecimal() and len(user_id) < 10:
        user = User.objects.filter(pk=user_id).first()
    return f"{NOBODY}{user_id}" if user is None else user.get_username()


def not_his(login: bodies.Login, user: User) -> AuthenticationFailed:
    """Return the 401 of somebody who asks for a project of others, and audit it."""
    note_refusal(user=user, reason="project of another")
    return AuthenticationFailed(f"You have no project {login.project!r}.")


def row_of(token: str) -> Token:
    """Return a token that has just been found to work."""
    return Token.objects.select_related("user", "source").get(digest=digest_of(token))


class VersionViewSet(OpenViewSet):
    """Which versions of Keystone's API there are."""

    @extend_schema(
        operation_id="list_keystone_versions",
        tags=TAGS,
        summary="List the versions of Keystone's API; a browser is led to the documentation",
        responses={
            300: answers.KeystoneVersionListSerializer,
            302: OpenApiResponse(description="A browser is led to the documentation."),
        },
    )
    def versions(self, request: Request) -> HttpResponseBase:
        """Answer a program, and lead a person on."""
        if is_of_browsable_api(request):
            return HttpResponseRedirect("/docs")
        return Response({"versions": {"values": answers.versions(url_of(request))}}, status=300)

    @extend_schema(
        operation_id="get_keystone_v3",
        tags=TAGS,
        summary="Describe version 3 of Keystone's API",
        responses=answers.KeystoneVersionEnvelopeSerializer,
    )
    def v3(self, request: Request) -> Response:
        """Say where the version is, and in which form it speaks."""
        return Response({"version": answers.versions(url_of(request))[0]})

    @extend_schema(
        operation_id="get_keystone_v2",
        tags=TAGS,
        summary="Describe version 2.0 of Keystone's API",
        responses=answers.KeystoneVersionEnvelopeSerializer,
    )
    def v2(self, request: Request) -> Response:
        """Say where the version is, and in which form it speaks."""
        return Response({"version": answers.versions(url_of(request))[1]})


class V3TokenViewSet(OpenViewSet):
    """Tokens, by Keystone's version 3."""

    serializer_class: Any = bodies.KeystoneLoginSerializer

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Return that whoever logs in has no token yet; others may say who they are by one."""
        is_login = self.request is not None and self.request.method == "POST"
        return [] if is_login else [TokenAuthentication()]

    @extend_schema(
        operation_id="create_keystone_token",
        tags=TAGS,
        summary="Log in: get a token, by a password or by a token",
        parameters=[SUBJECT_MADE],
        responses={201: answers.KeystoneTokenEnvelopeSerializer},
    )
    def create(self, request: Request) -> Response:
        """Make a token for whoever may have one."""
        login = self.login()
        token = logged_in(login)
        printed = answers.v3_token(row_of(token), url_of(request), login.method)
        return Response(printed, status=201, headers=NO_STORE | {SUBJECT: token})

    @extend_schema(
        operation_id="validate_keystone_token",
        tags=TAGS,
        summary="Ask what a token is",
        parameters=[SUBJECT_GIVEN],
        responses=answers.KeystoneTokenEnvelopeSerializer,
    )
    def validate(self, request: Request) -> Response:
        """Describe the token."""
        return Response(answers.v3_token(self.subject(), url_of(request)), headers=NO_STORE)

    @extend_schema(
        operation_id="revoke_keystone_token",
        tags=TAGS,
        summary="Revoke a token, at once and for good",
        parameters=[SUBJECT_GIVEN],
        request=None,
        responses={204: None},
    )
    def revoke(self, request: Request) -> Response:
        """Revoke the token."""
        revoke_token(token=self.subject())
        return Response(status=204)

    def login(self) -> bodies.Login:
        """Return what the body orders.

        Raises:
            ValidationError: with every fault.
        """
        serializer: Any = self.get_serializer(data=self.body())
        serializer.is_valid(raise_exception=True)
        login: bodies.Login = serializer.login()
        return login

    def subject(self) -> Token:
        """Return the token in question: the caller's own, or to an admin any.

        Who has a token, and no other, may ask about it and end it: he is its owner.

        Raises:
            ValidationError: none is named.
            NotFound: it does not work.
            Forbidden: it is another's.
        """
        named = self.request.headers.get(SUBJECT)
        if named is None:
            raise ValidationError({SUBJECT: "Required: the token in question."})
        known = usable_token(named) if TOKEN_FORM.fullmatch(named) else None
        if known is None:
            raise NotFound("The token is unknown, expired or revoked.")
        caller = self.caller
        is_said = caller.token_id is not None
        if is_said and caller.user.pk != known.user_id and not caller.is_admin:
            raise Forbidden("This token is another's: an administrator may ask about it.")
        return row_of(named)


class V2TokenViewSet(V3TokenViewSet):
    """Tokens, by Keystone's version 2.0."""

    serializer_class = bodies.KeystoneV2LoginSerializer

    @extend_schema(
        operation_id="create_keystone_v2_token",
        tags=TAGS,
        summary="Log in: get a token, by a password or by a token",
        responses={200: answers.KeystoneV2AccessEnvelopeSerializer},
    )
    def create(self, request: Request) -> Response:
        """Make a token for whoever may have one."""
        token = logged_in(self.login())
        printed = answers.v2_access(row_of(token), token, url_of(request))
        return Response(printed, headers=NO_STORE)


class V2TenantViewSet(SecretViewSet):
    """Tenants, by Keystone's version 2.0."""

    filter_backends = ()
    pagination_class = None

    @extend_schema(
        operation_id="list_keystone_tenants",
        tags=TAGS,
        summary="List the caller's tenant; to an admin, those that have objects",
        responses=answers.KeystoneTenantListSerializer,
    )
    def tenants(self, request: Request) -> Response:
        """List the projects that a login may ask for, as far as they are known."""
        found = {self.caller.tenant_id} - {""}
        if self.caller.is_admin:
            found |= tenants_with_objects()
        return Response({"tenants": [answers.v2_tenant(each) for each in sorted(found)]})
