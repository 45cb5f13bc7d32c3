"""Applies what the MANO says: at least once, in any order, a second time without effect."""

import json
import logging
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from gatekeeper_site.audit.services import snapshot, write_audit_entry
from gatekeeper_site.core import clock, rows
from gatekeeper_site.core.constraints import violates_foreign_key
from records_app import services as records
from records_app.mano_records import UnstorableRecord, named_id
from records_app.models import RecordStatus, ServiceDescriptor, ServiceRecord
from requests_app import failures, states
from requests_app.mano.protocol import Answer, UnusableAnswer, read_answer
from requests_app.models import InstanceCheck, ManoAnswer, Request
from requests_app.services.transitions import (
    MANO,
    change_status,
    end_in_error,
    expire,
    is_past_deadline,
    lock_request,
    lock_requests,
    note_event,
    working_on,
)
from requests_app.services.verdicts import forget_verdict

logger = logging.getLogger(__name__)

# How the outcome of an answer begins that says nothing we understand.
UNUSABLE = "unusable: "
FAILED = "failed"

# Returns what a message means for a request of a type, or raises UnusableAnswer.
AnswerReader: TypeAlias = Callable[[Any, str], Answer]


def apply_answer(*, request_id: UUID, message: Any) -> str | None:
    """Apply a message of the MANO to the request it is of; what it said is kept.

    Returns:
        What it led to; None if there is no such request.
    """
    (outcome,) = apply_answers([(request_id, message)])
    return outcome


def apply_answers(
    answers: Sequence[tuple[UUID, Any]], *, read: AnswerReader = read_answer
) -> list[str | None]:
    """Apply messages of the MANO in their order, all of them or, if one raises, none.

    Args:
        answers: which request each message is of, and the message.
        read: says what a message means, which is as the driver's MANO writes it.

    Returns:
        What each led to; None if there is no such request.
    """
    try:
        return apply_together(answers, read=read)
    except IntegrityError as error:
        if not violates_foreign_key(error):
            raise
        # A descriptor was deleted between the look for it and the commit; now it is seen as gone.
        return apply_together(answers, read=read)


@transaction.atomic
def apply_together(
    answers: Sequence[tuple[UUID, Any]], *, read: AnswerReader = read_answer
) -> list[str | None]:
    """Do what `apply_answers` does, once, in the transaction of the caller if he has one."""
    locked = lock_requests({request_id for request_id, _ in answers})
    outcomes: list[str | None] = []
    kept: list[ManoAnswer] = []
    for request_id, message in answers:
        if request_id not in locked:
            outcomes.append(None)
            continue
        request, record = locked[request_id]
        instance_id = request.service_instance_uuid
        with working_on(request_id, instance_id, origin=request.origin, via=MANO):
            outcome = apply_message(request, record, message, read)
        outcomes.append(outcome)
        kept.append(kept_answer(request, message, outcome))
    rows.write(kept)
    return outcomes


def apply_message(
    request: Request, record: ServiceRecord | None, message: Any, read: AnswerReader
) -> str:
    """Apply a message of the MANO to a (locked) request and its record; return what it led to."""
    try:
        answer = read(message, request.request_type)
    except UnusableAnswer as error:
        outcome = f"{UNUSABLE}{error}"
        logger.warning("An answer of the MANO to request %s is %s", request.pk, outcome)
    else:
        outcome = apply_to(request, record, answer)
        tell_of_stray_records(request, answer, is_failure=outcome == FAILED)
    return outcome


@transaction.atomic
def keep_unreadable_answer(*, request_id: UUID, text: str, reason: str) -> None:
    """Keep what came for a request and cannot be read, if there is such a request.

    Args:
        request_id: the request's.
        text: what came, or its beginning.
        reason: why it cannot be read.
    """
    request, _ = lock_request(request_id)
    if request is not None:
        kept_answer(request, text, f"{UNUSABLE}{reason}").save()


def kept_answer(request: Request, message: Any, outcome: str) -> ManoAnswer:
    """Return the row, not yet stored, of what the MANO said of a request and what it led to."""
    return ManoAnswer(
        request=request,
        received_at=clock.now(),
        body=json.dumps(message),
        outcome=outcome,
    )


def apply_to(request: Request, record: ServiceRecord | None, answer: Answer) -> str:
    """Apply an answer to a (locked) request and its record; return what it led to."""
    if states.is_open(request.status) and is_past_deadline(request):
        # Too late, whether or not a sweep was there to say so before.
        expire(request, record)
    if not states.is_open(request.status):
        if answer.kind == "succeeded" and not is_result_stored(request):
            return keep_late_success(request, record, answer)
        return f"nothing: the request was {request.status}"
    if answer.kind == "failed":
        error = answer.error or ""
        end_in_error(request, record, actor=MANO, error=error, error_class=failures.REFUSED)
        return FAILED
    if answer.kind == "accepted":
        return accept(request, record)
    return finish(request, record, answer)


def tell_of_stray_records(request: Request, answer: Answer, *, is_failure: bool) -> None:
    """Note, once, that an answer brings records which were not stored: what they are of may run.

    Args:
        request: the (locked) request.
        answer: which has been applied.
        is_failure: whether the request has failed by it.
    """
    if not answer.nsr and not answer.vnfrs:
        return
    instance_id = named_id(answer.nsr)
    is_stored = instance_id is not None and instance_id == request.service_instance_uuid
    if is_stored and not is_failure:
        return
    if instance_id is None and answer.kind == "succeeded":
        # Of what was ordered, or the request says why its records cannot be stored.
        return
    name = "an instance without an id" if instance_id is None else f"the instance {instance_id}"
    message = f"The MANO's answer has records of {name}, which are not stored: it may run."
    if not request.events.filter(actor=MANO, message=message).exists():
        logger.warning("Request %s: %s", request.pk, message)
        note_event(request, actor=MANO, message=message)


def accept(request: Request, record: ServiceRecord | None) -> str:
    """Note that the MANO works on a (locked, open) request."""
    if request.status != states.NEW:
        return "nothing: the request was accepted before"
    status = states.IN_PROGRESS_STATUS[request.request_type]
    change_status(request, status, actor=MANO, handover=Request.Handover.SENT)
    if request.request_type == states.UPDATE and record is not None:
        records.begin_update(record=record)
    return "accepted"


def finish(request: Request, record: ServiceRecord | None, answer: Answer) -> str:
    """Note that the MANO has done what a (locked, open) request ordered, with its records.

    An answer that came before its acknowledgement passes through the status in between. Records
    that can't be stored put the request in ERROR.
    """
    if request.status == states.NEW:
        accept(request, record)
    try:
        status = answer.record_status or RecordStatus.NORMAL_OPERATION
        instance_id = store_result(request, record, request.service_descriptor_id, answer, status)
    except UnstorableRecord as reason:
        error = f"The MANO succeeded, but its records can't be stored: {reason}."
        end_in_error(request, record, actor=MANO, error=error, error_class=failures.UNUSABLE)
        return f"failed: {reason}"
    status = states.SUCCESS_STATUS[request.request_type]
    change_status(request, status, actor=MANO, service_instance_uuid=instance_id)
    return "succeeded"


def store_result(
    request: Request,
    record: ServiceRecord | None,
    descriptor_id: UUID | None,
    answer: Answer,
    status: str,
) -> UUID:
    """Write the records that a success leads to; return the instance's id.

    Raises:
        UnstorableRecord: they can't be stored; nothing was.
    """
    if request.request_type == states.CREATE:
        stored = records.store_instance(
            tenant_id=request.tenant_id,
            descriptor_id=descriptor_id,
            descriptor_reference=request.service_uuid,
            nsr=answer.nsr,
            vnfrs=answer.vnfrs,
            status=status,
        )
        return stored.pk
    if record is None:
        raise UnstorableRecord(f"there is no record {request.service_instance_uuid}")
    if request.request_type == states.TERMINATE:
        records.terminate_instance(record=record)
        # Nobody asks any more what runs of it.
        InstanceCheck.objects.filter(pk=record.pk).delete()
    else:
        records.finish_update(
            record=record,
            descriptor_id=descriptor_id,
            descriptor_reference=request.service_uuid,
            nsr=answer.nsr,
            vnfrs=answer.vnfrs,
            status=status,
        )
        # What ran before is not to be adopted.
        forget_verdict(record=record)
    return record.pk


def is_result_stored(request: Request) -> bool:
    """Tell whether a success of the MANO has been applied to an ended request, in time or late."""
    return (
        request.has_late_success
        or request.events.filter(
            actor=MANO,
            from_status=states.IN_PROGRESS_STATUS[request.request_type],
            to_status=states.SUCCESS_STATUS[request.request_type],
        ).exists()
    )


def keep_late_success(request: Request, record: ServiceRecord | None, answer: Answer) -> str:
    """Store what a success has made that came after the end: it runs and must be reachable.

    The status stays, be it ERROR or set by hand. What a later request has made of the instance
    since is not undone.
    """
    status = answer.record_status or RecordStatus.NORMAL_OPERATION
    if request.request_type == states.UPDATE and record is not None:
        if record.status == RecordStatus.TERMINATED or has_later_success(request):
            message = "A late success; the instance has changed since."
            note_event(request, actor=MANO, message=message)
            return "nothing: the instance has changed since"
        if requests_of_instance(request).filter(status=states.UPDATING).exists():
            status = RecordStatus.UPDATING
    kept = ServiceDescriptor.objects.filter(pk__in=[request.service_uuid])
    descriptor_id = kept.values_list("pk", flat=True).first()
    before = snapshot(request)
    try:
        request.service_instance_uuid = store_result(request, record, descriptor_id, answer, status)
    except UnstorableRecord as reason:
        message = f"A late success, whose records can't be stored: {reason}."
        note_event(request, actor=MANO, message=message)
        return f"nothing: late, and {reason}"
    request.has_late_success = True
    request.updated_at = clock.now()
    request.save(update_fields=["has_late_success", "service_instance_uuid", "updated_at"])
    after = snapshot(request)
    write_audit_entry(
        action="late_success", instance=request, before=before, after=after, actor=MANO
    )
    is_end = request.request_type == states.TERMINATE
    done = "the instance's records are ended" if is_end else "its records are stored"
    note_event(request, actor=MANO, message=f"A late success: {done}.")
    return "late success: records stored"


def has_later_success(request: Request) -> bool:
    """Tell whether a later update of the same instance has succeeded, in time or late."""
    succeeded = Q(status=states.INSTANTIATED) | Q(has_late_success=True)
    later = requests_of_instance(request).filter(created_at__gt=request.created_at)
    return later.filter(succeeded, request_type=states.UPDATE).exists()


def requests_of_instance(request: Request) -> QuerySet[Request]:
    """Return the requests for the instance that a request is for."""
    return Request.objects.filter(service_instance_uuid=request.service_instance_uuid)
