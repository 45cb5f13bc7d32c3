"""Refuses settings that this app cannot work with."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from gatekeeper_site.core.registry import SETTINGS
from requests_app.mano import DRIVERS


@register(SETTINGS)
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


@register(SETTINGS)
def check_mano_broker(**kwargs: Any) -> list[CheckMessage]:
    """Check that MANO_AMQP_URL says where the SONATA MANO's broker is."""
    if settings.MANO_DRIVER != "sonata":
        return []
    # Without RabbitMQ, processes are spared pika.
    from requests_app.mano import amqp

    try:
        wanted = amqp.parameters(settings.MANO_AMQP_URL, name="check")
    except ValueError as error:
        text = f"MANO_AMQP_URL, which MANO_DRIVER=sonata needs: {error}."
        return [Error(text, id="requests_app.E002")]
    names = ("MANO_AMQP_CA_CERT", "MANO_AMQP_CERT", "MANO_AMQP_KEY")
    given = [name for name in names if getattr(settings, name)]
    if given and wanted.ssl_options is None:
        text = f"{', '.join(given)} given, but MANO_AMQP_URL is amqp://, without encryption."
        return [Error(text, id="requests_app.E003")]
    if settings.MANO_AMQP_KEY and not settings.MANO_AMQP_CERT:
        return [Error("MANO_AMQP_KEY is given without MANO_AMQP_CERT.", id="requests_app.E004")]
    return []


@register(SETTINGS)
def check_osm(**kwargs: Any) -> list[CheckMessage]:
    """Check that the settings say where OSM is, and as whom it is called."""
    if settings.MANO_DRIVER != "osm":
        return []
    from requests_app.mano.osm.nbi import new_context, url_fault

    names = ("OSM_URL", "OSM_USERNAME", "OSM_PASSWORD", "OSM_PROJECT", "OSM_VIM_ACCOUNT")
    missing = [name for name in names if not getattr(settings, name).strip()]
    if missing:
        text = f"MANO_DRIVER=osm needs {', '.join(missing)}: empty or not set."
        return [Error(text, id="requests_app.E005")]
    if fault := url_fault(settings.OSM_URL):
        return [Error(f"OSM_URL: {fault}.", id="requests_app.E006")]
    if settings.OSM_CA_CERT and settings.OSM_URL.startswith("http://"):
        text = "OSM_CA_CERT is given, but OSM_URL is http://, without encryption."
        return [Error(text, id="requests_app.E007")]
    try:
        new_context()
    except OSError as error:
        text = f"OSM_CA_CERT, {settings.OSM_CA_CERT!r}, is no file with certificates: {error}."
        return [Error(text, id="requests_app.E008")]
    return []
