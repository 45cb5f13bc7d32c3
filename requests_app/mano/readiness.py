"""Whether the MANO's broker answers, for `/readyz` and `/mano`."""

import logging

from django.conf import settings

from gatekeeper_site.core.peers import peers

logger = logging.getLogger(__name__)


def mano_check() -> str | None:
    """Return "ok", what is wrong with RabbitMQ, or None if there is to be none.

    Why it does not answer is in the log: anybody may read `/readyz`, and the reason names hosts.
    """
    if settings.MANO_DRIVER != "sonata":
        return None
    # Without RabbitMQ, a web process is spared pika.
    from requests_app.mano import amqp

    try:
        with amqp.connected("readiness"):
            return "ok"
    except amqp.BROKER_FAULTS as error:
        logger.warning("RabbitMQ does not answer: %s", amqp.fault_text(error))
        return "does not answer"


def is_reachable() -> bool:
    """Tell whether the MANO answers, as far as is known: the embedded simulator always does."""
    return peers()["mano"].answer() in (None, "ok")
