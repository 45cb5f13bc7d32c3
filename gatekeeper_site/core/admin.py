"""Admin pages of workers and the audit, for the role admin; those of users are access's own."""

import json
from typing import Any

import django_q.admin
from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gatekeeper_site.core import clock
from gatekeeper_site.core.access import admin as access_admin  # noqa: F401 - registers itself
from gatekeeper_site.core.admin_base import GatekeeperAdmin, badge, lines
from gatekeeper_site.core.audit.models import AuditEntry
from gatekeeper_site.core.health import WORKER_SEEN_WITHIN
from gatekeeper_site.core.models import Worker

# The queue's own tables are not for people's hands.
admin.site.unregister(
    [
        django_q.admin.Schedule,
        django_q.admin.Success,
        django_q.admin.Failure,
        django_q.admin.OrmQ,
    ]
)
# What may be deleted at all is deleted one by one: each is checked by its service.
admin.site.disable_action("delete_selected")


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


@admin.register(AuditEntry)
class AuditEntryAdmin(GatekeeperAdmin):
    """The audit: read, never written by hand."""

    is_for_admins = True
    list_display = (
        "at",
        "actor",
        "via_word",
        "action",
        "object_type",
        "object_id",
        "tenant_id",
        "request_id",
    )
    list_filter = ("via", ("at", admin.DateFieldListFilter))
    list_defer = ("changes", "traceparent")
    search_fields = ("object_id", "request_id")
    search_help_text = "Id of an object or of a request, or tenant, each in full"
    sortable_by = ("at",)
    ordering = ("-at", "-id")
    fields = (
        "at",
        "actor",
        "via_word",
        "user_id",
        "token_id",
        "address",
        "request_id",
        "traceparent",
        "tenant_id",
        "action",
        "object_type",
        "object_id",
        "printed_changes",
    )

    def found(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Return the entries of an object or a request, by their indexes."""
        rows = super().found(queryset, term)
        if rows is not None:
            return rows
        # Callers choose what their request ids look like, and users and tokens have numbers.
        of_request = queryset.filter(request_id=term)
        return of_request if of_request.exists() else queryset.filter(object_id=term)

    @admin.display(description="via")
    def via_word(self, row: AuditEntry) -> str:
        """Return the way in without what it means."""
        return row.via

    @admin.display(description="changes")
    def printed_changes(self, row: AuditEntry) -> SafeString | str:
        """Return each member with what it was and became."""
        return lines(
            [
                format_html("<b>{}</b>: {} → {}", name, *(json.dumps(value) for value in values))
                for name, values in sorted(row.changes.items())
            ]
        )


def worker_badge(worker: Worker) -> SafeString:
    """Return whether a worker was seen lately, by what `/readyz` takes for lately."""
    is_seen = worker.seen_at >= clock.now() - WORKER_SEEN_WITHIN
    return badge("working", "green") if is_seen else badge("not seen", "red")
