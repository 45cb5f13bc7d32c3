"""`manage.py listen_mano`: applies what the SONATA MANO says over RabbitMQ."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gatekeeper_site.core.registry import SETTINGS
from requests_app.mano import listener


class Command(BaseCommand):
    """Several may run, on any number of machines."""

    help = "Apply what the SONATA MANO says over RabbitMQ, until SIGTERM or SIGINT."
    requires_system_checks = [SETTINGS]

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen.

        Raises:
            CommandError: another driver of the MANO is configured.
        """
        if settings.MANO_DRIVER != "sonata":
            raise CommandError(
                f"MANO_DRIVER is {settings.MANO_DRIVER!r}: only with sonata is there a broker to "
                "listen to."
            )
        listener.run()
