"""Admin page of the workers, for the role admin."""

from typing import Any

import django_q.admin
from django.contrib import admin
from django.utils.safestring import SafeString
from django_q.models import OrmQ

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import badge
from gatekeeper_site.core import clock, registry
from gatekeeper_site.core.counting import count_rows
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
    is_seen = worker.seen_at >= clock.now() - WORKER_SEEN_WITHIN
    return badge("working", "green") if is_seen else badge("not seen", "red")


def dashboard_card(caller: Caller) -> dict[str, Any]:
    """Return how many tasks wait, and the workers."""
    return {
        "tasks_waiting": count_rows(OrmQ.objects.all()),
        "workers": {
            "headers": ["worker", "state", "seen"],
            "rows": [
                [worker.name, worker_badge(worker), worker.seen_at]
                for worker in Worker.objects.order_by("-seen_at")[:MAX_WORKERS]
            ],
        },
    }


registry.dashboard_cards.append(dashboard_card)
