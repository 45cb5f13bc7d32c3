"""Input fields that take a JSON type and nothing that resembles it.

Forms of the browsable API have only texts; what they send is made the type that it stands for
before it is checked.
"""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers as drf_serializers
from rest_framework.exceptions import ValidationError
from rest_framework.utils.html import is_html_input

from gatekeeper_site.api import serializers
from ha_app import vlan_pool
from ha_app.models import MAX_INTEGER, MAX_TEXT_LENGTH


class IntegerField(serializers.IntegerField):
    """A whole number from 0 to what a column holds."""

    def __init__(self, *, max_value: int = MAX_INTEGER, **kwargs: Any) -> None:
        """Take the options of DRF's field; no number is negative here."""
        super().__init__(min_value=0, max_value=max_value, **kwargs)


class BooleanField(drf_serializers.BooleanField):
    """true or false."""

    default_error_messages = serializers.MESSAGES

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """Return what was given; a form has an unticked box left out."""
        value = super().get_value(dictionary)
        return value in self.TRUE_VALUES if is_html_input(dictionary) else value

    def to_internal_value(self, data: Any) -> bool:
        """Return which of the two.

        Raises:
            ValidationError: it is anything else.
        """
        if not isinstance(data, bool):
            raise ValidationError(f"{serializers.shown(data)} is not true or false.")
        return data


class PlainTextField(serializers.TextField):
    """A text that is kept to the last space, and may be empty."""

    def __init__(self, *, max_length: int = MAX_TEXT_LENGTH, **kwargs: Any) -> None:
        """Take the options of DRF's field; a text may be left out here."""
        super().__init__(
            required=False,
            allow_blank=True,
            trim_whitespace=False,
            max_length=max_length,
            **kwargs,
        )


class VlanRangesField(PlainTextField):
    """VLANs as a list of numbers and ranges."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it was given.

        Raises:
            ValidationError: it is no such list.
        """
        text = super().to_internal_value(data)
        try:
            vlan_pool.parse_ranges(text)
        except vlan_pool.InvalidVlanError as error:
            raise ValidationError(str(error)) from error
        return text
