"""Input that says every fault at once, and takes nothing it does not know."""

import json
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from typing import Any
from uuid import UUID

from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils.html import is_html_input
from rest_framework.utils.serializer_helpers import BindingDict

from gatekeeper_site.core.documents import (
    MAX_FAULTS,
    DocumentError,
    DocumentSyntaxError,
    read_value,
)
from gatekeeper_site.core.parsing import parse_uuid
from gatekeeper_site.core.tenants import tenant_validator

FORM_FIELDS = {"csrfmiddlewaretoken"}
# What the library would say in words of its own.
MESSAGES: dict[str, Any] = {
    "required": "Required.",
    "null": "This cannot be null.",
    "blank": "This cannot be empty.",
    "max_length": "This has more than {max_length} characters.",
}
NO_SUCH_FIELD = "There is no such field."
ENDPOINT_MEMBERS = {"location", "nap"}


class OpenSerializer(serializers.Serializer[Any]):
    """The shape, for the schema, of an object that may have other members besides."""


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer to which an unknown or read-only member is a fault of its own.

    Of an object that is changed, the context has how it is printed (`now`). What of it cannot be
    written may be given as it is: it is kept in `unwritable`, to be compared under the row's lock.
    """

    default_error_messages = MESSAGES
    # Members that answers have and nobody may give to a new object.
    read_only_names: tuple[str, ...] = ()
    unwritable: dict[str, Any]

    @property
    def fields(self) -> BindingDict:
        """The fields, by name: those of the class, as no call changes any."""
        return fields_of(type(self))

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the validated members.

        Raises:
            ValidationError: with the faults of unknown members, and of members that do not go
                together, beside those of known ones.
        """
        if not isinstance(data, Mapping):
            raise serializers.ValidationError(f"{shown(data)} is not an object.")
        now: dict[str, Any] = self.context.get("now", {})
        faults = self.faults_of_others(data, now)
        try:
            value: dict[str, Any] = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not isinstance(error.detail, dict):
                raise
            faults |= error.detail
        for name, message in list(self.faults_between(data, faults)):
            faults.setdefault(name, [message])
        changed = changed_members(self.unwritable, now)
        if faults or changed:
            for name, message in list(self.unknown_references(data, faults)):
                faults.setdefault(name, [message])
        if faults:
            raise serializers.ValidationError(faults | changed)
        return value

    def faults_of_others(self, data: Mapping[str, Any], now: dict[str, Any]) -> dict[str, Any]:
        """Return the faults of what is no field, and keep what is as it is in an object."""
        faults: dict[str, Any] = {}
        self.unwritable = {}
        for name in data:
            if len(faults) > MAX_FAULTS:
                break
            if name in self.fields or name in FORM_FIELDS:
                continue
            if name in now:
                self.unwritable[name] = data[name]
            elif name in self.read_only_names:
                faults[name] = ["This field is read-only."]
            else:
                faults[name] = [NO_SUCH_FIELD]
        return faults

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterable[tuple[str, str]]:
        """Return the faults that no member has by itself, as (member, message).

        Args:
            data: what was given.
            faults: the members that have one by themselves.
        """
        return ()

    def unknown_references(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterable[tuple[str, str]]:
        """Return what is named that is not there, or does not fit, as (member, message).

        It is asked for beside other faults: what has none is looked up by the service.

        Args:
            data: what was given.
            faults: the members that have one already.
        """
        return ()


def fields_checked(kind: type[StrictSerializer], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the members of an object without faults, each checked by its field alone.

    It is what a serializer makes of it, at a fraction of the cost. What of them goes together,
    `faults_between` says.

    Raises:
        ValidationError: there is a fault, which the serializer can say.
    """
    fields = fields_of(kind)
    if data.keys() - fields.keys():
        raise serializers.ValidationError(NO_SUCH_FIELD)
    members = {}
    for name, field in fields.items():
        if name in data:
            members[name] = field.run_validation(data[name])
        elif field.required:
            raise serializers.ValidationError(MESSAGES["required"])
        elif field.default is not empty:
            members[name] = field.get_default()
    return members


def names_given(data: Mapping[str, Any]) -> set[str]:
    """Return the members that say something: null and "" are as good as absent."""
    return {name for name in data if data.get(name) not in (None, "")}


@cache
def fields_of(kind: type[StrictSerializer]) -> BindingDict:
    """Return the fields of a serializer, which are made once."""
    serializer = kind()
    fields = BindingDict(serializer)
    for name, field in serializer.get_fields().items():
        fields[name] = field
    return fields


def changed_members(given: Mapping[str, Any], now: dict[str, Any]) -> dict[str, str]:
    """Return what is wrong with members that cannot be written: those that are not as given."""
    return {
        name: f"This cannot be written, and is {shown(now.get(name))} now."
        for name, value in given.items()
        if not is_same(value, now.get(name))
    }


def is_same(given: Any, now: Any) -> bool:
    """Tell whether two JSON values are equal; to Python, true is 1."""
    if isinstance(given, dict) and isinstance(now, dict):
        return given.keys() == now.keys() and all(is_same(given[name], now[name]) for name in now)
    if isinstance(given, list) and isinstance(now, list):
        return len(given) == len(now) and all(map(is_same, given, now))
    if isinstance(given, bool) or isinstance(now, bool):
        return given is now
    return bool(given == now)


class UUIDField(serializers.UUIDField):
    """A UUID in its canonical text form alone."""

    default_error_messages = MESSAGES

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

    default_error_messages = MESSAGES
    # In the browsable API's form: not "", which is a string.
    initial: Any = None

    def to_internal_value(self, data: Any) -> str:
        """Return the string.

        Raises:
            ValidationError: it is anything else.
        """
        if not isinstance(data, str):
            raise serializers.ValidationError(f"{shown(data)} is not a string.")
        if "\0" in data:
            raise serializers.ValidationError("A NUL character is not part of any text.")
        return super().to_internal_value(data)


class WordField(serializers.ChoiceField):
    """A word from a list."""

    default_error_messages = MESSAGES

    def to_internal_value(self, data: Any) -> str:
        """Return the word.

        Raises:
            ValidationError: it is not in the list.
        """
        if not isinstance(data, str) or data not in self.choices:
            words = ", ".join(map(str, self.choices))
            raise serializers.ValidationError(f"{shown(data)} is not one of: {words}.")
        return data


class IntegerField(serializers.IntegerField):
    """A whole number within bounds; a text or a boolean is none."""

    default_error_messages = MESSAGES
    min_value: int
    max_value: int

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """Return what was given, from the browsable API's form as the number that it is."""
        value = super().get_value(dictionary)
        is_number = is_html_input(dictionary) and isinstance(value, str) and value.isdecimal()
        return int(value) if is_number and len(value) <= len(str(self.max_value)) else value

    def to_internal_value(self, data: Any) -> int:
        """Return the number.

        Raises:
            ValidationError: it is anything else.
        """
        is_number = isinstance(data, int) and not isinstance(data, bool)
        if not is_number or not self.min_value <= data <= self.max_value:
            raise serializers.ValidationError(
                f"{shown(data)} is not a whole number from {self.min_value} to {self.max_value}."
            )
        return int(data)


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

    default_error_messages = MESSAGES
    # What the browsable API's form begins with.
    initial: Any = list

    def to_internal_value(self, data: Any) -> list[dict[str, Any]]:
        """Return the list.

        Raises:
            ValidationError: it is not one, or a member is not such an object.
        """
        # In the browsable API's form it is a text, in which anything may stand.
        value: Any = value_of_text(data) if getattr(data, "is_json_string", False) else data
        if not isinstance(value, list):
            raise serializers.ValidationError("This must be a list.")
        faults: dict[Any, Any] = {}
        for index, member in enumerate(value):
            if member_faults := faults_of_endpoint(member):
                faults[index] = member_faults
            if len(faults) > MAX_FAULTS:
                break
        if faults:
            raise serializers.ValidationError(faults)
        return value


def value_of_text(text: str) -> Any:
    """Return the value of a field's JSON text.

    Raises:
        ValidationError: it is none, or not fit to be stored.
    """
    try:
        return read_value(text)
    except DocumentSyntaxError as error:
        raise serializers.ValidationError("This is not JSON.") from error
    except DocumentError as error:
        raise serializers.ValidationError(str(error)) from error


def faults_of_endpoint(member: Any) -> dict[str, str] | str | None:
    """Return what is wrong with a `{"location", "nap"}` object: no more than is told."""
    if not isinstance(member, dict):
        return "This must be an object."
    faults = dict.fromkeys(ENDPOINT_MEMBERS - member.keys(), MESSAGES["required"])
    for name, part in member.items():
        if name not in ENDPOINT_MEMBERS:
            faults[name] = NO_SUCH_FIELD
        elif not isinstance(part, str):
            faults[name] = f"{shown(part)} is not a string."
        if len(faults) > MAX_FAULTS:
            break
    return faults or None


def shown(value: Any) -> str:
    """Return a value as an error message shows it: short, and never more than the caller sent."""
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:77]}..."
