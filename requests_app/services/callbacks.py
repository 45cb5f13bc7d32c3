"""Tells customers' systems of their requests' changes (contract: requests-and-records.md).

A delivery is sent in three steps: claim (transaction), post (none open), note (transaction). A
process that is killed in between leaves it claimed for a while, then it is sent again: at least
once, each time under the same id. A request's deliveries are sent one after the other; only the
earliest that has not ended is due.
"""

import json
import logging
import random
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet

from gatekeeper_site.audit.services import snapshot, write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.counters import count_event
from gatekeeper_site.core.origin import about, continued, originating
from gatekeeper_site.core.refusals import Conflict
from gatekeeper_site.webhooks import Outcome, post, signature
from gatekeeper_site.webhooks.sending import TOTAL_SECONDS
from gatekeeper_site.work.queue import claim_due, enqueue, enqueue_lost, is_any_due
from requests_app import represent
from requests_app.models import CallbackAttempt, CallbackDelivery, Request
from requests_app.services.circuits import closed_until, note_answer

# Of the task processes that do nothing else, so that slow receivers keep no request waiting.
CLUSTER = "callbacks"
# Longer than it takes to send and to note what came of it.
LEASE = timedelta(seconds=2 * TOTAL_SECONDS)
# When the sweep looks at a delivery whose task has not sent it: the net below the task.
TASK_NET = timedelta(seconds=120)
# A host that takes longer has so many task processes at once: the rest is for the others.
SLOW_AFTER = timedelta(seconds=1)
MAX_SLOW_AT_ONCE = 2
BUSY_PAUSE = timedelta(seconds=1)
# For each callback that waits for a host, so many seconds more until each is looked at again.
SECONDS_EACH = 0.1
# How long a callback waits for a host that takes none, from when it was due for the first time.
GIVE_UP_AFTER = timedelta(days=1)
# By how much of itself a pause is longer, at most: what failed together is not repeated together.
JITTER = 0.1
MAX_HOST_LENGTH = 255
# How `/metrics` names the outcomes of tries.
ATTEMPT_LABELS = ("2xx", "3xx", "4xx", "5xx", "error")
# Each try counts, in each task process.
ATTEMPT_SLOTS = 16

PENDING = CallbackDelivery.Outcome.PENDING
CONFLICTS = {"delivery_pending": "The callback has not ended: it is tried without being asked to."}

logger = logging.getLogger(__name__)


class WaitsInVainError(Exception):
    """The host of a callback has taken nothing for as long as the callback waits for it."""


def put_callback(request: Request, at: datetime, *, event: dict[str, Any] | None = None) -> None:
    """Write that a (locked) request's customer is to be told how it is now, if he wants to be.

    Args:
        request: as it is after the change.
        at: the moment of the change.
        event: what he is told instead, of something that is no change of its status.
    """
    if not request.callback:
        return
    others = CallbackDelivery.objects.filter(request=request).aggregate(
        last_at=Max("created_at"), pending=Count("pk", filter=Q(outcome=PENDING))
    )
    if others["last_at"] is not None:
        # Two changes may be made in one millisecond, or by machines whose clocks differ.
        at = max(at, others["last_at"] + timedelta(milliseconds=1))
    delivery = CallbackDelivery(
        tenant_id=request.tenant_id,
        request=request,
        request_status=request.status,
        url=request.callback,
        host=host_of(request.callback),
        body=printed(request) if event is None else written(event),
        created_at=at,
    )
    if not others["pending"]:
        make_due(delivery)
    delivery.save()


def host_of(url: str) -> str:
    """Return a URL's host and port; "" of what is no URL, which no delivery gets far with."""
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme.lower() == "https" else 80)
    except ValueError:
        return ""
    return f"{(parts.hostname or '')[: MAX_HOST_LENGTH - 6]}:{port}"


def printed(request: Request) -> str:
    """Return a request as `GET /requests/<id>` prints it; ASCII, as any text can be stored so."""
    row = {name: getattr(request, name) for name in represent.REQUEST_COLUMNS}
    return written(represent.request(row))


def written(body: dict[str, Any]) -> str:
    """Return JSON in ASCII."""
    return json.dumps(body, separators=(",", ":"))


def make_due(delivery: CallbackDelivery) -> None:
    """Have a delivery sent as soon as this commits; the caller saves it."""
    now = clock.now()
    delivery.due_at = now
    delivery.give_up_at = now + GIVE_UP_AFTER
    delivery.sweep_at = now + TASK_NET
    delivery.task_key = enqueue_delivery(delivery)


def enqueue_delivery(delivery: CallbackDelivery) -> int:
    """Enqueue the task that sends a delivery; return its key."""
    return enqueue(send_callback, delivery.pk, cluster=CLUSTER)


def send_callback(delivery_id: UUID) -> None:
    """Send a delivery if it is due, and note what came of it. Safe to repeat."""
    try:
        delivery = claim(delivery_id)
    except WaitsInVainError:
        give_up(delivery_id)
        return
    if delivery is None:
        return
    body = delivery.body.encode()
    headers = {"X-Gatekeeper-Delivery": str(delivery.pk)}
    signed = signature(body)
    if signed is not None:
        headers["X-Gatekeeper-Signature"] = signed
    request = delivery.request
    with (
        originating(continued(via="task", of=request.origin)),
        about(service_request=request.pk, service_instance=request.service_instance_uuid),
    ):
        sent_at = clock.now()
        outcome = post(delivery.url, body, headers)
        said = outcome.error or f"answered {outcome.status}"
        logger.info(
            "callback %s (%s) to %s: %s", delivery.pk, delivery.request_status, delivery.host, said
        )
        note_outcome(delivery, outcome, sent_at)
    # After the transaction: a row that many write is locked for a moment only.
    label = "error" if outcome.status is None else f"{outcome.status // 100}xx"
    label = label if label in ATTEMPT_LABELS else "error"
    count_event("callback_attempts", label, slots=ATTEMPT_SLOTS)


@transaction.atomic
def claim(delivery_id: UUID) -> CallbackDelivery | None:
    """Return a delivery for the caller alone to send; None where it is not to be sent now.

    Raises:
        WaitsInVainError: it is not to be sent now, nor to wait any longer; nothing was changed.
    """
    now = clock.now()
    row = CallbackDelivery.objects.filter(pk=delivery_id)
    lease_end = now + LEASE
    due = row.filter(outcome=PENDING, due_at__lte=now)
    if not due.update(due_at=lease_end, sweep_at=lease_end, claimed_until=lease_end):
        return None
    delivery = row.select_related("request").get()
    others = CallbackDelivery.objects.filter(host=delivery.host, outcome=PENDING)
    others = others.exclude(pk=delivery.pk)
    closed = closed_until(delivery.host)
    if closed and delivery.give_up_at and delivery.give_up_at <= now:
        raise WaitsInVainError
    wait_until = closed or busy_until(others)
    if wait_until is None:
        return delivery
    # The more wait for a host, the less often each is looked at.
    spread = others.count() * SECONDS_EACH
    wait_until += timedelta(seconds=random.uniform(0, spread))  # noqa: S311 - no secret
    row.update(due_at=wait_until, sweep_at=wait_until, claimed_until=None)
    return None


def busy_until(others: QuerySet[CallbackDelivery]) -> datetime | None:
    """Return until when a callback waits because its host is slow; None: send it.

    Args:
        others: the host's other callbacks that have not ended.
    """
    now = clock.now()
    slow = others.filter(claimed_until__gt=now, claimed_until__lt=now + LEASE - SLOW_AFTER)
    return now + BUSY_PAUSE if slow.count() >= MAX_SLOW_AT_ONCE else None


@transaction.atomic
def note_outcome(delivery: CallbackDelivery, outcome: Outcome, sent_at: datetime) -> None:
    """Write down what came of a try, and what follows from it.

    Args:
        delivery: as it was claimed. Its claim may have ended meanwhile: a success counts all the
            same, a failure is left to whoever claimed it since.
        outcome: of the try.
        sent_at: when it began.
    """
    lease_end = delivery.due_at
    lock(delivery.request_id)
    current = CallbackDelivery.objects.select_for_update().filter(pk=delivery.pk).first()
    if current is None:
        return
    CallbackAttempt.objects.create(
        delivery=current,
        at=sent_at,
        status=outcome.status,
        milliseconds=outcome.milliseconds,
        # It may quote what the receiver sent.
        error="".join(each if each.isprintable() else " " for each in outcome.error),
    )
    if current.outcome == PENDING and not outcome.error:
        end(current, CallbackDelivery.Outcome.DELIVERED)
    elif current.outcome == PENDING and current.due_at == lease_end:
        note_failure(current)
    note_answer(current.host, is_up=outcome.status is not None and outcome.status < 500)


@transaction.atomic
def give_up(delivery_id: UUID) -> None:
    """End a delivery that has waited for its host in vain, unless somebody has come to send it."""
    due = CallbackDelivery.objects.filter(pk=delivery_id, outcome=PENDING, due_at__lte=clock.now())
    for request_id in due.values_list("request_id", flat=True):
        lock(request_id)
    current = due.select_for_update().first()
    if current is None:
        return
    waited = GIVE_UP_AFTER.total_seconds() / 3600
    CallbackAttempt.objects.create(
        delivery=current,
        at=clock.now(),
        milliseconds=0,
        error=f"Not sent, and given up: the host has taken no callbacks for {waited:g} hours.",
    )
    logger.warning("callback %s to %s is given up", current.pk, current.host)
    end(current, CallbackDelivery.Outcome.FAILED)


def note_failure(delivery: CallbackDelivery) -> None:
    """Have a (locked) delivery tried again after the next pause, or end it after the last."""
    delivery.tries += 1
    if delivery.tries > len(settings.CALLBACK_RETRY_SECONDS):
        end(delivery, CallbackDelivery.Outcome.FAILED)
        return
    pause = settings.CALLBACK_RETRY_SECONDS[delivery.tries - 1]
    longer = random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret
    delivery.due_at = delivery.sweep_at = clock.now() + timedelta(seconds=pause * longer)
    delivery.claimed_until = None
    delivery.save(update_fields=["tries", "due_at", "sweep_at", "claimed_until"])


def end(delivery: CallbackDelivery, outcome: str) -> None:
    """End a delivery of a locked request; the request's next one becomes due."""
    delivery.outcome = outcome
    delivery.ended_at = clock.now()
    delivery.due_at = delivery.sweep_at = delivery.claimed_until = None
    delivery.save()
    pending = CallbackDelivery.objects.filter(request=delivery.request_id, outcome=PENDING)
    following = pending.order_by("created_at").first()
    if following is not None and following.due_at is None:
        make_due(following)
        following.save(update_fields=["due_at", "give_up_at", "sweep_at", "task_key"])


def lock(request_id: UUID) -> None:
    """Lock a request, and with it the order of its deliveries."""
    Request.objects.select_for_update().filter(pk=request_id).values_list("pk").first()


@transaction.atomic
def redeliver(*, delivery: CallbackDelivery) -> CallbackDelivery | None:
    """Have an ended delivery tried anew, as often as at first; its tries so far are kept.

    It is sent at once, but for an earlier one of the request that is not yet ended.

    Returns:
        The delivery as it is then; None if it is gone.

    Raises:
        Conflict: `delivery_pending`.
    """
    lock(delivery.request_id)
    current = CallbackDelivery.objects.select_for_update().filter(pk=delivery.pk).first()
    if current is None:
        return None
    if current.outcome == PENDING:
        raise Conflict(
            "delivery_pending", f"The callback {current.pk} is PENDING: it is tried yet."
        )
    before = snapshot(current)
    pending = CallbackDelivery.objects.filter(request=current.request_id, outcome=PENDING)
    pending.filter(created_at__gt=current.created_at).update(due_at=None, sweep_at=None)
    current.outcome = PENDING
    current.ended_at = None
    current.tries = 0
    if not pending.filter(created_at__lt=current.created_at).exists():
        make_due(current)
    current.save()
    write_audit_entry(action="redeliver", instance=current, before=before, after=snapshot(current))
    return current


def sweep_callbacks() -> int:
    """Enqueue the deliveries whose time has come (again), once each; return how many came."""
    waiting: Any = CallbackDelivery.objects.filter(sweep_at__isnull=False)
    if not is_any_due(waiting, field="sweep_at"):
        return 0
    with transaction.atomic():
        due = claim_due(waiting, field="sweep_at", lease_seconds=TASK_NET.total_seconds())
        deliveries = CallbackDelivery.objects.filter(pk__in=due).only("task_key")
        enqueue_lost(deliveries, enqueue_delivery)
    return len(due)
