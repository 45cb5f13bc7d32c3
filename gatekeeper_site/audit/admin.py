"""Admin page of the audit, for the role admin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.urls import URLPattern
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.history import (
    call_link,
    call_urls,
    changes_line,
    changes_table,
    object_of,
    who,
)
from gatekeeper_site.audit.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(GatekeeperAdmin):
    """The audit: read, never written by hand."""

    is_for_admins = True
    list_display = (
        "at",
        "who",
        "action",
        "short_object",
        "what_changed",
        "tenant_id",
    )
    list_filter = ("via", ("at", admin.DateFieldListFilter))
    list_defer = ("traceparent",)
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
        "call",
        "traceparent",
        "tenant_id",
        "action",
        "object",
        "printed_changes",
    )

    def get_urls(self) -> list[URLPattern]:
        """Return the pages of entries, and that of all that a call has caused."""
        return [*call_urls(self.admin_site), *super().get_urls()]

    def found(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Return the entries of an object or a request, by their indexes."""
        rows = super().found(queryset, term)
        if rows is not None:
            return rows
        # Callers choose what their request ids look like, and users and tokens have numbers.
        of_request = queryset.filter(request_id=term)
        return of_request if of_request.exists() else queryset.filter(object_id=term)

    @admin.display(description="who")
    def who(self, row: AuditEntry) -> SafeString:
        """Return who made the change, by which way, and a link to all that the call has caused."""
        return who(row)

    @admin.display(description="what changed")
    def what_changed(self, row: AuditEntry) -> str:
        """Return the change in a line, or its beginning."""
        return changes_line(row.changes)

    @admin.display(description="via")
    def via_word(self, row: AuditEntry) -> str:
        """Return the way in without what it means."""
        return row.via

    @admin.display(description="request id")
    def call(self, row: AuditEntry) -> SafeString | str:
        """Return a link to all that the call has caused."""
        return call_link(row.request_id)

    @admin.display(description="object")
    def object(self, row: AuditEntry) -> SafeString | str:
        """Return a link to what has changed."""
        return object_of(row)

    @admin.display(description="object")
    def short_object(self, row: AuditEntry) -> SafeString | str:
        """Return a link to what has changed, by the beginning of its id."""
        return object_of(row, is_short=True)

    @admin.display(description="changes")
    def printed_changes(self, row: AuditEntry) -> SafeString | str:
        """Return each member with what it was and became."""
        return changes_table(row.changes)
