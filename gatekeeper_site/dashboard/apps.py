"""The admin's first page."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    """What the admin site shows first."""

    name = "gatekeeper_site.dashboard"
    verbose_name = "Dashboard"
