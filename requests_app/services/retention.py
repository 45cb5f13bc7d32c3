"""Says which requests and records `manage.py purge` may forget."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from records_app.models import FunctionRecord, RecordStatus, ServiceRecord
from requests_app import states
from requests_app.models import CallbackHost, Request


def old_requests(before: datetime) -> QuerySet[Request]:
    """Return the requests that ended before a moment; all that was kept of them goes with them.

    Whether the instance still lives does not matter: its record tells of it.
    """
    ended = Request.objects.exclude(status__in=states.OPEN_STATUSES)
    return ended.filter(updated_at__lt=before).order_by("updated_at", "id")


def old_service_records(before: datetime) -> QuerySet[ServiceRecord]:
    """Return the service records terminated before a moment; their functions' go with them.

    One stays as long as a request for it is kept, or a function of it changed later.
    """
    kept_requests = Request.objects.filter(
        Q(status__in=states.OPEN_STATUSES) | Q(updated_at__gte=before),
        service_instance_uuid=OuterRef("pk"),
    )
    kept_functions = FunctionRecord.objects.filter(
        ~Q(status=RecordStatus.TERMINATED) | Q(updated_at__gte=before), service=OuterRef("pk")
    )
    terminated = ServiceRecord.objects.filter(status=RecordStatus.TERMINATED, updated_at__lt=before)
    unused = terminated.filter(~Exists(kept_requests), ~Exists(kept_functions))
    return unused.order_by("updated_at", "uuid")


def old_callback_hosts(before: datetime) -> QuerySet[CallbackHost]:
    """Return the hosts that took no callback the last time, if that was before a moment."""
    return CallbackHost.objects.filter(failed_at__lt=before).order_by("failed_at", "id")
