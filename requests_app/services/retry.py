"""Orders once more what failed requests had ordered."""

from datetime import datetime

from django.db import transaction

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.audit.services import entry, snapshot
from gatekeeper_site.core import rows
from gatekeeper_site.core.refusals import Conflict
from records_app.models import RecordStatus, ServiceRecord
from records_app.selectors import visible_service_descriptors, visible_service_records
from requests_app import failures, states
from requests_app.models import Request
from requests_app.services.submit import NewRequest, found, store_request
from requests_app.services.transitions import lock_request, named


@transaction.atomic
def retry_request(*, request: Request, caller: Caller, began_at: datetime) -> Request:
    """Order once more what a request in ERROR had ordered, as a new request.

    Of any number of callers at once, the lock lets one be the first.

    Raises:
        Request.DoesNotExist: it is gone.
        Conflict: `not_retryable`, `already_retried`, `instance_exists`, or what `submit_request`
            raises.
    """
    locked, _ = lock_request(request.pk)
    if locked is None:
        raise Request.DoesNotExist(f"There is no request {request.pk}.")
    refuse_retry(locked)
    instance = None
    nsd_id = None
    if locked.request_type != states.CREATE:
        instance = found(visible_service_records(caller), locked.service_instance_uuid)
        if instance is None:
            raise Conflict(
                "not_retryable", f"There is no service record {locked.service_instance_uuid}."
            )
        nsd_id = instance.descriptor_reference
    descriptor = None
    if locked.service_uuid is not None:
        # Locked, as a foreign key is looked at when all is written and nothing can be said of it.
        services = visible_service_descriptors(caller).select_for_update()
        descriptor = found(services, locked.service_uuid)
        if descriptor is None:
            raise Conflict("not_retryable", f"The service {locked.service_uuid} is gone.")
    order = NewRequest(
        request_type=locked.request_type,
        nsd_id=nsd_id,
        ingresses=locked.ingresses,
        egresses=locked.egresses,
        callback=locked.callback,
    )
    retry = store_request(order, descriptor, instance, caller, began_at, retry_of=locked)
    before = snapshot(locked)
    locked.retried_by = retry.pk
    locked.case_state, locked.resolution = failures.CLOSED, failures.RETRIED
    retried = entry(action="retry", instance=locked, before=before, after=snapshot(locked))
    rows.write([retried], [(locked, ["retried_by", "case_state", "resolution"])])
    return retry


def refuse_retry(request: Request) -> None:
    """Check that a (locked) request can be retried, and that nothing has come of it meanwhile.

    Raises:
        Conflict: `not_retryable`, `already_retried`, `instance_exists`.
    """
    if request.status != states.ERROR:
        raise Conflict(
            "not_retryable", f"The request is {request.status}; only one in ERROR can be retried."
        )
    newest = newest_retry(request)
    if newest is not None:
        raise Conflict(
            "already_retried",
            f"The request {request.pk} was retried: the newest is {named(newest)}.",
        )
    instance = late_instance(request)
    if instance is not None:
        raise Conflict(
            "instance_exists",
            f"The order has made the service instance {instance.pk} after all, late: it is "
            f"{instance.status}.",
        )


def newest_retry(request: Request) -> Request | None:
    """Return the last of a request's retries and of theirs; None if there is none, or no more."""
    newest = None
    while request.retried_by is not None:
        retry = Request.objects.filter(pk=request.retried_by).first()
        if retry is None:
            break
        newest = request = retry
    return newest


def late_instance(request: Request) -> ServiceRecord | None:
    """Return the instance that runs as a CREATE, or one that it retries, succeeded too late."""
    earlier: Request | None = request
    while earlier is not None and earlier.request_type == states.CREATE:
        if earlier.has_late_success:
            running = ServiceRecord.objects.exclude(status=RecordStatus.TERMINATED)
            instance = found(running, earlier.service_instance_uuid)
            if instance is not None:
                return instance
        earlier = found(Request.objects.all(), earlier.retry_of)
    return None
