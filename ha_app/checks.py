"""Refuses settings that could not work (Django's system checks)."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from ha_app import vlan_pool


def check_reserved_vlans(**kwargs: Any) -> list[CheckMessage]:
    """Check that HA_RESERVED_VLANS is a list of VLANs."""
    try:
        vlan_pool.parse_ranges(settings.HA_RESERVED_VLANS)
    except vlan_pool.InvalidVlanError as error:
        return [Error(f"HA_RESERVED_VLANS: {error}", id="ha_app.E001")]
    return []
