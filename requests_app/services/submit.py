"""Takes orders."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, QuerySet

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.audit.services import entry, snapshot
from gatekeeper_site.core import clock, lookups, rows
from gatekeeper_site.core.creation import Creation, Writing
from gatekeeper_site.core.origin import current_origin, packed
from gatekeeper_site.core.parsing import parse_uuid
from gatekeeper_site.core.refusals import Conflict, Invalid, Precondition, no_precondition
from gatekeeper_site.work.queue import NewTask, new_task, put, putting
from records_app.models import RecordStatus, ServiceDescriptor, ServiceRecord, SyncVerdict
from records_app.selectors import (
    ORDERABLE_COLUMNS,
    latest_service_descriptor,
    orderable_service,
    service_seen,
    visible_service_records,
)
from records_app.services import lock_service_record
from requests_app import states
from requests_app.mano import driver
from requests_app.models import Request, RequestEvent
from requests_app.services.handover import attend_request
from requests_app.services.transitions import (
    handover_times,
    log_certain_event,
    log_event,
    refuse_second_request,
)
from requests_app.services.verdicts import forget_verdict

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
            faults.append(unknown_service(order))
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


def unknown_service(order: NewRequest) -> tuple[str, str]:
    """Return the fault of an order for a service that its caller cannot see."""
    return "service_uuid", f"There is no service {order.service_uuid}."


def found(queryset: QuerySet[ModelType], object_id: UUID | None) -> ModelType | None:
    """Return the object of an id, or None if there is none or no id."""
    return None if object_id is None else queryset.filter(pk=object_id).first()


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
    is_postgresql = connection.vendor == "postgresql"
    is_one_statement = instance is None and is_postgresql and not connection.in_atomic_block
    try:
        with nullcontext() if is_one_statement else transaction.atomic():
            if instance is not None:
                locked = lock_instance(instance.pk)
                precondition(locked)
                refuse_unfit_instance(locked, order)
                if locked.sync_verdict != SyncVerdict.NOT_KNOWN:
                    forget_verdict(record=locked)
            new = new_rows(order, descriptor, instance, tenant_id, caller, began_at, retry_of)
            write(new)
    except IntegrityError as error:
        if descriptor is None or ServiceDescriptor.objects.filter(pk=descriptor.pk).exists():
            raise
        field = "service_uuid" if instance is None else "latest_nsd_id"
        raise Invalid([(field, "The service was deleted in this moment.")]) from error
    return new.request


@dataclass(frozen=True)
class NewRows:
    """What is stored of an order."""

    request: Request
    event: RequestEvent
    entry: AuditEntry
    task: NewTask


def new_rows(
    order: NewRequest,
    descriptor: ServiceDescriptor | None,
    instance: ServiceRecord | None,
    tenant_id: str,
    caller: Caller,
    began_at: datetime,
    retry_of: Request | None = None,
) -> NewRows:
    """Return an order's request in NEW, its event, its audit entry and its task, all unsaved."""
    now = clock.now()
    deadline_at, due_at = handover_times(now)
    request = Request(
        id=uuid4(),
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
    )
    actor = caller.user.get_username()
    return NewRows(
        request,
        RequestEvent(request=request, at=now, to_status=states.NEW, actor=actor),
        entry(action="create", instance=request, after=snapshot(request), actor=actor),
        new_task(attend_request, request.pk, is_new_work=True),
    )


def write(new: NewRows) -> None:
    """Store a request with all that goes with it.

    Raises:
        IntegrityError: the service was deleted in this moment.
    """
    if connection.vendor == "postgresql":
        [new.request.task_key] = lookups.look_up(*writing_of(new).statement)
    else:
        new.request.task_key = put(new.task)
        rows.write([new.request, new.event, new.entry])
    log_event(new.request, new.event)


def writing_of(new: NewRows) -> Writing[Request]:
    """Return what does so by one statement."""
    task, task_values = putting(new.task)
    written, values = rows.insertions_from(
        "task", [new.request, new.event, new.entry], {"Request": {"task_key": "task.id"}}
    )

    def stored(row: Sequence[Any]) -> Request:
        [new.request.task_key] = row
        log_certain_event(new.request, new.event)
        return new.request

    return Writing(
        queries=f"WITH task AS ({task}){written}",
        parameters=[*task_values, *values],
        columns="id",
        source="task",
        key="requests",
        stored=stored,
    )


def take_at_once(
    order: NewRequest, known: Sequence[Sequence[Any] | None], caller: Caller, began_at: datetime
) -> Callable[[], Writing[Request]]:
    """Return what makes the request of an order for an instance of a service, and what stores it.

    Args:
        order: what is ordered.
        known: the service's columns, as CREATION names them.
        caller: who orders; what he cannot see is unknown to him.
        began_at: when the order began to arrive.

    Raises:
        Invalid: there is no such service.
        Conflict: the MANO takes no such descriptors.
    """
    descriptor = service_seen(order.service_uuid, known[0], caller)
    if descriptor is None:
        raise Invalid([unknown_service(order)])
    refuse_unsupported(order, descriptor)
    tenant_id = tenant_of(descriptor, None, caller)
    return lambda: writing_of(new_rows(order, descriptor, None, tenant_id, caller, began_at))


# How an order is taken by one statement that looks up what it names, and one that writes.
CREATION = Creation(
    named=((ServiceDescriptor, ORDERABLE_COLUMNS),),
    ids=lambda order: [order.service_uuid] if order.request_type == states.CREATE else None,
    take=take_at_once,
)


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
