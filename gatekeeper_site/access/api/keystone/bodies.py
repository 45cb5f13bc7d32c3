"""What Keystone's clients send to log in, read into one form."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rest_framework import serializers

from gatekeeper_site.access.logins import MAX_NAME_LENGTH
from gatekeeper_site.api.serializers import MESSAGES, StrictSerializer, TextField, shown

PASSWORD, TOKEN, APPLICATION_CREDENTIAL = METHODS = ("password", "token", "application_credential")
UNSCOPED = "unscoped"


@dataclass(frozen=True)
class Login:
    """Who wants to be let in, by what, and for which project."""

    method: str
    # By a password: the user's name or id.
    user_name: str | None
    user_id: str | None
    # The password, or the token.
    secret: str
    # The project's id or name, if one is asked for.
    project: str | None


def one_of(
    data: Mapping[str, Any], first: str, second: str, *, is_required: bool
) -> Iterable[tuple[str, str]]:
    """Return the fault of two members of which one is to be given: there are both, or none."""
    if first in data and second in data:
        yield second, f"Give either {first} or {second}."
    elif is_required and first not in data and second not in data:
        yield first, f"Required, or {second}."


class KeystoneDomainSerializer(StrictSerializer):
    """A domain; it is ignored."""

    id = TextField(required=False)
    name = TextField(required=False)


class KeystoneReferenceSerializer(StrictSerializer):
    """Something by its id or its name."""

    id = TextField(required=False, trim_whitespace=False, max_length=MAX_NAME_LENGTH)
    name = TextField(required=False, trim_whitespace=False, max_length=MAX_NAME_LENGTH)
    domain = KeystoneDomainSerializer(required=False)

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterable[tuple[str, str]]:
        """Return whether both or neither of the two are there."""
        return one_of(data, "name", "id", is_required=True)


class KeystonePasswordUserSerializer(KeystoneReferenceSerializer):
    """A user with his password, to the last space."""

    password = TextField(trim_whitespace=False)


class KeystonePasswordSerializer(StrictSerializer):
    """The method password."""

    user = KeystonePasswordUserSerializer()


class KeystoneTokenIdSerializer(StrictSerializer):
    """The method token."""

    id = TextField(help_text="The token.")


class KeystoneApplicationCredentialSerializer(StrictSerializer):
    """The method application_credential: whose it is, its secret says."""

    id = TextField(required=False)
    name = TextField(required=False)
    user = KeystoneReferenceSerializer(required=False)
    secret = TextField(help_text="A token, as `manage.py create_token` makes it.")


class MethodsField(serializers.ListField):
    """A list with the one method of a login."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> list[str]:
        """Return the list.

        Raises:
            ValidationError: it is no list, or has another number of methods, or another.
        """
        if not (isinstance(data, list) and len(data) == 1 and data[0] in METHODS):
            known = ", ".join(f'["{method}"]' for method in METHODS)
            raise serializers.ValidationError(f"{shown(data)} is not one of: {known}.")
        return data


class KeystoneIdentitySerializer(StrictSerializer):
    """Who logs in."""

    methods = MethodsField(child=serializers.ChoiceField(choices=METHODS))
    password = KeystonePasswordSerializer(required=False)
    token = KeystoneTokenIdSerializer(required=False)
    application_credential = KeystoneApplicationCredentialSerializer(required=False)

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterable[tuple[str, str]]:
        """Return whether the method's member is there, and no other's."""
        if "methods" in faults:
            return
        (method,) = data["methods"]
        if method not in data:
            yield method, "Required, as `methods` names it."
        for other in METHODS:
            if other != method and other in data:
                yield other, f"`methods` names {method}: give that alone."


class KeystoneScopeSerializer(StrictSerializer):
    """For what: a project. A domain is none, and neither is `"unscoped"`."""

    project = KeystoneReferenceSerializer(required=False)
    domain = KeystoneDomainSerializer(required=False)

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the scope's members."""
        return {} if data == UNSCOPED else super().to_internal_value(data)


class KeystoneAuthSerializer(StrictSerializer):
    """The order's only member."""

    identity = KeystoneIdentitySerializer()
    scope = KeystoneScopeSerializer(required=False)


class KeystoneLoginSerializer(StrictSerializer):
    """An order of `POST /v3/auth/tokens`."""

    auth = KeystoneAuthSerializer()

    def login(self) -> Login:
        """Return what is ordered, once it is valid."""
        auth = self.validated_data["auth"]
        identity, project = auth["identity"], auth.get("scope", {}).get("project", {})
        (method,) = identity["methods"]
        given = identity[method]
        user = given["user"] if method == PASSWORD else {}
        secret = {PASSWORD: user.get("password"), TOKEN: given.get("id")}
        return Login(
            method=method,
            user_name=user.get("name"),
            user_id=user.get("id"),
            secret=secret.get(method) or given["secret"],
            project=project.get("id", project.get("name")),
        )


class KeystoneV2CredentialsSerializer(StrictSerializer):
    """A user with his password, to the last space."""

    username = TextField(trim_whitespace=False, max_length=MAX_NAME_LENGTH)
    password = TextField(trim_whitespace=False)


class KeystoneV2AuthSerializer(StrictSerializer):
    """The order's only member: a password's or a token's."""

    passwordCredentials = KeystoneV2CredentialsSerializer(required=False)  # noqa: N815 - Keystone's
    token = KeystoneTokenIdSerializer(required=False)
    tenantId = TextField(required=False, max_length=MAX_NAME_LENGTH)  # noqa: N815 - Keystone's
    tenantName = TextField(required=False, max_length=MAX_NAME_LENGTH)  # noqa: N815 - Keystone's

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterable[tuple[str, str]]:
        """Return whether there is one way to log in, and no more than one project."""
        yield from one_of(data, "passwordCredentials", "token", is_required=True)
        yield from one_of(data, "tenantId", "tenantName", is_required=False)


class KeystoneV2LoginSerializer(StrictSerializer):
    """An order of `POST /v2.0/tokens`."""

    auth = KeystoneV2AuthSerializer()

    def login(self) -> Login:
        """Return what is ordered, once it is valid."""
        auth = self.validated_data["auth"]
        user = auth.get("passwordCredentials")
        return Login(
            method=PASSWORD if user else TOKEN,
            user_name=user["username"] if user else None,
            user_id=None,
            secret=user["password"] if user else auth["token"]["id"],
            project=auth.get("tenantId", auth.get("tenantName")),
        )
