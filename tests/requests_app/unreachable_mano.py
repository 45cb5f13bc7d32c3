"""A driver of a MANO that cannot be reached, or of which nobody knows whether it was."""

from records_app.models import DescriptorFormat
from requests_app.mano.protocol import NotSent, Order

FORMATS = frozenset(DescriptorFormat)
CAN_UPDATE = True
CAN_BE_ASKED = False
IS_REPEATABLE = False
ACCEPTED_PER_SECOND: float | None = None
reason: Exception | None = NotSent("connection refused")
sent: list[Order] = []


def send(order: Order) -> None:
    """Fail for the reason that the test has set, or keep the order."""
    if reason is not None:
        raise reason
    sent.append(order)
