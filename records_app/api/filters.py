"""The filters of descriptors and records."""

from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from gatekeeper_site.api.filters import (
    AnyOfFilter,
    ChoiceFilter,
    CreatedUpdatedFilters,
    FilterSet,
    UUIDFilter,
)
from gatekeeper_site.api.negotiation import without_renderers
from records_app.models import DescriptorFormat, FunctionRecord, RecordStatus
from records_app.represent import DESCRIPTOR_STATUS


class ShownStatusFilter(ChoiceFilter):
    """Descriptors by a status that no column holds, as each of them has it."""

    def filter(self, qs: QuerySet[Any], value: list[Any] | None) -> QuerySet[Any]:
        """Leave the queryset as it is: no other value is taken."""
        return qs


class DescriptorFilters(FilterSet):
    """By what names a descriptor."""

    vendor = AnyOfFilter()
    name = AnyOfFilter()
    version = AnyOfFilter()
    status = ShownStatusFilter(choices=[(DESCRIPTOR_STATUS, DESCRIPTOR_STATUS)])
    format = ChoiceFilter(choices=DescriptorFormat.choices)

    def __init__(self, data: QueryDict | None = None, *args: Any, **kwargs: Any) -> None:
        """Take the parameters, but for the `format` that says how the answer is written."""
        super().__init__(None if data is None else without_renderers(data), *args, **kwargs)


class RecordFilters(CreatedUpdatedFilters):
    """By how a record is and what it was made of."""

    status = ChoiceFilter(choices=RecordStatus.choices)
    descriptor_reference = UUIDFilter()


class OfFunctionFilter(UUIDFilter):
    """Services by their functions, each once, however many of its functions are named."""

    def filter(self, qs: QuerySet[Any], value: list[Any] | None) -> QuerySet[Any]:
        """Narrow the queryset; no value leaves it as it is."""
        if not value:
            return qs
        functions = FunctionRecord.objects.filter(pk__in=value)
        return qs.filter(pk__in=functions.values("service"))


class ServiceRecordFilters(RecordFilters):
    """Also by a function of the service."""

    vnfr_id = OfFunctionFilter(field_name="functions__uuid", label="Function record")
