"""The filters of descriptors and records."""

import django_filters

from gatekeeper_site.core.api.filters import (
    AnyOfFilter,
    ChoiceFilter,
    CreatedUpdatedFilters,
    UUIDFilter,
)
from records_app.models import RecordStatus


class DescriptorFilters(django_filters.FilterSet):
    """By what names a descriptor."""

    vendor = AnyOfFilter()
    name = AnyOfFilter()
    version = AnyOfFilter()


class RecordFilters(CreatedUpdatedFilters):
    """By how a record is and what it was made of."""

    status = ChoiceFilter(choices=RecordStatus.choices)
    descriptor_reference = UUIDFilter()


class ServiceRecordFilters(RecordFilters):
    """Also by a function of the service."""

    vnfr_id = UUIDFilter(field_name="functions__uuid", label="Function record")
