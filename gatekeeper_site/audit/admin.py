"""Admin page of the audit, for the role admin."""

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import lines
from gatekeeper_site.audit.models import AuditEntry


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
