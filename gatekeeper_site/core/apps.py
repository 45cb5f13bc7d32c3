"""What every room of the site rests on."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Clock, origin, refusals, documents, counters: no HTTP."""

    name = "gatekeeper_site.core"
    verbose_name = "Core"
