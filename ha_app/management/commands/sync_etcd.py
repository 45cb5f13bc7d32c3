"""`manage.py sync_etcd`: mirrors HA objects to etcd and applies the agents' answers."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gatekeeper_site.core.registry import SETTINGS
from ha_app.etcd import sync


class Command(BaseCommand):
    """Several may run, on any number of machines; one leads."""

    help = "Mirror HA objects to etcd and apply the agents' answers, until SIGTERM or SIGINT."
    requires_system_checks = [SETTINGS]

    def handle(self, *args: Any, **options: Any) -> None:
        """Mirror and watch.

        Raises:
            CommandError: no etcd is configured.
        """
        if not settings.ETCD_ENDPOINTS:
            raise CommandError("ETCD_ENDPOINTS is empty: there is no etcd to mirror to.")
        sync.run()
