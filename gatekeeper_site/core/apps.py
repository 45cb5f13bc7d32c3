"""The app that the three others share."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Access, API conventions, the task queue."""

    name = "gatekeeper_site.core"
    label = "core"
    verbose_name = "Access and platform"

    def ready(self) -> None:
        """Make the ways to authenticate known to the OpenAPI schema, and the checks of settings."""
        from gatekeeper_site.core import checks  # noqa: F401 - they register themselves
        from gatekeeper_site.core.api import schema  # noqa: F401 - its classes register themselves
