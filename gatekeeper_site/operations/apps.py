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
        registry.maintenance["purge"] = registry.MaintenanceCommand(
            "Forget what is old",
            "Deletes for good what ended or happened before then: requests with their events, "
            "answers and callbacks, the audit, events of HA objects, ended tokens. What is in "
            "progress and what runs stays.",
            (
                registry.MaintenanceOption("--older-than", "Older than (days)", 90.0),
                registry.MaintenanceOption(
                    "--records", "Also the records of terminated services", False
                ),
                registry.MaintenanceOption("--dry-run", "Only count", True),
            ),
        )
