"""By what the admin's list of requests is filtered, beside plain columns."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.adminsite.staff import caller_of_staff
from requests_app import failures, services, states
from requests_app.admin.base import shortened
from requests_app.models import Request
from requests_app.selectors import Ended, Late, ended_lately, expected_seconds, late_requests

# How long what takes a while to read is good for everybody with the same rows.
KEPT_SECONDS = 20


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


class LateFilter(admin.SimpleListFilter):
    """By whether a request should have ended: to where the first page leads."""

    title = "lateness"
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the one word."""
        return [("yes", "past its expected time")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the requests that are late."""
        if self.value() != "yes":
            return queryset
        is_paused = services.paused_states().exists()
        late = late_of(caller_of_staff(request), is_paused=is_paused)
        return queryset.filter(pk__in=[each.pk for each in late])


def late_of(caller: Caller, *, is_paused: bool) -> list[Late]:
    """Return the requests that a caller sees and that should have ended."""
    rows = visible_to(caller, Request.objects.all())
    return late_requests(rows, expected_seconds(ended_of(caller)), is_paused=is_paused)


def ended_of(caller: Caller) -> list[Ended]:
    """Return the latest successes that a caller sees, as they were a few seconds ago."""
    rows = visible_to(caller, Request.objects.all())
    key = f"ended:{'' if caller.is_admin else caller.tenant_id or 'none'}"
    kept: list[Ended] = cache.get_or_set(key, lambda: ended_lately(rows), KEPT_SECONDS) or []
    return kept


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
