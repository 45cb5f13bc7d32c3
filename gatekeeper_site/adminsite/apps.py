"""The operators' site."""

from django.apps import AppConfig


class AdminsiteConfig(AppConfig):
    """Theme, base classes of pages, and the dashboard."""

    name = "gatekeeper_site.adminsite"
    verbose_name = "Admin site"
