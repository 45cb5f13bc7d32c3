"""The app that the three others share."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Access, API conventions, the task queue."""

    name = "gatekeeper_site.core"
    label = "core"
    verbose_name = "Access and platform"
