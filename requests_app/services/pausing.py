"""Pausing: orders are taken and wait in NEW, and none is handed over (contract: mano-osm.md).

What has begun goes on. Whatever looks whether the MANO is paused does so after it has locked the
request that waits: whoever lets the orders go on changes them too, so that none is forgotten.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from gatekeeper_site.audit.services import snapshot, write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.refusals import Invalid, Precondition, no_precondition
from requests_app import states
from requests_app.models import ManoState, Request

logger = logging.getLogger(__name__)


def mano_state() -> ManoState:
    """Return whether orders are handed over; they are, as long as nobody has said anything."""
    return ManoState.objects.first() or ManoState()


def paused_states() -> QuerySet[ManoState]:
    """Return a row while the MANO is paused: new work then waits in its queue."""
    return ManoState.objects.filter(state=ManoState.State.PAUSED)


def is_paused() -> bool:
    """Tell whether orders wait."""
    return paused_states().exists()


def waiting_requests() -> QuerySet[Request]:
    """Return the requests that would wait: NEW, and certainly not with the MANO."""
    return Request.objects.filter(status=states.NEW, handover=Request.Handover.PENDING)


def is_waiting(request: Request) -> bool:
    """Tell of one request what `waiting_requests` tells of all."""
    return request.status == states.NEW and request.handover == Request.Handover.PENDING


@transaction.atomic
def set_mano_state(
    *,
    state: str,
    reason: str | None,
    actor: str,
    precondition: Precondition = no_precondition,
) -> ManoState:
    """Have orders wait from now on, or be handed over again.

    Args:
        state: one of `ManoState.State`.
        reason: why; required to pause.
        actor: who says so.
        precondition: what the row must fulfil once it is locked.

    Raises:
        Invalid: it is paused without a reason.
    """
    ManoState.objects.get_or_create(id=1)
    mano = ManoState.objects.select_for_update().get(id=1)
    precondition(mano)
    if state == ManoState.State.PAUSED and not reason:
        raise Invalid([("reason", "Required to pause.")])
    if (state, reason) == (mano.state, mano.reason):
        return mano
    before = snapshot(mano)
    now = clock.now()
    if state != mano.state:
        if mano.since is not None and mano.state == ManoState.State.PAUSED:
            wake(paused_since=mano.since, now=now)
        mano.state, mano.since = state, now
    mano.reason, mano.by = reason, actor
    mano.save()
    action = "pause" if state == ManoState.State.PAUSED else "resume"
    write_audit_entry(
        action=action, instance=mano, before=before, after=snapshot(mano), actor=actor
    )
    logger.info("The MANO is %s, by %s: %s", state, actor, reason or "no reason given")
    return mano


def wake(*, paused_since: datetime, now: datetime) -> None:
    """Have what waited be handed over, each with as much time as it had left."""
    waiting = waiting_requests()
    ordered_before = waiting.filter(updated_at__lt=paused_since)
    ordered_before.update(deadline_at=F("deadline_at") + (now - paused_since), due_at=now)
    whole = now + timedelta(seconds=settings.MANO_FINISH_SECONDS)
    waiting.filter(updated_at__gte=paused_since).update(deadline_at=whole, due_at=now)
