"""Input that says every fault at once, and takes nothing it does not know."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from rest_framework import serializers

from gatekeeper_site.core.access.models import tenant_validator
from gatekeeper_site.core.api.filters import parse_uuid

FORM_FIELDS = {"csrfmiddlewaretoken"}


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer to which an unknown or read-only member is a fault of its own."""

    # Members that answers have and callers may not write.
    read_only_names: tuple[str, ...] = ()

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the validated members.

        Raises:
            ValidationError: with the faults of unknown members beside those of known ones.
        """
        faults: dict[str, Any] = {}
        if isinstance(data, Mapping):
            for name in data:
                if name in self.read_only_names:
                    faults[name] = ["This field is read-only."]
                elif name not in self.fields and name not in FORM_FIELDS:
                    faults[name] = ["There is no such field."]
        try:
            value: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError(error.detail | faults) from error
            raise
        if faults:
            raise serializers.ValidationError(faults)
        return value


class UUIDField(serializers.UUIDField):
    """A UUID in its canonical text form alone."""

    def to_internal_value(self, data: Any) -> UUID:
        """Return the UUID.

        Raises:
            ValidationError: it is anything else.
        """
        value = parse_uuid(data)
        if value is None:
            raise serializers.ValidationError(f"{shown(data)} is not a UUID.")
        return value


class TextField(serializers.CharField):
    """A string; a number is not one."""

    # In the browsable API's form: not "", which is a string.
    initial: Any = None

    def to_internal_value(self, data: Any) -> str:
        """Return the string.

        Raises:
            ValidationError: it is anything else.
        """
        if not isinstance(data, str):
            raise serializers.ValidationError(f"{shown(data)} is not a string.")
        return super().to_internal_value(data)


class TenantField(TextField):
    """A tenant: 32 hex digits, taken in either case and kept in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the options of DRF's field."""
        super().__init__(validators=[tenant_validator], **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the tenant, in lower case; the validator checks the rest."""
        return super().to_internal_value(data).lower()


class ObjectListField(serializers.JSONField):
    """A list of `{"location", "nap"}` objects: where a service is entered or left."""

    # What the browsable API's form begins with.
    initial: Any = list

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        """Return the list.

        Raises:
            ValidationError: it is not one, or a member is not such an object.
        """
        value: Any = super().to_internal_value(data)
        if not isinstance(value, list):
            raise serializers.ValidationError("This must be a list.")
        faults: dict[Any, Any] = {}
        for index, member in enumerate(value):
            if not isinstance(member, dict):
                faults[index] = "This must be an object."
                continue
            member_faults = {
                name: "This must be a string."
                for name in ("location", "nap")
                if not isinstance(member.get(name), str)
            }
            member_faults |= {
                name: "There is no such field."
                for name in member
                if name not in ("location", "nap")
            }
            if member_faults:
                faults[index] = member_faults
        if faults:
            raise serializers.ValidationError(faults)
        return value


def shown(value: Any) -> str:
    """Return a value as an error message shows it: short, and never more than the caller sent."""
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
