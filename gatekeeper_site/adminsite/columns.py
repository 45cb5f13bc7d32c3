"""How lists and pages show columns: times with zone and age, ids with a button that copies them."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Model, UUIDField
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.html import NOTHING, copyable, moment

Shown = Callable[[Any], SafeString | str]


def as_shown(model: type[Model], names: Iterable[Any]) -> list[Any]:
    """Return what a page shows of a model, its times and ids as `column` has them.

    Args:
        model: the model.
        names: of columns and methods, tuples of such, or functions, as `list_display` and `fields`
            have them.
    """
    return [
        tuple(as_shown(model, name))
        if isinstance(name, tuple | list)
        else column(model, name)
        if isinstance(name, str)
        else name
        for name in names
    ]


@functools.cache
def column(model: type[Model], name: str) -> Shown | str:
    """Return what shows a column, if it is one of times or ids; else its name."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    if isinstance(field, DateTimeField):
        printed: Shown = moment
    elif isinstance(field, UUIDField):
        printed = id_with_button
    else:
        return name

    def shown(row: Any) -> SafeString | str:
        return printed(getattr(row, name))

    # By these Django knows the column: its name on the page, its label, and what it is ordered by.
    shown.__name__ = name
    label = "ID" if name == "id" else field.verbose_name
    shown.short_description = label  # type: ignore[attr-defined]
    shown.admin_order_field = name  # type: ignore[attr-defined]
    return shown


def id_with_button(value: Any) -> SafeString | str:
    """Return an id that can be copied; a dash where there is none."""
    return NOTHING if value is None else copyable(value)
