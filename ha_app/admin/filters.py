"""By what the admin's lists of HA objects are filtered, beside plain columns."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from ha_app.selectors import CAPACITIES, nearly_full


class FullFilter(admin.SimpleListFilter):
    """By which capacity is nearly used up: to where the first page leads."""

    title = "nearly full"
    parameter_name = "full"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the capacities that the list's objects have."""
        return [
            (kind, capacity.words)
            for kind, capacity in CAPACITIES.items()
            if capacity.model is model_admin.model
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the objects that have little left of it."""
        kind = self.value()
        if kind not in {word for word, _ in self.lookup_choices}:
            return queryset
        return queryset.filter(pk__in=nearly_full(queryset, str(kind)).values("pk"))
