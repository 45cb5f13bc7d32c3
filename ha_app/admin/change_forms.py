"""Forms that change HA objects, each as it was when it was shown; services answer them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from gatekeeper_site.adminsite.html import NOTHING
from gatekeeper_site.core.refusals import PreconditionFailed
from ha_app.admin.fields import (
    TextField,
    admin_state_field,
    integer_field,
    name_field,
    qos_field,
)
from ha_app.models import HaObject


def in_words(value: Any) -> Any:
    """Return a field's value as people call it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return NOTHING if value in (None, "") else value


class ChangeForm(forms.Form):
    """What may be changed of an HA object, and as it was when its form was shown."""

    revision = forms.CharField(required=False, widget=forms.HiddenInput())
    description = TextField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Have each field carry what it was."""
        super().__init__(*args, **kwargs)
        for name in self.names():
            self.fields[name].show_hidden_initial = True

    @classmethod
    def names(cls) -> list[str]:
        """Return the fields that may be changed."""
        return [name for name in cls.base_fields if name != "revision"]

    @classmethod
    def of(cls, row: HaObject, data: Any = None) -> "ChangeForm":
        """Return the form of an object as it is.

        Args:
            row: the object.
            data: what was sent, if it was.
        """
        initial = {name: getattr(row, name) for name in cls.names()}
        return cls(data, initial=initial | {"revision": row.version})

    def changes(self, row: HaObject) -> dict[str, Any]:
        """Return what is to be another than it is; nothing of what was left as it was shown."""
        touched = [name for name in self.changed_data if name != "revision"]
        values = self.cleaned_data
        return {name: values[name] for name in touched if values[name] != getattr(row, name)}

    def refuse_stale(self, locked: HaObject) -> None:
        """Check that a (locked) object is as it was when its form was shown.

        Raises:
            PreconditionFailed: somebody has changed it since.
        """
        if str(locked.version) != self.cleaned_data["revision"]:
            raise PreconditionFailed(f"The {locked._meta.verbose_name} has changed meanwhile.")

    def differences(self, row: HaObject) -> list[list[Any]]:
        """Return of each field that others have changed: its name, what it was and is."""
        found = []
        for name in self.names():
            shown = self.data.get(self[name].html_initial_name)
            if shown is None:
                continue
            try:
                was = self.fields[name].to_python(shown)
            except ValidationError:
                # Nothing that a form of ours has carried.
                continue
            # A form says nothing where the column has null.
            now = getattr(row, name)
            if (was or None) != (now or None):
                found.append([self[name].label, in_words(was), in_words(now)])
        return found

    def rebased(self, row: HaObject) -> "ChangeForm":
        """Return the form anew, of the object as it is now, with what was typed into this one."""
        now = {name: getattr(row, name) for name in self.names()}
        typed = {name: self.cleaned_data[name] for name in self.changes(row)}
        data = {name: "" if value is None else value for name, value in (now | typed).items()}
        carried = {self[name].html_initial_name: value for name, value in now.items()}
        return self.of(row, data | carried | {"revision": str(row.version)})


class HaRouterForm(ChangeForm):
    """What may be changed of an HA router."""

    maximum_gateways = integer_field("Maximum of gateways")


class HaInterfaceForm(ChangeForm):
    """What may be changed of an HA interface."""

    admin_state_up = admin_state_field()
    maximum_ga_bandwidth = integer_field("Maximum of guaranteed bandwidth, in Mbit/s")
    maximum_be_bandwidth = integer_field("Maximum of best-effort bandwidth, in Mbit/s")


class GatewayForm(ChangeForm):
    """What may be changed of a gateway."""

    name = name_field()
    qos_type = qos_field()
    bandwidth = integer_field("Bandwidth, in Mbit/s")

    field_order = ("name", "description")
