"""Refuses settings that this app cannot work with."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from requests_app.mano import DRIVERS


@register
def check_mano_driver(**kwargs: Any) -> list[CheckMessage]:
    """Check that MANO_DRIVER names a driver."""
    if settings.MANO_DRIVER in DRIVERS:
        return []
    return [
        Error(
            f"MANO_DRIVER is {settings.MANO_DRIVER!r}, which is not one of: {', '.join(DRIVERS)}.",
            id="requests_app.E001",
        )
    ]


@register
def check_mano_broker(**kwargs: Any) -> list[CheckMessage]:
    """Check that MANO_AMQP_URL says where the SONATA MANO's broker is."""
    if settings.MANO_DRIVER != "sonata":
        return []
    # Without RabbitMQ, processes are spared pika.
    from requests_app.mano import amqp

    try:
        amqp.parameters(settings.MANO_AMQP_URL, name="check")
    except ValueError as error:
        text = f"MANO_AMQP_URL, which MANO_DRIVER=sonata needs: {error}."
        return [Error(text, id="requests_app.E002")]
    return []
