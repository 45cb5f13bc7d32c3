"""Descriptors and records: what there is."""

from django.apps import AppConfig


class RecordsAppConfig(AppConfig):
    """What can be instantiated, and what has been."""

    name = "records_app"
    verbose_name = "Descriptors and records"

    def ready(self) -> None:
        """Register what the site asks this app for."""
        from gatekeeper_site.core import registry
        from records_app import models
        from records_app.services import CONFLICTS

        registry.conflict_codes |= CONFLICTS
        registry.tenant_models += [
            models.ServiceDescriptor,
            models.FunctionDescriptor,
            models.ServiceRecord,
            models.FunctionRecord,
        ]
