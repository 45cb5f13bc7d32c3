"""How a request's status is written, its deadline, and its cancelling."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.audit.services import entry, snapshot
from gatekeeper_site.core import clock, rows
from gatekeeper_site.core.origin import about, continued, originating
from gatekeeper_site.core.refusals import Conflict
from records_app import services as records
from records_app.models import RecordStatus, ServiceRecord
from requests_app import failures, states
from requests_app.models import Request, RequestEvent
from requests_app.services.callbacks import put_callback
from requests_app.services.pausing import is_paused, is_waiting

# When the sweep looks at a new request whose task has not handed it over: the net below the task.
HANDOVER_NET_SECONDS = 120
GATEKEEPER = "gatekeeper"
MANO = "mano"

WRITTEN_WITH_STATUS = (
    "status",
    "updated_at",
    "handover_began_at",
    "unheard_since",
    "deadline_at",
    "due_at",
    "service_descriptor",
)

NO_CASE: dict[str, Any] = dict.fromkeys(
    ("error", "error_class", "cause", "case_state", "assignee", "resolution")
)

logger = logging.getLogger(__name__)

CONFLICTS = {
    "request_conflict": "Another request for the instance is under way.",
    "instance_terminated": "The service instance is terminated.",
    "descriptor_mismatch": "`nsd_id` is not what the record is an instance of.",
    "unsupported_format": "The MANO takes no descriptors of this form.",
    "unsupported_by_mano": "The MANO cannot do that.",
    "not_cancellable": "The request is not NEW any more, or its handover has begun.",
    "not_in_progress": "The request has ended, or its handover has not begun.",
    "not_retryable": "The request is not in ERROR, or what it ordered is gone.",
    "already_retried": "The request was retried: its newest retry can be, if that failed too.",
    "instance_exists": "The request's order has made an instance after all, which is there.",
}


@contextmanager
def working_on(
    request_id: UUID, instance_id: UUID | None, *, origin: dict[str, Any], via: str
) -> Iterator[None]:
    """Go on from the call that ordered a request, and have log lines name what this is about.

    Where somebody else's call causes this, as that of an admin who opens the request again, it
    goes on from that one.

    Args:
        request_id: the request's.
        instance_id: of the instance that it is for, if there is one yet.
        origin: of the call that ordered it, packed.
        via: by which way this came.
    """
    with (
        originating(continued(via=via, of=origin)),
        about(service_request=request_id, service_instance=instance_id),
    ):
        yield


def lock_requests(
    request_ids: Iterable[UUID], *related: str
) -> dict[UUID, tuple[Request, ServiceRecord | None]]:
    """Lock requests and the service records they are for: the records first, each kind by its ids.

    Args:
        request_ids: the requests'.
        related: the objects of theirs that are read, and not locked, in the same statement.

    Returns:
        By the ids of those that there are; the record is None as long as a CREATE has none.
    """
    ids = list(request_ids)
    targets = rows.columns_of(Request, ("service_instance_uuid",), ids)
    instance_ids = [each for (each,) in targets.values() if each is not None]
    locked = records.lock_service_records(instance_ids) if instance_ids else {}
    if related:
        requests = Request.objects.filter(pk__in=ids).order_by("pk").select_related(*related)
        found = {request.pk: request for request in requests.select_for_update(of=("self",))}
    else:
        found = rows.locked(Request, ids)
    return {
        request.pk: (request, locked.get(request.service_instance_uuid))
        for request in found.values()
    }


def lock_request(request_id: UUID, *related: str) -> tuple[Request | None, ServiceRecord | None]:
    """Return a request and the service record it is for, locked in the order record, request.

    The record is None as long as a CREATE has none.

    Args:
        request_id: the request's.
        related: the objects of its that are read, and not locked, in the same statement.
    """
    return lock_requests([request_id], *related).get(request_id, (None, None))


def change_status(
    request: Request,
    status: str,
    *,
    actor: str,
    message: str = "",
    at: datetime | None = None,
    **changes: Any,
) -> None:
    """Write a (locked) request's new status: the one place where that is done.

    With it go its event, its callback and its audit entry, and `changes` of other fields: of an
    ERROR, its `error` and `error_class`. A deadline begins where the MANO's next word is awaited,
    and the hold on the descriptor ends with the request. An ERROR opens a case, and what leaves it
    has none.
    """
    at = at or clock.now()
    before = snapshot(request)
    if states.ERROR in (status, request.status):
        changes = NO_CASE | changes
    if status == states.ERROR:
        cause = failures.cause_of(changes["error"])
        changes |= {"cause": cause, "case_state": failures.OPEN}
    event = RequestEvent(
        request=request,
        at=at,
        from_status=request.status,
        to_status=status,
        actor=actor,
        message=message,
    )
    for name, value in changes.items():
        setattr(request, name, value)
    request.status = status
    request.updated_at = at
    if status == states.NEW and request.handover == Request.Handover.PENDING:
        request.handover_began_at = request.unheard_since = None
        request.deadline_at, request.due_at = handover_times(at)
    elif status == states.NEW:
        request.deadline_at = request.due_at = at + timedelta(seconds=settings.MANO_ACCEPT_SECONDS)
    elif states.is_open(status):
        request.deadline_at = request.due_at = at + timedelta(seconds=settings.MANO_FINISH_SECONDS)
    else:
        request.deadline_at = request.due_at = None
        request.service_descriptor = None
    after = snapshot(request)
    audit = entry(action="change_status", instance=request, before=before, after=after, actor=actor)
    names = list(dict.fromkeys((*WRITTEN_WITH_STATUS, *changes)))
    rows.write([event, audit], [(request, names)])
    log_event(request, event)
    put_callback(request, at)


def handover_times(at: datetime) -> tuple[datetime, datetime]:
    """Return of a request that waits for its handover from now on its deadline and when it is due.

    As long as nobody has begun to hand it over, the MANO keeps nobody waiting.
    """
    deadline = at + timedelta(seconds=settings.MANO_FINISH_SECONDS)
    return deadline, min(deadline, at + timedelta(seconds=HANDOVER_NET_SECONDS))


def log_event(request: Request, event: RequestEvent) -> None:
    """Log a change of a request's status, once it is certain, as of what goes on now."""
    transaction.on_commit(partial(copy_context().run, log_certain_event, request, event))


def log_certain_event(request: Request, event: RequestEvent) -> None:
    """Log a change of a request's status, which is committed."""
    ids = {"service_request": request.pk, "service_instance": request.service_instance_uuid}
    logger.info("%s request: %s, by %s", request.request_type, event, event.actor, extra=ids)


def note_event(request: Request, *, actor: str, message: str) -> None:
    """Add an event that changes no status."""
    RequestEvent.objects.create(
        request=request,
        at=clock.now(),
        from_status=request.status,
        to_status=request.status,
        actor=actor,
        message=message,
    )


def end_in_error(
    request: Request, record: ServiceRecord | None, *, actor: str, error: str, error_class: str
) -> None:
    """End a (locked, open) request in ERROR; an update that was accepted is given up.

    Args:
        request: which ends.
        record: of the instance that it is for, locked, if there is one.
        actor: who ends it.
        error: why, for people.
        error_class: one of `failures.ERROR_CLASSES`.
    """
    was_accepted = request.status == states.UPDATING
    change_status(
        request, states.ERROR, actor=actor, message=error, error=error, error_class=error_class
    )
    if was_accepted and record is not None and record.status == RecordStatus.UPDATING:
        records.abandon_update(record=record, actor=actor)


def is_past_deadline(request: Request) -> bool:
    """Tell whether an open request has waited for the MANO for too long.

    While the MANO is paused, the time of one that it has not got stands still.
    """
    if request.deadline_at is None or request.deadline_at > clock.now():
        return False
    return not (is_waiting(request) and is_paused())


def expire(request: Request, record: ServiceRecord | None) -> None:
    """End a (locked) request whose deadline has passed, saying which."""
    error_class = failures.SILENT
    if request.status != states.NEW:
        seconds = settings.MANO_FINISH_SECONDS
        error = f"The MANO did not finish the request within {seconds:g} s of accepting it."
    elif request.handover_began_at is None:
        seconds = settings.MANO_FINISH_SECONDS
        error = f"The gatekeeper did not begin to hand the request over within {seconds:g} s."
        error_class = failures.INTERNAL
    else:
        seconds = settings.MANO_ACCEPT_SECONDS
        error = f"The MANO did not accept the request within {seconds:g} s."
        if request.handover == Request.Handover.BEGUN:
            error += " It may have reached the MANO."
        elif request.handover == Request.Handover.PENDING:
            error_class = failures.UNREACHABLE
    end_in_error(request, record, actor=GATEKEEPER, error=error, error_class=error_class)


@transaction.atomic
def cancel_request(*, request: Request, caller: Caller) -> Request:
    """Cancel a request that the MANO has not been given.

    Raises:
        Conflict: `not_cancellable`.
    """
    locked, record = lock_request(request.pk)
    if locked is None or locked.status != states.NEW:
        status = "gone" if locked is None else locked.status
        raise Conflict(
            "not_cancellable", f"The request is {status}; only a NEW one can be cancelled."
        )
    if locked.handover != Request.Handover.PENDING:
        raise Conflict(
            "not_cancellable", "The request is being handed to the MANO and can't be cancelled."
        )
    name = caller.user.get_username()
    error = f"cancelled by {name}"
    end_in_error(locked, record, actor=name, error=error, error_class=failures.CANCELLED)
    return locked


@transaction.atomic
def give_up_request(*, request: Request, caller: Caller, reason: str) -> Request:
    """End a request that the MANO has, or may have, without waiting for it any longer.

    What it says later is kept as after a deadline.

    Raises:
        Conflict: `not_in_progress`.
    """
    locked, record = lock_request(request.pk)
    if locked is None or not states.is_open(locked.status):
        status = "gone" if locked is None else locked.status
        raise Conflict("not_in_progress", f"The request is {status}, and can't be given up.")
    if locked.status == states.NEW and locked.handover == Request.Handover.PENDING:
        raise Conflict(
            "not_in_progress", "The request's handover has not begun: cancel the request instead."
        )
    name = caller.user.get_username()
    error = f"given up by {name}: {reason}"
    end_in_error(locked, record, actor=name, error=error, error_class=failures.GIVEN_UP)
    return locked


def refuse_second_request(instance_id: UUID | None) -> None:
    """Check that no request for a (locked) instance is open.

    Raises:
        Conflict: `request_conflict`, naming the one that is.
    """
    if instance_id is None:
        return
    other = Request.objects.filter(
        service_instance_uuid=instance_id, status__in=states.OPEN_STATUSES
    ).first()
    if other is not None:
        raise Conflict(
            "request_conflict",
            f"The request {named(other)} for the service instance {instance_id} is under way.",
        )


def named(request: Request) -> str:
    """Return how a conflict names another request: which one, of what type, how it is."""
    return f"{request.pk} ({request.request_type}, {request.status})"
