"""What the admin's pages about requests share."""

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Concat
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.html import badge
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app import states

# How much of an error lists show.
MAX_ERROR_LENGTH = 60
STATE_COLOURS = {"NEW": "blue", "IN_PROGRESS": "orange", "SUCCEEDED": "green", "ERROR": "red"}


def status_badge(status: str) -> SafeString:
    """Return a request's status in the colour of its state."""
    return badge(status, STATE_COLOURS[states.STATE_OF_STATUS[status]])


def shortened(text: str) -> str:
    """Return a text, or its beginning."""
    return text if len(text) <= MAX_ERROR_LENGTH else f"{text[:MAX_ERROR_LENGTH]}…"


def with_service_names(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Give requests the name and version of their service, or of what their instance is of."""
    named = Concat("name", Value(" "), "version", output_field=TextField())
    ordered = ServiceDescriptor.objects.filter(pk=OuterRef("service_uuid")).values(named=named)
    of_record = Concat(
        "descriptor__name", Value(" "), "descriptor__version", output_field=TextField()
    )
    made_of = ServiceRecord.objects.filter(
        pk=OuterRef("service_instance_uuid"), descriptor__isnull=False
    ).values(named=of_record)
    told: QuerySet[Any] = rows.annotate(service_name=Coalesce(Subquery(ordered), Subquery(made_of)))
    return told


def ordered(row: Any) -> str:
    """Return what is ordered of which service; its UUID where that was deleted.

    Args:
        row: a request of `with_service_names`.
    """
    return f"{row.request_type} {row.service_name or row.service_uuid or ''}".rstrip()
