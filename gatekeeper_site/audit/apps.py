"""Who changed what."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit."""

    name = "gatekeeper_site.audit"
    verbose_name = "Audit"
