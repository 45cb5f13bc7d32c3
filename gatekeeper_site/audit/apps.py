"""Who changed what."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit."""

    name = "gatekeeper_site.audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        """Register what the site asks this room for."""
        from gatekeeper_site.audit import services
        from gatekeeper_site.core import registry

        registry.retention["audit_entries"] = services.old_entries
