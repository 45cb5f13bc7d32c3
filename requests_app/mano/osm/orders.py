"""What is noted of an order at OSM between two calls, each function one transaction or none.

Several processes may come to the same order, as one that was killed leaves it half done: who works
on one has it for a while that is longer than his calls may take.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gatekeeper_site.core import clock
from requests_app import states
from requests_app.mano.osm.answers import progress_of, read_osm, stage_text
from requests_app.models import OsmOrder, Request
from requests_app.services.answers import apply_answers
from requests_app.services.transitions import MANO, lock_request, note_event

# A task is ended after 25 s (settings, Q_CLUSTER), and so its calls before that.
MAX_SESSION_SECONDS = 20.0
# Beyond the end of a session, nothing that it has sent is on its way any more.
LEASE_MARGIN_SECONDS = 5.0
LONGEST_POLL_SECONDS = 30.0
GROWTH = 1.5
# How long an order is followed whose request has ended.
FOLLOWED_FOR = timedelta(days=1)


def session_seconds() -> float:
    """Return how long the calls of one task may take, all of them together."""
    return min(float(settings.OSM_TIMEOUT_SECONDS), MAX_SESSION_SECONDS)


def lease_seconds() -> float:
    """Return for how long who works on an order has it."""
    return session_seconds() + LEASE_MARGIN_SECONDS


def settles_at(sent_at: datetime) -> datetime:
    """Return when what may have been sent at a moment, and does not show, was not carried out.

    Who looks has the order for himself, so that the call itself has ended.
    """
    return sent_at + timedelta(seconds=2 * settings.OSM_POLL_SECONDS)


@transaction.atomic
def claim(request_id: UUID) -> OsmOrder | None:
    """Return the order of a request, to be worked on by the caller alone; None: others do so."""
    rows = OsmOrder.objects.select_for_update()
    row = rows.filter(pk=request_id).first()
    now = clock.now()
    if row is None:
        OsmOrder.objects.bulk_create([OsmOrder(request_id=request_id)], ignore_conflicts=True)
        row = rows.get(pk=request_id)
    if row.busy_until is not None and row.busy_until > now:
        return None
    row.busy_until = now + timedelta(seconds=lease_seconds())
    row.save(update_fields=["busy_until"])
    return row


def release(row: OsmOrder) -> None:
    """Let others work on an order, unless they do already."""
    OsmOrder.objects.filter(pk=row.pk, busy_until=row.busy_until).update(busy_until=None)


def note(row: OsmOrder, **changes: Any) -> None:
    """Write what is known of an order now."""
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))


class TooLate(Exception):
    """The order is not to be sent any more."""


@transaction.atomic
def note_sending(row: OsmOrder, **changes: Any) -> None:
    """Note that something is about to be sent which must not be done twice.

    From now on it is looked up before it is sent again, also when the request has ended.

    Raises:
        TooLate: the request has ended, or somebody else works on the order by now.
    """
    request, _ = lock_request(row.pk)
    now = clock.now()
    mine = OsmOrder.objects.select_for_update().filter(pk=row.pk, busy_until=row.busy_until)
    if not mine.exists() or (row.busy_until is not None and row.busy_until <= now):
        raise TooLate("somebody else works on it")
    if request is None or not (row.is_clean_up or is_to_be_sent(request, now)):
        raise TooLate("the request has ended")
    looked_up_at = max(request.deadline_at or now, now + timedelta(seconds=lease_seconds()))
    note(row, due_at=looked_up_at, give_up_at=now + FOLLOWED_FOR, **changes)


def is_to_be_sent(request: Request, now: datetime) -> bool:
    """Tell whether a (locked) request still waits for its order to be accepted."""
    is_in_time = request.deadline_at is None or request.deadline_at > now
    return request.status == states.NEW and is_in_time


def note_operation(row: OsmOrder, operation_id: str) -> None:
    """Note that OSM has begun an operation, which is followed from now on."""
    note(
        row,
        operation_id=operation_id,
        step=OsmOrder.Step.FOLLOW,
        poll_seconds=settings.OSM_POLL_SECONDS,
        due_at=next_round(settings.OSM_POLL_SECONDS),
        give_up_at=clock.now() + FOLLOWED_FOR,
    )


def next_round(seconds: float) -> datetime:
    """Return when the last round is within so many seconds from now on, or the next one.

    Rounds are at multiples of OSM_POLL_SECONDS, so that many orders are asked for in one call.
    """
    now, step = clock.now(), settings.OSM_POLL_SECONDS
    last = (now.timestamp() + seconds) // step
    following = now.timestamp() // step + 1
    return datetime.fromtimestamp(max(last, following) * step, tz=now.tzinfo)


def longer(seconds: float) -> float:
    """Return the pause that follows a pause in which nothing has changed."""
    longest = max(LONGEST_POLL_SECONDS, settings.OSM_POLL_SECONDS)
    return float(min(max(seconds, settings.OSM_POLL_SECONDS) * GROWTH, longest))


@transaction.atomic
def note_progress(row: OsmOrder, operation: dict[str, Any]) -> bool:
    """Note the stage and the place in the queue of an operation that goes on.

    Returns:
        Whether one of them has changed to something: each such change is an event.
    """
    request, _ = lock_request(row.pk)
    known = OsmOrder.objects.select_for_update().filter(pk=row.pk).first()
    stage, place = progress_of(operation)
    if request is None or known is None:
        return False
    told = []
    if stage and stage != known.stage:
        told.append(stage_text(stage))
    if place is not None and place != known.queue_position:
        told.append(f"place {place} in OSM's queue")
    if (known.stage, known.queue_position) != (stage, place):
        note(known, stage=stage, queue_position=place)
    for text in told:
        note_event(request, actor=MANO, message=text)
    return bool(told)


def say(row: OsmOrder, message: dict[str, Any]) -> str | None:
    """Apply what the NBI has answered to the request of an order; return what it led to."""
    (outcome,) = apply_answers([(row.pk, message)], read=read_osm)
    return outcome


def end(row: OsmOrder) -> None:
    """Note that nothing more is done by itself: what there may be is an operator's to clean up."""
    if row.request.request_type == states.CREATE:
        note(row, step=OsmOrder.Step.ENDED, is_clean_up=False, due_at=None, sent_at=None)
    else:
        row.delete()


@transaction.atomic
def note_clean_up(row: OsmOrder, message: str) -> None:
    """Tell on the request how its clean-up went."""
    request, _ = lock_request(row.pk)
    if request is not None:
        note_event(request, actor=MANO, message=message)
