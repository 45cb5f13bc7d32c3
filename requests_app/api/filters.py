"""The filters of requests, and of service records by what is known of them here."""

from typing import Any

from django.db.models import QuerySet

from gatekeeper_site.api.filters import (
    AnyOfFilter,
    ChoiceFilter,
    CreatedUpdatedFilters,
    UUIDFilter,
)
from records_app.api.filters import ServiceRecordFilters
from requests_app import failures, states
from requests_app.models import Request
from requests_app.selectors import BY_VERDICT


class StateFilter(ChoiceFilter):
    """By SONATA's request state, which several statuses may mean."""

    def filter(self, qs: QuerySet[Any], value: list[Any] | None) -> QuerySet[Any]:
        """Narrow the queryset to the statuses of the states."""
        statuses = [status for state in value or [] for status in states.STATUSES_OF_STATE[state]]
        return qs.filter(status__in=statuses) if statuses else qs


class RequestFilters(CreatedUpdatedFilters):
    """By how a request is and what it is about."""

    status = ChoiceFilter(choices=Request.Status.choices)
    state = StateFilter(choices=[(state, state) for state in states.STATUSES_OF_STATE])
    request_type = ChoiceFilter(choices=Request.Type.choices)
    error_class = ChoiceFilter(choices=[(word, word) for word in failures.ERROR_CLASSES])
    case_state = ChoiceFilter(choices=[(word, word) for word in failures.CASE_STATES])
    assignee = AnyOfFilter()
    service_uuid = UUIDFilter()
    service_instance_uuid = UUIDFilter()


class InSyncFilter(ChoiceFilter):
    """Instances by whether what is recorded is what runs; `null`: it is not known."""

    def filter(self, qs: QuerySet[Any], value: list[Any] | None) -> QuerySet[Any]:
        """Narrow the queryset to any of the verdicts."""
        verdicts = [BY_VERDICT[word] for word in value or []]
        return qs.filter(sync_verdict__in=verdicts) if verdicts else qs


class ServiceRecordSyncFilters(ServiceRecordFilters):
    """Also by whether it is what runs."""

    in_sync = InSyncFilter(choices=[(word, word) for word in BY_VERDICT])
