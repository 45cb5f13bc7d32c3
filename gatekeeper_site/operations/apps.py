"""How the whole is run and watched."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """Health, metrics, and the commands that prepare and purge."""

    name = "gatekeeper_site.operations"

    def ready(self) -> None:
        """Have the settings checked."""
        from gatekeeper_site import checks  # noqa: F401 - they register themselves
