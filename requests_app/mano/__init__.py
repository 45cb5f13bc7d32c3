"""The MANOs (orchestrators) that requests are handed to: one protocol, several drivers."""

from importlib import import_module

from django.conf import settings

from requests_app.mano.protocol import Driver

DRIVERS = {
    "simulator": "requests_app.mano.simulator",
    "sonata": "requests_app.mano.sonata",
    "osm": "requests_app.mano.osm",
}


def driver() -> Driver:
    """Return the driver that the setting MANO_DRIVER names (`checks.py` refuses others)."""
    module: Driver = import_module(DRIVERS[settings.MANO_DRIVER])
    return module
