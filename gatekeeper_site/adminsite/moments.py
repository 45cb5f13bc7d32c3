"""Columns of times, as lists and pages show them: with their zone, and how long ago they were."""

import functools
from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import DateTimeField, Model
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.html import moment


def with_moments(model: type[Model], names: Iterable[Any]) -> list[Any]:
    """Return what a page shows of a model, each column of times as its `moment`.

    Args:
        model: the model.
        names: of columns and methods, tuples of such, or functions, as `list_display` and `fields`
            have them.
    """
    return [
        tuple(with_moments(model, name))
        if isinstance(name, tuple | list)
        else moment_of(model, name)
        if isinstance(name, str)
        else name
        for name in names
    ]


@functools.cache
def moment_of(model: type[Model], name: str) -> Callable[[Any], SafeString | str] | str:
    """Return what shows a column, if it is one of times; else its name."""
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    if not isinstance(field, DateTimeField):
        return name

    def shown(row: Any) -> SafeString | str:
        return moment(getattr(row, name))

    # By these Django knows the column: its name on the page, its label, and what it is ordered by.
    shown.__name__ = name
    shown.short_description = field.verbose_name  # type: ignore[attr-defined]
    shown.admin_order_field = name  # type: ignore[attr-defined]
    return shown
