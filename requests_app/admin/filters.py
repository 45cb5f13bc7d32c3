"""By what the admin's list of requests is filtered, beside plain columns."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from requests_app import failures, states
from requests_app.admin.base import shortened


class StateFilter(admin.SimpleListFilter):
    """By SONATA's request state, which several statuses may mean."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the states."""
        return [(state, state) for state in states.STATUSES_OF_STATE]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the requests of the state."""
        statuses = states.STATUSES_OF_STATE.get(self.value() or "")
        return queryset.filter(status__in=statuses) if statuses else queryset


class AssigneeFilter(admin.SimpleListFilter):
    """By whose a case is."""

    title = "assignee"
    parameter_name = "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return mine, and nobody's; another name is found by its address."""
        names = [("mine", "mine"), ("nobodys", "nobody's")]
        given = self.value()
        return names if given in (None, "mine", "nobodys") else [*names, (given, given)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the requests whose open case is his."""
        whose = self.value()
        if whose == "nobodys":
            return queryset.filter(case_state=failures.OPEN, assignee__isnull=True)
        name = request.user.get_username() if whose == "mine" else whose
        return queryset.filter(assignee=name) if name else queryset


class CauseFilter(admin.SimpleListFilter):
    """By what a request failed of: to where the page of failed work leads."""

    title = "cause"
    parameter_name = "cause"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the one that is asked for, if one is."""
        cause = self.value()
        return [] if cause is None else [(cause, shortened(cause))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the requests that failed of it."""
        return queryset.filter(cause=self.value())
