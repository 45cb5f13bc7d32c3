"""`manage.py load_demo`: onboards the demo descriptors."""

from typing import Any

from django.core.management.base import BaseCommand

from gatekeeper_site.core.registry import SETTINGS
from records_app.services import onboard_demo


class Command(BaseCommand):
    """Loads what is missing; what is there stays as it is."""

    help = "Onboard the demo descriptors, readable by every tenant."
    requires_system_checks = [SETTINGS]

    def handle(self, *args: Any, **options: Any) -> None:
        """Onboard them once: doing it again changes nothing."""
        onboard_demo()
