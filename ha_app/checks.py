"""Refuses settings that could not work (Django's system checks)."""

import os
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from gatekeeper_site.core.registry import SETTINGS
from ha_app import vlan_pool
from ha_app.etcd.endpoints import Endpoint, InvalidEndpointError, parse_endpoint


@register(SETTINGS)
def check_reserved_vlans(**kwargs: Any) -> list[CheckMessage]:
    """Check that HA_RESERVED_VLANS is a list of VLANs."""
    try:
        vlan_pool.parse_ranges(settings.HA_RESERVED_VLANS)
    except vlan_pool.InvalidVlanError as error:
        return [Error(f"HA_RESERVED_VLANS: {error}", id="ha_app.E001")]
    return []


@register(SETTINGS)
def check_etcd(**kwargs: Any) -> list[CheckMessage]:
    """Check that the settings of etcd fit together, and that its certificates can be read."""
    try:
        endpoints = [parse_endpoint(text) for text in settings.ETCD_ENDPOINTS]
    except InvalidEndpointError as error:
        return [Error(f"ETCD_ENDPOINTS: {error}.", id="ha_app.E002")]
    return [*check_etcd_certificates(endpoints), *check_etcd_password(endpoints)]


def check_etcd_certificates(endpoints: list[Endpoint]) -> list[CheckMessage]:
    """Check what the connections to etcd are encrypted with, if they are."""
    files = {name: getattr(settings, name) for name in ("ETCD_CA_CERT", "ETCD_CERT", "ETCD_KEY")}
    given = {name: path for name, path in files.items() if path}
    with_tls = [endpoint.is_tls for endpoint in endpoints]
    errors: list[CheckMessage] = [
        Error(f"{name}: {path!r} is not a file that can be read.", id="ha_app.E005")
        for name, path in given.items()
        if not (os.path.isfile(path) and os.access(path, os.R_OK))
    ]
    if any(with_tls) and not all(with_tls):
        text = "ETCD_ENDPOINTS names both http:// and https://: use one of them."
        errors.append(Error(text, id="ha_app.E003"))
    if given and endpoints and not any(with_tls):
        text = f"{', '.join(given)} given, but ETCD_ENDPOINTS is http://, without encryption."
        errors.append(Error(text, id="ha_app.E004"))
    if bool(settings.ETCD_CERT) != bool(settings.ETCD_KEY):
        errors.append(Error("ETCD_CERT and ETCD_KEY are given together.", id="ha_app.E006"))
    return errors


def check_etcd_password(endpoints: list[Endpoint]) -> list[CheckMessage]:
    """Check that etcd's password is not sent over a network for all to read."""
    if bool(settings.ETCD_USERNAME) != bool(settings.ETCD_PASSWORD):
        return [Error("ETCD_USERNAME and ETCD_PASSWORD are given together.", id="ha_app.E007")]
    open_ones = [each.target for each in endpoints if not (each.is_tls or each.is_loopback)]
    if not (settings.ETCD_PASSWORD and open_ones):
        return []
    text = f"ETCD_PASSWORD would be sent unencrypted to {', '.join(open_ones)}: use https://."
    return [Error(text, id="ha_app.E008")]
