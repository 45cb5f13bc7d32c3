"""The Django app of the HA routers, HA interfaces, VLAN pools and gateways."""

from django.apps import AppConfig


class HaAppConfig(AppConfig):
    """The app `ha_app`, as the admin names it."""

    name = "ha_app"
    verbose_name = "HA edge routers"

    def ready(self) -> None:
        """Register what the site asks this app for, and have its settings checked."""
        from django.conf import settings

        from gatekeeper_site.core import registry
        from ha_app import checks, metrics, models, services  # noqa: F401 - checks register themselves
        from ha_app.etcd.readiness import etcd_check
        from ha_app.services import retention

        registry.sweeps |= {
            services.sweep_pending: 0.5,
            services.sample_uses: 60,
            services.forget_uses: 3600,
        }
        registry.retention |= {
            "ha_router_events": retention.old_ha_router_events,
            "ha_interface_events": retention.old_ha_interface_events,
            "gateway_events": retention.old_gateway_events,
        }
        registry.tenant_models += [models.HaRouter, models.HaInterface, models.Gateway]
        registry.metrics += [metrics.ha_object_metrics, metrics.mirror_metrics]
        registry.peer_checks["etcd"] = etcd_check
        registry.conflict_codes |= services.CONFLICTS
        registry.maintenance["check_vlan_pools"] = registry.MaintenanceCommand(
            "Check the VLAN pools",
            "Compares the bitmap and the counters of each HA interface with its gateways. Who "
            "allocates on an HA router waits while that one is compared.",
            (registry.MaintenanceOption("--repair", "Rebuild what differs", False),),
        )
        if settings.ETCD_ENDPOINTS:
            registry.maintenance["reconcile_etcd"] = registry.MaintenanceCommand(
                "Compare etcd with the database",
                "Compares every key of the mirror and each agent's answer with the database.",
                (registry.MaintenanceOption("--repair", "Put right what differs", False),),
            )
