"""Admin page of the workers, for the role admin."""

import django_q.admin
from django.contrib import admin
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.base import GatekeeperAdmin, badge
from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker
from gatekeeper_site.work.selectors import WORKER_SEEN_WITHIN

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
