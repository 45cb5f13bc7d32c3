"""Descriptors and records: what there is."""

from django.apps import AppConfig


class RecordsAppConfig(AppConfig):
    """What can be instantiated, and what has been."""

    name = "records_app"
    verbose_name = "Descriptors and records"

    def ready(self) -> None:
        """Declare the codes of conflicts, for the OpenAPI schema."""
        from gatekeeper_site.core.registry import conflict_codes
        from records_app.services import CONFLICTS

        conflict_codes(CONFLICTS)
