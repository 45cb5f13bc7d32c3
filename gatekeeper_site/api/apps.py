"""What every endpoint does."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Bodies, problems, pages, filters, idempotency."""

    name = "gatekeeper_site.api"
    verbose_name = "API"

    def ready(self) -> None:
        """Register what the site asks this room for."""
        from gatekeeper_site.api import services
        from gatekeeper_site.core import registry

        registry.sweeps[services.forget_old_answers] = 60
        registry.conflict_codes |= services.CONFLICTS
