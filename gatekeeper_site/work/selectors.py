"""Reads which workers are there."""

from datetime import timedelta

from django.db.models import QuerySet

from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker

# A worker writes that it is there every four seconds.
WORKER_SEEN_WITHIN = timedelta(seconds=15)


def workers_seen() -> QuerySet[Worker]:
    """Return the workers that were seen lately."""
    return Worker.objects.filter(seen_at__gte=clock.now() - WORKER_SEEN_WITHIN)
