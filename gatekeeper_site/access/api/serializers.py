"""What `/sessions` and `/tokens` take, and the shapes of their answers for the schema."""

from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from rest_framework import serializers

from gatekeeper_site.access.logins import MAX_NAME_LENGTH
from gatekeeper_site.access.models import Role
from gatekeeper_site.api.serializers import (
    IntegerField,
    StrictSerializer,
    TenantField,
    TextField,
    WordField,
    shown,
)

MAX_SECONDS = 36_500 * 86_400


class CredentialsSerializer(StrictSerializer):
    """A user name and a password, both to the last space."""

    username = TextField(trim_whitespace=False, max_length=MAX_NAME_LENGTH)
    password = TextField(trim_whitespace=False, style={"input_type": "password"})


class BearerTokenSerializer(serializers.Serializer[Any]):
    """A token, this once."""

    access_token = serializers.CharField()
    token_type = serializers.ChoiceField(choices=["bearer"])
    expires_in = serializers.IntegerField(
        allow_null=True, help_text="Seconds; null where it works until it is revoked."
    )


class SessionSerializer(serializers.Serializer[Any]):
    """What `POST /sessions` answers."""

    token = BearerTokenSerializer()


class TokenSerializer(serializers.Serializer[Any]):
    """A token, without the token."""

    id = serializers.IntegerField()
    user = serializers.CharField()
    role = serializers.ChoiceField(choices=Role.choices)
    tenant_id = serializers.CharField(allow_null=True)
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the minute.")
    revoked_at = serializers.DateTimeField(allow_null=True)


class MadeTokenSerializer(TokenSerializer):
    """What `POST /tokens` answers: also the token."""

    token = BearerTokenSerializer()


class UserNameField(TextField):
    """The name of a user, who may be yet to be made, but not inactive."""

    def to_internal_value(self, data: Any) -> str:
        """Return the name.

        Raises:
            ValidationError: no user can have this name, or the one who has it is inactive.
        """
        name = User.normalize_username(super().to_internal_value(data))
        user = User.objects.filter(username=name).first()
        if user is not None and not user.is_active:
            raise serializers.ValidationError(f"The user {shown(name)} is inactive.")
        if user is None:
            try:
                User._meta.get_field("username").clean(name, None)
            except ValidationError as error:
                raise serializers.ValidationError(
                    f"{shown(name)} is no user name: 1 to 150 letters, digits and @ . + - _"
                ) from error
        return name


class NewTokenSerializer(StrictSerializer):
    """A token to make."""

    read_only_names = (
        "id",
        "tenant_id",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
        "token",
    )

    user = UserNameField(help_text="Whose actions the token's are: an active user's name.")
    role = WordField(choices=Role.choices)
    tenant = TenantField(
        required=False,
        allow_null=True,
        help_text="32 hex digits; none if absent.",
    )
    expires_in = IntegerField(
        required=False,
        allow_null=True,
        min_value=1,
        max_value=MAX_SECONDS,
        help_text="Seconds; if absent, it works until it is revoked.",
    )
