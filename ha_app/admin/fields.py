"""Fields of the admin's forms for HA objects; a field is named as the service names it."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from gatekeeper_site.core.parsing import parse_uuid
from ha_app import vlan_pool
from ha_app.models import MAX_INTEGER, MAX_NAME_LENGTH, MAX_TEXT_LENGTH, QosType


def integer_field(label: str, **kwargs: Any) -> forms.IntegerField:
    """Return the field of a maximum or a bandwidth."""
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=MAX_INTEGER,
        widget=UnfoldAdminIntegerFieldWidget(),
        **kwargs,
    )


def name_field(**kwargs: Any) -> forms.CharField:
    """Return the field of a name."""
    return forms.CharField(
        required=False,
        strip=False,
        max_length=MAX_NAME_LENGTH,
        widget=UnfoldAdminTextInputWidget(),
        **kwargs,
    )


class TextField(forms.CharField):
    """A text of several lines, with the line ends that it had before a browser sent it."""

    def __init__(self) -> None:
        """Have it be empty or not."""
        widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})
        super().__init__(required=False, strip=False, max_length=MAX_TEXT_LENGTH, widget=widget)

    def to_python(self, value: Any) -> str:
        """Return the text."""
        text = str(super().to_python(value) or "")
        return text.replace("\r\n", "\n")


class VlansField(forms.CharField):
    """VLANs as a list of numbers and ranges, as the API takes them."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the options of Django's field."""
        super().__init__(
            required=False,
            max_length=MAX_TEXT_LENGTH,
            widget=UnfoldAdminTextInputWidget(),
            **kwargs,
        )

    def clean(self, value: Any) -> str:
        """Return the text as it was given.

        Raises:
            ValidationError: it is no such list.
        """
        text = str(super().clean(value) or "")
        try:
            vlan_pool.parse_ranges(text)
        except vlan_pool.InvalidVlanError as error:
            raise ValidationError(str(error)) from error
        return text


class DeviceField(forms.CharField):
    """The UUID of a device, which is known to its agents alone."""

    def __init__(self, label: str, help_text: str) -> None:
        """Take what the device is."""
        super().__init__(label=label, help_text=help_text, widget=UnfoldAdminTextInputWidget())

    def clean(self, value: Any) -> UUID:
        """Return the UUID.

        Raises:
            ValidationError: it is none.
        """
        text = super().clean(value)
        found = parse_uuid(text)
        if found is None:
            raise ValidationError("This is not a UUID.")
        return found


class ObjectField(forms.ChoiceField):
    """An HA object, chosen by its name; the service says whether there is one of its id."""

    def __init__(self, label: str, *, required: bool = True, help_text: str = "") -> None:
        """Take what it is; what there is to choose from is the form's to say."""
        super().__init__(
            label=label, required=required, help_text=help_text, widget=UnfoldAdminSelectWidget()
        )

    def valid_value(self, value: str) -> bool:
        """Tell whether it can be one, as there may be more than are offered."""
        return parse_uuid(value) is not None

    def clean(self, value: Any) -> UUID | None:
        """Return the id of the object."""
        return parse_uuid(super().clean(value))


def qos_field() -> forms.TypedChoiceField:
    """Return the field of a QoS type, of which there may be none."""
    return forms.TypedChoiceField(
        label="QoS type",
        required=False,
        empty_value=None,
        choices=[("", "none"), *QosType.choices],
        widget=UnfoldAdminSelectWidget(),
    )


def admin_state_field() -> forms.BooleanField:
    """Return the field that says whether an HA interface takes new gateways."""
    return forms.BooleanField(
        label="Admin state up",
        required=False,
        initial=True,
        help_text="Off: no new gateways.",
        widget=UnfoldBooleanSwitchWidget(),
    )
