"""Requests, their life, and the MANO: what is being done."""

from django.apps import AppConfig


class RequestsAppConfig(AppConfig):
    """Orders of customers, handed to the MANO and followed to their end."""

    name = "requests_app"
    verbose_name = "Requests"

    def ready(self) -> None:
        """Declare the codes of conflicts, for the OpenAPI schema, and the checks of settings."""
        from gatekeeper_site.core.registry import conflict_codes
        from requests_app import checks  # noqa: F401 - they register themselves
        from requests_app.services import callbacks, lifecycle

        conflict_codes(lifecycle.CONFLICTS | callbacks.CONFLICTS)
