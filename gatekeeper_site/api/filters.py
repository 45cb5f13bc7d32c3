"""Filters of the lists: several values of one mean OR (contract: http.md, Lists)."""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from drf_spectacular.drainage import set_override
from drf_spectacular.utils import extend_schema_field

from gatekeeper_site.core.parsing import parse_time, parse_uuid


def not_one_of(what: str, text: str) -> ValidationError:
    """Return the fault of a value.

    Both are parameters of the message, which django-filter fills in: in it, a `%` would be read.
    """
    message = "'%(text)s' is not %(what)s."
    return ValidationError(message, params={"text": text, "what": what})


class AnyOfInput(forms.TextInput):
    """A text input whose parameter may be given several times."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        """Return every value given, empty ones too: an unset variable must not select all."""
        values: list[str] = data.getlist(name)
        return values

    def format_value(self, value: Any) -> str | None:
        """Show the first in the browsable API's filter form."""
        return value[0] if value else None


class AnyOfField(forms.Field):
    """Checks each of several values: here texts, of which the empty one is one."""

    widget = AnyOfInput

    def to_python(self, value: Any) -> list[Any]:
        """Return the values.

        Raises:
            ValidationError: one of them is malformed.
        """
        return [self.parse(text) for text in value]

    def parse(self, text: str) -> Any:
        """Return one value.

        Raises:
            ValidationError: it has a NUL, which no column holds.
        """
        if "\0" in text:
            raise ValidationError("A NUL character is not part of any value.")
        return text


class AnyOfUUIDField(AnyOfField):
    """UUIDs."""

    def parse(self, text: str) -> UUID:
        """Return one UUID.

        Raises:
            ValidationError: it is not one.
        """
        value = parse_uuid(text)
        if value is None:
            raise not_one_of("a UUID", text)
        return value


class AnyOfTimeField(AnyOfField):
    """Times."""

    def parse(self, text: str) -> datetime:
        """Return one time.

        Raises:
            ValidationError: it is not one.
        """
        try:
            return parse_time(text)
        except ValueError as error:
            raise not_one_of("a time such as 2017-09-15T13:36:04.805Z", text) from error


class AnyOfIntegerField(AnyOfField):
    """Whole numbers that a column of 64 bits holds."""

    def parse(self, text: str) -> int:
        """Return one number.

        Raises:
            ValidationError: it is not one.
        """
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise not_one_of("a whole number of at most 18 digits", text)
        return int(text)


class AnyOfBooleanField(AnyOfField):
    """true or false."""

    def parse(self, text: str) -> bool:
        """Return one of the two.

        Raises:
            ValidationError: it is neither.
        """
        if text.lower() not in ("true", "false"):
            raise not_one_of("true or false", text)
        return text.lower() == "true"


class AnyOfChoiceField(AnyOfField):
    """Words from a list."""

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        """Take the words; pairs as Django's choices are."""
        self.words = [value for value, _ in choices]
        super().__init__(*args, **kwargs)

    def parse(self, text: str) -> str:
        """Return one word.

        Raises:
            ValidationError: it is not in the list.
        """
        if text not in self.words:
            raise not_one_of(f"one of: {', '.join(self.words)}", text)
        return text


def any_of(**schema: Any) -> dict[str, Any]:
    """Return the OpenAPI schema of a parameter that may be given several times."""
    return {"type": "array", "items": schema}


@extend_schema_field(any_of(type="string"))
class AnyOfFilter(django_filters.Filter):
    """Rows whose column has, or compares with, any of the values."""

    field_class: Any = AnyOfField

    def filter(self, qs: QuerySet[Any], value: list[Any] | None) -> QuerySet[Any]:
        """Narrow the queryset; no value leaves it as it is."""
        if not value:
            return qs
        if self.lookup_expr == "exact":
            return qs.filter(**{f"{self.field_name}__in": value})
        # The widest of several bounds is their OR.
        bound = min(value) if self.lookup_expr in ("gt", "gte") else max(value)
        return qs.filter(**{f"{self.field_name}__{self.lookup_expr}": bound})


@extend_schema_field(any_of(type="string", format="uuid"))
class UUIDFilter(AnyOfFilter):
    """UUID columns."""

    field_class = AnyOfUUIDField


@extend_schema_field(any_of(type="string", format="date-time"))
class TimeFilter(AnyOfFilter):
    """Time columns."""

    field_class = AnyOfTimeField


@extend_schema_field(any_of(type="integer"))
class IntegerFilter(AnyOfFilter):
    """Integer columns."""

    field_class = AnyOfIntegerField


@extend_schema_field(any_of(type="boolean"))
class BooleanFilter(AnyOfFilter):
    """Boolean columns."""

    field_class = AnyOfBooleanField


class ChoiceFilter(AnyOfFilter):
    """Columns with choices."""

    field_class: Any = AnyOfChoiceField

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        """Take the words; pairs as Django's choices are."""
        super().__init__(*args, choices=choices, **kwargs)
        set_override(self, "field", any_of(type="string", enum=[word for word, _ in choices]))


class FilterSet(django_filters.FilterSet):
    """Filters of which each call has a copy of those alone that it names: to copy all takes long.

    The browsable API's form shows all of them.
    """

    base_filters: dict[str, Any]

    def __init__(self, data: Any = None, *args: Any, request: Any = None, **kwargs: Any) -> None:
        """Take the parameters, and more as django-filter's does."""
        if data is not None and request and request.accepted_renderer.format != "api":
            # Of which django-filter makes the copies.
            self.base_filters = {
                name: each for name, each in self.base_filters.items() if name in data
            }
        super().__init__(data, *args, request=request, **kwargs)


class CreatedUpdatedFilters(FilterSet):
    """The time filters that every resource with `created_at` and `updated_at` has."""

    created_at = TimeFilter()
    created_at__gte = TimeFilter(field_name="created_at", lookup_expr="gte")
    created_at__gt = TimeFilter(field_name="created_at", lookup_expr="gt")
    created_at__lte = TimeFilter(field_name="created_at", lookup_expr="lte")
    created_at__lt = TimeFilter(field_name="created_at", lookup_expr="lt")
    updated_at = TimeFilter()
    updated_at__gte = TimeFilter(field_name="updated_at", lookup_expr="gte")
    updated_at__gt = TimeFilter(field_name="updated_at", lookup_expr="gt")
    updated_at__lte = TimeFilter(field_name="updated_at", lookup_expr="lte")
    updated_at__lt = TimeFilter(field_name="updated_at", lookup_expr="lt")
