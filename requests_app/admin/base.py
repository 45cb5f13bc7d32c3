"""What the admin's pages about requests share."""

from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.base import badge
from requests_app import states

STATE_COLOURS = {"NEW": "blue", "IN_PROGRESS": "orange", "SUCCEEDED": "green", "ERROR": "red"}


def status_badge(status: str) -> SafeString:
    """Return a request's status in the colour of its state."""
    return badge(status, STATE_COLOURS[states.STATE_OF_STATUS[status]])
