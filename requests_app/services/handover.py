"""Hands requests to the MANO: begin (transaction), send (none open), note (transaction)."""

import logging
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Least

from gatekeeper_site.core import clock, rows
from gatekeeper_site.work.queue import claim_due, enqueue, enqueue_lost, is_any_due, put_forward
from records_app.models import ServiceDescriptor, ServiceRecord
from records_app.selectors import function_documents, service_document
from requests_app import failures, states
from requests_app.mano import driver
from requests_app.mano.protocol import NobodyListens, NotSent, Order, OutcomeUnknown
from requests_app.models import Request
from requests_app.services.pausing import is_paused, is_waiting, waiting_requests
from requests_app.services.transitions import (
    GATEKEEPER,
    HANDOVER_NET_SECONDS,
    end_in_error,
    expire,
    is_past_deadline,
    lock_request,
    working_on,
)

logger = logging.getLogger(__name__)

# A handover that has begun and is not noted after this was interrupted.
INTERRUPTED_AFTER = timedelta(seconds=15)
RETRY_UNSENT_AFTER = timedelta(seconds=5)
# How long an order waits for somebody who would get it, whichever processes try to send it. One
# that nobody has tried for so long begins to wait anew: the MANO may be starting as we are.
UNHEARD_FOR = timedelta(seconds=30)


def enqueue_handover(request: Request) -> int:
    """Enqueue the task that attends to a request; return its key."""
    return enqueue(attend_request, request.pk, is_new_work=is_new_work(request))


def attend_request(request_id: UUID) -> None:
    """Do what a request waits for: end it at its deadline, or hand it over. Safe to repeat."""
    order = begin_handover(request_id)
    if order is None:
        return
    instance_id = order.service_instance_uuid
    with working_on(request_id, instance_id, origin=order.origin, via="task"):
        try:
            driver().send(order)
        except NobodyListens as error:
            logger.warning("Request %s waits, and is tried again: %s", request_id, error)
            give_back(request_id, is_unheard=True)
        except NotSent as error:
            logger.warning("Request %s was not sent and is tried again: %s", request_id, error)
            give_back(request_id)
        except OutcomeUnknown as error:
            logger.warning("Request %s may have reached the MANO: %s", request_id, error)
        else:
            logger.info("%s request: handed to the MANO", order.request_type)
            note_handover(request_id)


def unaccepted_beyond_limit() -> QuerySet[Any] | None:
    """Return a row where the MANO has been given as many orders as it accepts within a deadline.

    Further ones then wait in the queue of new work, in nobody's deadline. One that was given back
    counts, so that a long outage tries no more orders again and again than that. Workers that take
    orders at the same moment may go beyond the limit by a few.
    """
    rate = driver().ACCEPTED_PER_SECOND
    if rate is None:
        return None
    limit = max(1, int(rate * settings.MANO_ACCEPT_SECONDS))
    unaccepted = Request.objects.filter(status=states.NEW, handover_began_at__isnull=False)
    return unaccepted.order_by().values("handover_began_at")[limit - 1 : limit]


@transaction.atomic
def begin_handover(request_id: UUID) -> Order | None:
    """Return the order to send, or None where there is nothing to send (any more, or yet)."""
    request, record = lock_request(request_id, "service_descriptor", "requested_by")
    if request is None or not states.is_open(request.status):
        return None
    instance_id = request.service_instance_uuid
    with working_on(request_id, instance_id, origin=request.origin, via="task"):
        return begin(request, record)


def begin(request: Request, record: ServiceRecord | None) -> Order | None:
    """Begin the handover of a (locked, open) request, if it is time for that; return the order."""
    if is_past_deadline(request):
        expire(request, record)
        return None
    if is_waiting(request) and is_paused():
        # Whoever lets it go on makes it due again.
        request.due_at = None
        request.save(update_fields=["due_at"])
        return None
    if request.status != states.NEW or not may_be_sent(request):
        return None
    descriptor = request.service_descriptor
    if request.request_type == states.TERMINATE:
        descriptor = None if record is None else record.descriptor
    elif descriptor is None:
        # Only a request that was opened again by hand can lack it.
        error = f"The service {request.service_uuid} is gone."
        end_in_error(request, record, actor=GATEKEEPER, error=error, error_class=failures.INTERNAL)
        return None
    now = clock.now()
    tried_at = request.handover_began_at
    if tried_at is not None and tried_at + UNHEARD_FOR < now:
        request.unheard_since = None
    order = order_of(request, descriptor)
    if tried_at is None:
        # Of one that was given back and is tried again, the time goes on.
        request.deadline_at = now + timedelta(seconds=settings.MANO_ACCEPT_SECONDS)
    request.handover = Request.Handover.BEGUN
    request.handover_began_at = now
    request.due_at = request.deadline_at
    if driver().IS_REPEATABLE:
        request.due_at = min(now + INTERRUPTED_AFTER, request.deadline_at or now)
    begun = ("handover", "handover_began_at", "unheard_since", "deadline_at", "due_at")
    rows.write([], [(request, begun)])
    return order


def may_be_sent(request: Request) -> bool:
    """Tell whether the MANO certainly lacks the order, or may get it twice without harm."""
    if request.handover == Request.Handover.PENDING:
        return True
    if request.handover == Request.Handover.SENT or not driver().IS_REPEATABLE:
        return False
    began_at = request.handover_began_at
    return began_at is not None and began_at + INTERRUPTED_AFTER <= clock.now()


def order_of(request: Request, descriptor: ServiceDescriptor | None) -> Order:
    """Return what the MANO is asked."""
    user = request.requested_by
    since = request.unheard_since
    return Order(
        request_id=request.pk,
        request_type=request.request_type,
        service_instance_uuid=request.service_instance_uuid,
        nsd=None if descriptor is None else service_document(descriptor),
        vnfds=[] if descriptor is None else function_documents(descriptor),
        ingresses=request.ingresses,
        egresses=request.egresses,
        customer_email=None if user is None else user.email or None,
        even_unheard=since is not None and since + UNHEARD_FOR <= clock.now(),
        origin=request.origin,
    )


def note_handover(request_id: UUID) -> None:
    """Note that the order was sent; from here only an answer or the deadline moves the request."""
    begun = Request.objects.filter(
        pk=request_id, status=states.NEW, handover=Request.Handover.BEGUN
    )
    begun.update(handover=Request.Handover.SENT, due_at=F("deadline_at"))


def give_back(request_id: UUID, *, is_unheard: bool = False) -> None:
    """Note that the order was certainly not sent: it can be cancelled again, and is tried again.

    Args:
        request_id: the request's.
        is_unheard: whether it waits for somebody who would get it.
    """
    with transaction.atomic():
        request, _ = lock_request(request_id)
        if request is not None and request.handover == Request.Handover.BEGUN:
            now = clock.now()
            request.handover = Request.Handover.PENDING
            request.unheard_since = (request.unheard_since or now) if is_unheard else None
            if request.status == states.NEW:
                again_at = now + RETRY_UNSENT_AFTER
                if request.unheard_since is not None:
                    again_at = min(again_at, request.unheard_since + UNHEARD_FOR)
                request.due_at = min(again_at, request.deadline_at or again_at)
            request.save(update_fields=["handover", "unheard_since", "due_at"])


def sweep_requests() -> int:
    """Enqueue the requests whose time has come (deadlines, lost tasks); return how many came.

    One whose task still waits gets no second; if it is urgent by now, the task goes forward.
    """
    timed: Any = Request.objects.filter(due_at__isnull=False)
    if not is_any_due(timed, field="due_at"):
        return 0
    with transaction.atomic():
        due = claim_due(timed, field="due_at", lease_seconds=INTERRUPTED_AFTER.total_seconds())
        if is_paused():
            waiting_requests().filter(pk__in=due).update(due_at=None)
        columns = ("status", "handover", "handover_began_at", "deadline_at", "task_key")
        requests = Request.objects.filter(pk__in=due, due_at__isnull=False).only(*columns)
        requests = requests.order_by("created_at", "pk")
        in_queue = enqueue_lost(requests, enqueue_handover)
        put_forward(request.task_key for request in in_queue if not is_new_work(request))
        # Of a long backlog, each is looked at no more often than it need be.
        patient = [request.pk for request in in_queue if is_new_work(request)]
        net = clock.now() + timedelta(seconds=HANDOVER_NET_SECONDS)
        Request.objects.filter(pk__in=patient).update(due_at=Least("deadline_at", Value(net)))
    return len(due)


def is_new_work(request: Request) -> bool:
    """Tell whether a request has yet to be begun, and not to be ended."""
    return request.handover_began_at is None and not is_past_deadline(request)
