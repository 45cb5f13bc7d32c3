"""What happened to an object, below its page."""

from collections.abc import Callable

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.inlines import ShownInline
from gatekeeper_site.core.status_events import StatusEvent

EVENTS_PER_PAGE = 50


class StatusEventInline(ShownInline):
    """An object's events; a subclass says how a status of it looks."""

    # Returns a status, coloured.
    status_badge: Callable[[str], SafeString]
    verbose_name_plural = "events"
    per_page = EVENTS_PER_PAGE
    fields = ("at", "change", "actor", "message")
    readonly_fields = fields

    @admin.display(description="status")
    def change(self, event: StatusEvent) -> SafeString:
        """Return the change of status; the bare status where it stayed."""
        to_status = self.status_badge(event.to_status)
        if event.from_status in ("", event.to_status):
            return to_status
        return format_html("{} → {}", self.status_badge(event.from_status), to_status)
