"""Requests, their life, and the MANO: what is being done."""

from django.apps import AppConfig
from django.conf import settings


class RequestsAppConfig(AppConfig):
    """Orders of customers, handed to the MANO and followed to their end."""

    name = "requests_app"
    verbose_name = "Requests"

    def ready(self) -> None:
        """Register what the site asks this app for, and have its settings checked."""
        from gatekeeper_site.core import registry
        from requests_app import checks, metrics, services  # noqa: F401 - checks register themselves
        from requests_app.mano import simulator
        from requests_app.mano.osm import following
        from requests_app.mano.readiness import mano_check
        from requests_app.models import Request
        from requests_app.services import callbacks, clean_up, retention, sync, transitions

        registry.sweeps |= {
            services.sweep_requests: 1,
            services.sweep_callbacks: 1,
            services.sweep_checks: 1,
            # To find new ones, all are looked through.
            services.sweep_new_instances: max(1, min(30, settings.MANO_SYNC_SECONDS)),
            simulator.sweep: 0.2,
            following.sweep: 0.2,
        }
        registry.new_work_obstacles += [services.unaccepted_beyond_limit, services.paused_states]
        registry.retention |= {
            "requests": retention.old_requests,
            # Records are held by requests, and so come after them; only with --records.
            "service_records": retention.old_service_records,
            "callback_hosts": retention.old_callback_hosts,
        }
        registry.tenant_models.append(Request)
        registry.metrics += [
            metrics.request_metrics,
            metrics.mano_metrics,
            metrics.sync_metrics,
            metrics.callback_metrics,
        ]
        registry.peer_checks["mano"] = mano_check
        for module in (transitions, callbacks, clean_up, sync):
            registry.conflict_codes |= module.CONFLICTS
