"""How the whole is run and watched."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Health, metrics, and the commands that prepare and purge."""

    name = "gatekeeper_site.operations"

    def ready(self) -> None:
        """Register what the site asks for of Django's own, and have the settings checked."""
        from gatekeeper_site import checks  # noqa: F401 - they register themselves
        from gatekeeper_site.core import registry, retention

        registry.retention["sessions"] = retention.old_sessions
        registry.retention["admin_log"] = retention.old_admin_log
