"""What the words of a question mean, and reads of more than one row."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias
from uuid import UUID

from django.db.models import QuerySet

from gatekeeper_site.core import clock
from records_app.models import SyncVerdict
from requests_app import failures, states
from requests_app.models import Request

# Of the filter `in_sync`; `null`: it is not known.
BY_VERDICT = {
    "true": SyncVerdict.IN_SYNC,
    "false": SyncVerdict.DIFFERS,
    "null": SyncVerdict.NOT_KNOWN,
}
# The latest successes of each status that tell how long orders take, and of how long ago they are.
MAX_ENDED: Final = 2000
LATELY: Final = timedelta(days=7)
# Of fewer, nothing is expected.
MIN_ENDED: Final = 5
# Beyond what is expected: what lies between two looks at a MANO.
GRACE: Final = timedelta(seconds=5)
# Of each open status, so many that are the oldest are looked at.
MAX_OPEN: Final = 500

# What is ordered, of which service: orders of one kind take about the same time.
Kind: TypeAlias = tuple[str, UUID | None]
# Of a request that succeeded: the type, the service, when it was ordered, and how many seconds it
# took.
Ended: TypeAlias = tuple[str, UUID | None, datetime, float]


@dataclass(frozen=True)
class Late:
    """A request that should have ended, and since when."""

    pk: UUID
    since: datetime


def ended_lately(rows: QuerySet[Request]) -> list[Ended]:
    """Return the latest successes.

    Args:
        rows: the requests that count.
    """
    found = []
    for status in states.STATUSES_OF_STATE["SUCCEEDED"]:
        lately = rows.filter(status=status, created_at__gte=clock.now() - LATELY)
        latest = lately.order_by("-created_at", "-id")
        columns = ("request_type", "service_uuid", "created_at", "began_at", "updated_at")
        found += [
            (request_type, service, created_at, (ended_at - began_at).total_seconds())
            for request_type, service, created_at, began_at, ended_at in latest.values_list(
                *columns
            )[:MAX_ENDED]
        ]
    return found


def expected_seconds(ended: Sequence[Ended]) -> dict[Kind, float]:
    """Return within how many seconds 95 % of the orders of a kind have ended.

    Args:
        ended: of `ended_lately`.
    """
    by_kind: dict[Kind, list[float]] = defaultdict(list)
    for request_type, service, _, seconds in ended:
        by_kind[request_type, service].append(seconds)
    return {
        kind: nearest_rank(sorted(values), 0.95)
        for kind, values in by_kind.items()
        if len(values) >= MIN_ENDED
    }


def late_requests(
    rows: QuerySet[Request], expected: dict[Kind, float], *, is_paused: bool
) -> list[Late]:
    """Return the open requests that should have ended, those that should have first.

    They are past their deadline, or have taken longer than nearly all of their kind do.

    Args:
        rows: the requests that count.
        expected: of `expected_seconds`.
        is_paused: whether the MANO is: what waits for it then is not late.
    """
    now = clock.now()
    found = []
    for status in states.OPEN_STATUSES[is_paused:]:
        oldest = rows.filter(status=status).order_by("created_at", "id")
        columns = ("pk", "request_type", "service_uuid", "began_at", "deadline_at")
        for pk, request_type, service, began_at, deadline_at in oldest.values_list(*columns)[
            :MAX_OPEN
        ]:
            times = [] if deadline_at is None else [deadline_at]
            seconds = expected.get((request_type, service))
            if seconds is not None:
                times.append(began_at + timedelta(seconds=seconds) + GRACE)
            since = min(times, default=now)
            if since < now:
                found.append(Late(pk, since))
    return sorted(found, key=lambda late: late.since)


def cases_of_nobody(rows: QuerySet[Request]) -> QuerySet[Request]:
    """Return the failed requests whose case is open and nobody's."""
    return rows.filter(case_state=failures.OPEN, assignee__isnull=True)


def nearest_rank(ordered: Sequence[float], share: float) -> float:
    """Return a quantile of some values, at least one, in their order."""
    return ordered[math.ceil(share * len(ordered)) - 1]
