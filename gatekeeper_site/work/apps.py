"""Work for later, and the processes that do it."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The task queue, the workers, the outbox."""

    name = "gatekeeper_site.work"
    verbose_name = "Work"
