"""Calls to customers' systems (contract: requests-and-records.md, Callbacks).

Deliveries come with their own issue; here is what a request is checked for when it is taken.
"""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings

MAX_URL_LENGTH = 2000

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def callback_fault(url: str) -> str | None:
    """Return what is wrong with a callback's URL, or None.

    Names are looked up when something is delivered; a literal address in a forbidden network is
    wrong at once.
    """
    if len(url) > MAX_URL_LENGTH:
        return f"A URL has at most {MAX_URL_LENGTH} characters."
    if any(character <= " " or character == "\x7f" for character in url):
        return "A URL has no spaces or control characters."
    try:
        parts = urlsplit(url)
        host = parts.hostname
        _ = parts.port  # read for its check of the range
    except ValueError as error:
        return f"This is not a URL: {error}."
    if parts.scheme.lower() not in ("http", "https") or not host:
        return "This must be an absolute http or https URL."
    address = literal_address(host)
    if address is not None and is_forbidden(address):
        return f"The address {address} is in a network that callbacks may not reach."
    return None


def literal_address(host: str) -> Address | None:
    """Return the address that a host is in itself, also in the forms that inet_aton takes.

    `2130706433`, `0x7f.1` and `0177.0.0.1` all reach 127.0.0.1.
    """
    try:
        address: Address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        try:
            address = ipaddress.IPv4Address(socket.inet_aton(host))
        except (OSError, UnicodeEncodeError):
            return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def is_forbidden(address: Address) -> bool:
    """Tell whether callbacks may not go there: not public, and not allowed by the settings."""
    allowed = (ipaddress.ip_network(text) for text in settings.CALLBACK_ALLOWED_NETWORKS)
    if any(address in network for network in allowed):
        return False
    return not address.is_global or address.is_multicast
