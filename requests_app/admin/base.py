"""What the admin's pages about requests share."""

from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.html import badge
from requests_app import states

# How much of an error lists show.
MAX_ERROR_LENGTH = 60
STATE_COLOURS = {"NEW": "blue", "IN_PROGRESS": "orange", "SUCCEEDED": "green", "ERROR": "red"}


def status_badge(status: str) -> SafeString:
    """Return a request's status in the colour of its state."""
    return badge(status, STATE_COLOURS[states.STATE_OF_STATUS[status]])


def shortened(text: str) -> str:
    """Return a text, or its beginning."""
    return text if len(text) <= MAX_ERROR_LENGTH else f"{text[:MAX_ERROR_LENGTH]}…"
