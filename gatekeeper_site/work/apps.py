"""Work for later, and the processes that do it."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The task queue, the workers, the outbox."""

    name = "gatekeeper_site.work"
    verbose_name = "Work"

    def ready(self) -> None:
        """Register what the site asks this room for."""
        from gatekeeper_site.core import registry
        from gatekeeper_site.work import maintenance, metrics, retention

        registry.sweeps[maintenance.tend_maintenance] = 1
        registry.retention["failed_tasks"] = retention.old_failed_tasks
        registry.retention["maintenance_runs"] = maintenance.old_runs
        registry.metrics += [metrics.worker_metrics, metrics.queue_metrics]
