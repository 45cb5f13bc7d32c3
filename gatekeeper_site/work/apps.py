"""Work for later, and the processes that do it."""

from typing import TYPE_CHECKING, Any

from django.apps import AppConfig

if TYPE_CHECKING:
    from gatekeeper_site.access.caller import Caller


def dashboard_card(caller: "Caller") -> dict[str, Any]:
    """Return what the dashboard shows of the queue and the workers."""
    # Only where pages are served is there an admin.
    from gatekeeper_site.work import admin

    return admin.dashboard_card(caller)


class WorkConfig(AppConfig):
    """The task queue, the workers, the outbox."""

    name = "gatekeeper_site.work"
    verbose_name = "Work"

    def ready(self) -> None:
        """Register what the site asks this room for."""
        from gatekeeper_site.core import registry
        from gatekeeper_site.work import metrics, retention

        registry.retention["failed_tasks"] = retention.old_failed_tasks
        registry.metrics += [metrics.worker_metrics, metrics.queue_metrics]
        registry.dashboard_cards.append(dashboard_card)
