"""Takes orders: new ones, and those of failed requests once more."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.audit.services import entry, snapshot
from gatekeeper_site.core import clock, rows
from gatekeeper_site.core.origin import current_origin, packed
from gatekeeper_site.core.parsing import parse_uuid
from gatekeeper_site.core.refusals import Conflict, Invalid, Precondition, no_precondition
from gatekeeper_site.work.queue import enqueue
from records_app.models import RecordStatus, ServiceDescriptor, ServiceRecord
from records_app.selectors import (
    latest_service_descriptor,
    orderable_service,
    visible_service_descriptors,
    visible_service_records,
)
from records_app.services import lock_service_record
from requests_app import failures, states
from requests_app.mano import driver
from requests_app.models import Request, RequestEvent
from requests_app.services.handover import attend_request
from requests_app.services.transitions import (
    handover_times,
    lock_request,
    log_event,
    named,
    refuse_second_request,
)

ModelType = TypeVar("ModelType", bound=Model)


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """What a caller orders; which members a type takes is checked by the API."""

    request_type: str = states.CREATE
    service_uuid: UUID | None = None
    service_instance_uuid: UUID | None = None
    nsd_id: UUID | None = None
    latest_nsd_id: str | None = None
    ingresses: list[dict[str, Any]] = field(default_factory=list)
    egresses: list[dict[str, Any]] = field(default_factory=list)
    callback: str | None = None


def submit_request(
    *,
    order: NewRequest,
    caller: Caller,
    began_at: datetime,
    precondition: Precondition = no_precondition,
) -> Request:
    """Take an order: a request in NEW, and the task that hands it to the MANO.

    Args:
        order: what is ordered.
        caller: who orders; what he cannot see is unknown to him.
        began_at: when the order began to arrive.
        precondition: what the service record must fulfil once it is locked.

    Raises:
        Invalid: it names what there is not.
        Conflict: `instance_terminated`, `request_conflict`, `descriptor_mismatch`.
    """
    descriptor, instance, faults = look_up(order, caller)
    if faults:
        raise Invalid(faults)
    return store_request(order, descriptor, instance, caller, began_at, precondition=precondition)


def look_up(
    order: NewRequest, caller: Caller
) -> tuple[ServiceDescriptor | None, ServiceRecord | None, list[tuple[str, str]]]:
    """Return what an order names: the NSD, the instance, and (field, message) of what is not."""
    faults = []
    if order.request_type == states.CREATE:
        descriptor = orderable_service(order.service_uuid, caller)
        if descriptor is None:
            faults.append(("service_uuid", f"There is no service {order.service_uuid}."))
        return descriptor, None, faults

    records = visible_service_records(caller).select_related("descriptor")
    instance = found(records, order.service_instance_uuid)
    if instance is None:
        message = f"There is no service record {order.service_instance_uuid}."
        faults.append(("service_instance_uuid", message))
    descriptor = None
    if order.request_type == states.UPDATE:
        latest = order.latest_nsd_id or ""
        descriptor = latest_service_descriptor(instance, latest, caller=caller)
        # Of which service a version is, an unknown instance does not tell.
        if descriptor is None and (instance is not None or parse_uuid(latest) is not None):
            message = (
                f"There is no service {latest}: give an NSD's uuid, or a version of the vendor "
                "and name of the record's own NSD."
            )
            faults.append(("latest_nsd_id", message))
    return descriptor, instance, faults


def found(queryset: QuerySet[ModelType], object_id: UUID | None) -> ModelType | None:
    """Return the object of an id, or None if there is none or no id."""
    return None if object_id is None else queryset.filter(pk=object_id).first()


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


def store_request(
    order: NewRequest,
    descriptor: ServiceDescriptor | None,
    instance: ServiceRecord | None,
    caller: Caller,
    began_at: datetime,
    *,
    retry_of: Request | None = None,
    precondition: Precondition = no_precondition,
) -> Request:
    """Store a request in NEW with its event, its audit entry and its task.

    Raises:
        Invalid: the service was deleted in this moment.
        Conflict: the MANO cannot do it, or takes no such descriptors; the instance is terminated,
            is of another NSD, or has an open request.
    """
    refuse_unsupported(order, descriptor)
    tenant_id = tenant_of(descriptor, instance, caller)
    if retry_of is not None:
        tenant_id = retry_of.tenant_id
    try:
        with transaction.atomic():
            if instance is not None:
                locked = lock_instance(instance.pk)
                precondition(locked)
                refuse_unfit_instance(locked, order)
            now = clock.now()
            deadline_at, due_at = handover_times(now)
            request_id = uuid4()
            request = Request(
                id=request_id,
                tenant_id=tenant_id,
                request_type=order.request_type,
                service_uuid=None if descriptor is None else descriptor.pk,
                service_descriptor=descriptor,
                service_instance_uuid=None if instance is None else instance.pk,
                ingresses=order.ingresses,
                egresses=order.egresses,
                callback=order.callback,
                requested_by=caller.user,
                retry_of=None if retry_of is None else retry_of.pk,
                origin=packed(current_origin()),
                began_at=min(began_at, now),
                created_at=now,
                updated_at=now,
                deadline_at=deadline_at,
                due_at=due_at,
                task_key=enqueue(attend_request, request_id, is_new_work=True),
            )
            actor = caller.user.get_username()
            event = RequestEvent(request=request, at=now, to_status=states.NEW, actor=actor)
            audit_entry = entry(
                action="create", instance=request, after=snapshot(request), actor=actor
            )
            rows.write([request, event, audit_entry])
            log_event(request, event)
    except IntegrityError as error:
        if descriptor is None or ServiceDescriptor.objects.filter(pk=descriptor.pk).exists():
            raise
        field = "service_uuid" if instance is None else "latest_nsd_id"
        raise Invalid([(field, "The service was deleted in this moment.")]) from error
    return request


def refuse_unsupported(order: NewRequest, descriptor: ServiceDescriptor | None) -> None:
    """Check that the MANO can do what is ordered.

    Raises:
        Conflict: `unsupported_by_mano`, `unsupported_format`.
    """
    mano, name = driver(), settings.MANO_DRIVER
    if order.request_type == states.UPDATE and not mano.CAN_UPDATE:
        raise Conflict("unsupported_by_mano", f"The MANO ({name}) can't update an instance.")
    if descriptor is not None and descriptor.format not in mano.FORMATS:
        taken = " and ".join(sorted(mano.FORMATS))
        raise Conflict(
            "unsupported_format",
            f"The service {descriptor.pk} is written in {descriptor.format}; the MANO ({name}) "
            f"takes {taken}.",
        )


def tenant_of(
    descriptor: ServiceDescriptor | None, instance: ServiceRecord | None, caller: Caller
) -> str:
    """Return whose a request is: of the tenant of what it acts on, else of the caller's."""
    if instance is not None:
        return instance.tenant_id
    if descriptor is not None and descriptor.tenant_id:
        return descriptor.tenant_id
    return caller.tenant_id


def lock_instance(instance_id: UUID) -> ServiceRecord:
    """Lock the instance that an order is for.

    Raises:
        Conflict: `instance_terminated`: only what was terminated is ever forgotten.
    """
    locked = lock_service_record(instance_id)
    if locked is None:
        raise terminated(instance_id)
    return locked


def terminated(instance_id: UUID) -> Conflict:
    """Return that an instance can't be acted on any more."""
    return Conflict("instance_terminated", f"The service instance {instance_id} is terminated.")


def refuse_unfit_instance(locked: ServiceRecord, order: NewRequest) -> None:
    """Check that a (locked) instance can be acted on.

    Raises:
        Conflict: it can't.
    """
    if locked.status == RecordStatus.TERMINATED:
        raise terminated(locked.pk)
    if order.request_type == states.UPDATE and locked.descriptor_reference != order.nsd_id:
        raise Conflict(
            "descriptor_mismatch",
            f"The service instance {locked.pk} is of the NSD {locked.descriptor_reference}, not "
            f"of {order.nsd_id}.",
        )
    refuse_second_request(locked.pk)
