"""The Django app of the HA routers, HA interfaces, VLAN pools and gateways."""

from django.apps import AppConfig


class HaAppConfig(AppConfig):
    """The app `ha_app`, as the admin names it."""

    name = "ha_app"
    verbose_name = "HA edge routers"
