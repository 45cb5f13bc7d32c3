"""Connections to the NBI, and which URLs of one there may be."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection

from gatekeeper_site.webhooks.sending import shut_down_at, trusted_authorities

DEFAULT_PORTS = {"http": 80, "https": 443}


@contextmanager
def in_time(connection: HTTPConnection, ends_at: float) -> Iterator[None]:
    """Break a connection at a moment, also while single bytes keep arriving."""
    connection.timeout = max(ends_at - time.monotonic(), 0.001)
    if connection.sock is not None:
        connection.sock.settimeout(connection.timeout)
    with shut_down_at(ends_at, connection.sock):
        yield


def new_connection(timeout: float) -> HTTPConnection:
    """Return a connection to the NBI, not yet open.

    Raises:
        OSError: the file with the CA cannot be read.
    """
    parts = urlsplit(settings.OSM_URL)
    host = parts.hostname or ""
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    if parts.scheme == "http":
        return HTTPConnection(host, port, timeout=timeout)
    context = new_context()
    return HTTPSConnection(host, port, timeout=timeout, ssl_context=context, server_hostname=host)


def new_context() -> ssl.SSLContext:
    """Return what checks the NBI's certificate.

    Raises:
        OSError: OSM_CA_CERT cannot be read.
    """
    return trusted_authorities(settings.OSM_CA_CERT)


def target(path: tuple[str, ...], query: dict[str, str] | None) -> str:
    """Return what a call asks for: the path below OSM_URL, each part of it escaped."""
    prefix = urlsplit(settings.OSM_URL).path.rstrip("/")
    written = "/".join(quote(part, safe="") for part in path)
    # A comma separates several values, for the NBI.
    return f"{prefix}/{written}" + (f"?{urlencode(query, safe=',')}" if query else "")


def url_fault(url: str) -> str | None:
    """Return what is wrong with a URL of an NBI, if anything is."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        return str(error)
    if parts.scheme not in DEFAULT_PORTS or not host or (port is not None and port < 1):
        return "it is no URL such as https://host:9999/osm"
    if parts.username or parts.query or parts.fragment:
        return "it has more than scheme, host, port and path"
    if parts.scheme == "http" and not is_loopback(host):
        return "over http:// the password goes to this machine alone: use https://"
    return None


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
