"""Whether the MANO answers, for `/readyz`, `/mano` and the admin."""

import logging
from collections.abc import Callable

from django.conf import settings

from gatekeeper_site.core.peers import peers

logger = logging.getLogger(__name__)

NO_ANSWER = "does not answer"
# Who asks keeps others waiting.
OSM_SECONDS = 5.0


def mano_check() -> str | None:
    """Return "ok", what is wrong with the MANO, or None if it is the embedded one.

    Why it does not answer is in the log: anybody may read `/readyz`, and the reason names hosts.
    """
    checks: dict[str, Callable[[], str]] = {"sonata": broker_check, "osm": osm_check}
    check = checks.get(settings.MANO_DRIVER)
    return None if check is None else check()


def broker_check() -> str:
    """Return "ok", or what is wrong with RabbitMQ."""
    # Without RabbitMQ, a web process is spared pika.
    from requests_app.mano import amqp

    try:
        with amqp.connected("readiness"):
            return "ok"
    except amqp.BROKER_FAULTS as error:
        logger.warning("RabbitMQ does not answer: %s", amqp.fault_text(error))
        return NO_ANSWER


def osm_check() -> str:
    """Return "ok", or what is wrong with OSM's northbound interface, or unknown to it."""
    from requests_app.mano.osm import delivery, nbi

    session = nbi.Session(min(OSM_SECONDS, settings.OSM_TIMEOUT_SECONDS))
    try:
        delivery.vim_account(session)
    except nbi.LoginRefused:
        return "refuses the login (OSM_USERNAME, OSM_PASSWORD)"
    except nbi.UnknownProject:
        return "does not know the project (OSM_PROJECT)"
    except delivery.UnknownVimAccount:
        return "does not know the VIM account (OSM_VIM_ACCOUNT)"
    except (nbi.NotDone, nbi.Unclear, nbi.Refused) as error:
        logger.warning("OSM does not answer: %s", error)
        return NO_ANSWER
    finally:
        session.close()
    return "ok"


def is_reachable() -> bool:
    """Tell whether the MANO answers, as far as is known: the embedded simulator always does."""
    return fault() is None


def fault() -> str | None:
    """Return what is wrong with the MANO, as far as is known; None if nothing is."""
    answer = peers()["mano"].answer()
    return None if answer == "ok" else answer
