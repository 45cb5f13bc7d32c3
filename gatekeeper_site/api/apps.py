"""What every endpoint does."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Bodies, problems, pages, filters, idempotency."""

    name = "gatekeeper_site.api"
    verbose_name = "API"
