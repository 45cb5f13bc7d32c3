"""Spares the task processes hosts that take no callbacks: a circuit breaker for each.

It is kept in the database, so that every worker knows at once what one has found out.
"""

import random
from datetime import datetime, timedelta

from django.db.models import Case, F, Q, QuerySet, Value, When

from gatekeeper_site.core import clock
from gatekeeper_site.webhooks.sending import TOTAL_SECONDS
from requests_app.models import CallbackHost

# A host that is being restarted fails less often than this; one that is gone holds a task process
# for TOTAL_SECONDS each time.
FAILURES_TO_OPEN = 20
# Longer than most restarts, and short beside the pauses between tries.
OPEN_FOR = timedelta(seconds=30)
# While one callback tries the host again, the others look back this often.
PROBE_PAUSE = timedelta(seconds=3)
# Then the next one tries: what tried before was killed.
PROBE_FOR = timedelta(seconds=2 * TOTAL_SECONDS)
# A host that is back is not met by all that waits for it in the same moment.
SPREAD_SECONDS = 5


def closed_until(host: str) -> datetime | None:
    """Return until when a callback waits that is to be sent to a host now; None: send it.

    Where the pause is over, one caller is told to send, and the others wait for what comes of it.
    """
    known = CallbackHost.objects.filter(host=host)
    open_until = known.values_list("open_until", flat=True).first()
    if open_until is None:
        return None
    now = clock.now()
    until = open_until
    if open_until <= now:
        no_probe = Q(probe_until__isnull=True) | Q(probe_until__lte=now)
        if known.filter(no_probe, open_until=open_until).update(probe_until=now + PROBE_FOR):
            return None
        until = now + PROBE_PAUSE
    return until + timedelta(seconds=random.uniform(0, SPREAD_SECONDS))  # noqa: S311 - no secret


def note_answer(host: str, *, is_up: bool) -> None:
    """Note how a host took a callback; the row stays locked to the end of the transaction.

    Args:
        host: with the port.
        is_up: whether it answered, be it that it refused: other callbacks may fare better.
    """
    known = CallbackHost.objects.filter(host=host)
    if is_up:
        known.delete()
        return
    now = clock.now()
    CallbackHost.objects.get_or_create(host=host, defaults={"failed_at": now})
    is_last_straw = When(failures__gte=FAILURES_TO_OPEN - 1, then=Value(now + OPEN_FOR))
    known.update(
        failures=F("failures") + 1,
        failed_at=now,
        open_until=Case(is_last_straw, default=F("open_until")),
        probe_until=None,
    )


def open_circuits() -> QuerySet[CallbackHost]:
    """Return the hosts that get no callbacks but for one now and then."""
    return CallbackHost.objects.filter(open_until__isnull=False).order_by("host")
