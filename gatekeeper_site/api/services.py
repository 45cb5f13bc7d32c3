"""What is done with kept answers beside any call: no HTTP."""

from datetime import timedelta

from gatekeeper_site.api.models import IdempotentAnswer
from gatekeeper_site.core import clock
from gatekeeper_site.core.retention import delete_batch

KEPT_FOR = timedelta(hours=24)
CONFLICTS = {"idempotency_in_flight": "The first call with this Idempotency-Key has not ended yet."}


def forget_old_answers() -> int:
    """Delete a batch of the answers that are not kept any longer; return how many (a sweep)."""
    return delete_batch(IdempotentAnswer.objects.filter(created_at__lt=clock.now() - KEPT_FOR))
