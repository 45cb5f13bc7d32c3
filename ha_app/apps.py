"""The Django app of the HA routers, HA interfaces, VLAN pools and gateways."""

from django.apps import AppConfig


class HaAppConfig(AppConfig):
    """The app `ha_app`, as the admin names it."""

    name = "ha_app"
    verbose_name = "HA edge routers"

    def ready(self) -> None:
        """Check the app's settings at each start, and name its conflicts to the schema."""
        from django.core.checks import register

        from gatekeeper_site.core.registry import conflict_codes
        from ha_app.checks import check_etcd, check_reserved_vlans
        from ha_app.services import CONFLICTS

        register(check_reserved_vlans)
        register(check_etcd)
        conflict_codes(CONFLICTS)
