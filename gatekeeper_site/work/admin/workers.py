"""Admin page of the workers, for the role admin."""

from collections.abc import Iterator
from typing import Any

import django_q.admin
from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django_q.models import OrmQ

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.cards import Card, Figure, Health
from gatekeeper_site.adminsite.html import badge, list_url, moment
from gatekeeper_site.core import clock
from gatekeeper_site.core.counting import count_rows
from gatekeeper_site.version import VERSION
from gatekeeper_site.work.models import Worker
from gatekeeper_site.work.selectors import WORKER_SEEN_WITHIN

MAX_WORKERS = 20

# The queue's own tables are not for people's hands.
admin.site.unregister(
    [
        django_q.admin.Schedule,
        django_q.admin.Success,
        django_q.admin.Failure,
        django_q.admin.OrmQ,
    ]
)


@admin.register(Worker)
class WorkerAdmin(GatekeeperAdmin):
    """The worker processes."""

    is_for_admins = True
    list_display = ("name", "state", "started_at", "seen_at")
    fields = list_display
    sortable_by = ("name", "seen_at")

    @admin.display(description="state")
    def state(self, worker: Worker) -> SafeString:
        """Return whether the worker was seen lately."""
        return worker_badge(worker)


def worker_badge(worker: Worker) -> SafeString:
    """Return whether a worker was seen lately, by what `/readyz` takes for lately."""
    return badge("working", "green") if is_seen(worker) else badge("not seen", "red")


def is_seen(worker: Worker) -> bool:
    """Tell whether a worker was seen lately."""
    return worker.seen_at >= clock.now() - WORKER_SEEN_WITHIN


def dashboard_cards(caller: Caller) -> Iterator[Card]:
    """Yield how many tasks wait, and whether the workers are at work."""
    # What is running, or was and is tried again later, is locked until a time to come.
    waiting = OrmQ.objects.filter(lock__lte=clock.now())
    oldest = waiting.order_by("id").values_list("lock", flat=True).first()
    number = count_rows(waiting)
    yield Figure(
        "Tasks in the queue",
        f"{'' if number.is_exact else 'about '}{number.number:,}",
        "None waits." if oldest is None else moment(oldest),
    )
    known = list(Worker.objects.order_by("-seen_at")[:MAX_WORKERS])
    seen = [worker for worker in known if is_seen(worker)]
    url = list_url(Worker) if caller.is_admin else ""
    words: Any = f"{len(seen)} at work." if seen else "None is: orders wait, and nothing is swept."
    if known and not seen:
        words = format_html("{} The last was seen {}.", words, moment(known[0].seen_at))
    yield Health("Workers", bool(seen), words, url)
    yield Health("Web", True, f"It answers, version {VERSION}.")
