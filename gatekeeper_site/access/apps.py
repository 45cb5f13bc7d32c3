"""Who may call."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Users, tokens, roles, logins, throttling."""

    name = "gatekeeper_site.access"
    verbose_name = "Access"

    def ready(self) -> None:
        """Register what the site asks this room for."""
        from gatekeeper_site.access import services, windows
        from gatekeeper_site.core import registry

        registry.sweeps[windows.sweep_throttle_windows] = 60
        registry.retention["tokens"] = services.old_tokens
