"""What operators do with messages of the MANO that could not be applied, and the audit of it."""

from typing import Literal

from django.db import transaction

from gatekeeper_site.audit.services import difference, entry_about, kept_value, write_audit_entries
from gatekeeper_site.core.parsing import storable

LETTER = "dead_letter"


def settle_dead_letter(*, letter_id: str, deed: Literal["retry", "discard"]) -> bool:
    """Have the listeners take a dead letter again, or discard it; tell whether it was there.

    Raises:
        amqp.BROKER_FAULTS: the broker is away.
    """
    # Without RabbitMQ, processes are spared pika.
    from requests_app.mano import dead_letters

    deeds = {"retry": dead_letters.retry_dead_letter, "discard": dead_letters.discard_dead_letter}
    letter = deeds[deed](letter_id)
    if letter is None:
        return False
    # The audit is all that is left of one that is discarded.
    members = ("topic", "correlation_id", "reason", "body")
    before = {member: kept_value(storable(getattr(letter, member))) for member in members}
    with transaction.atomic():
        write_audit_entries(
            [
                entry_about(
                    action=deed,
                    object_type=LETTER,
                    object_id=letter.id,
                    changes=difference(before, {}),
                )
            ]
        )
    return True
