"""Pieces of the admin's pages of HA objects: statuses, and bars of use."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.html import badge
from ha_app.models import Status
from ha_app.selectors import NEARLY_FULL

STATUS_COLOURS = {
    Status.PENDING_CREATE: "blue",
    Status.PENDING_UPDATE: "orange",
    Status.PENDING_DELETE: "orange",
    Status.ACTIVE: "green",
    Status.DOWN: "red",
    Status.MONITORING_UNAVAILABLE: "grey",
    Status.ERROR: "red",
}
# Above which share of a capacity its bar turns orange, and red.
MUCH, NEARLY_ALL = 0.8, NEARLY_FULL


def status_badge(status: str) -> SafeString:
    """Return a status, coloured."""
    return badge(status, STATUS_COLOURS[Status(status)])


def use_of(available: int, maximum: int) -> SafeString:
    """Return how much of a capacity is in use, as a bar and in numbers."""
    used = maximum - available
    share = used / maximum if maximum else 0
    level = "nearly-all" if share > NEARLY_ALL else "much" if share > MUCH else "some"
    return format_html(
        '<span class="gatekeeper-use {}"><svg viewBox="0 0 1 1" preserveAspectRatio="none" '
        'aria-hidden="true"><rect width="{}" height="1"/></svg>{} of {}</span>',
        level,
        f"{share:.3f}",
        used,
        maximum,
    )
