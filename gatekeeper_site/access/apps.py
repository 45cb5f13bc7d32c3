"""Who may call."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """Users, tokens, roles, logins, throttling."""

    name = "gatekeeper_site.access"
    verbose_name = "Access"
