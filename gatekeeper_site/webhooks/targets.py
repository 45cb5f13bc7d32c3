"""Where callbacks may go.

A customer chooses where we connect to. So a name is resolved once, each of its addresses is judged,
and the connection goes to the judged address itself: a name that means something else a moment
later leads nowhere. The same holds for every redirect.
"""

import ipaddress
import logging
import queue
import socket
import threading
import time
from urllib.parse import quote, urljoin, urlsplit

from django.conf import settings
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

MAX_URL_LENGTH = 2000
RESOLVE_SECONDS = 3.0

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# What some releases of Python 3.11 hold to be public, clouds have metadata in the first one, and
# the address of Azure's own services, which is public by its number alone.
NOT_PUBLIC = (
    ipaddress.ip_network("168.63.129.16/32"),
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("192.88.99.0/24"),
    ipaddress.ip_network("3fff::/20"),
)


logger = logging.getLogger(__name__)


class CallFailed(Exception):
    """There is no final answer; the text says why."""


def callback_fault(url: str) -> str | None:
    """Return what is wrong with a callback's URL, or None.

    Names are looked up when something is delivered; a literal address in a forbidden network is
    wrong at once.
    """
    if fault := shape_fault(url):
        return fault
    address = literal_address(urlsplit(url).hostname or "")
    if address is not None and is_forbidden(address):
        return f"The address {address} is in a network that callbacks may not reach."
    return None


def shape_fault(url: str) -> str | None:
    """Return what is wrong with a URL wherever it leads, or None."""
    if len(url) > MAX_URL_LENGTH:
        return f"A URL has at most {MAX_URL_LENGTH} characters."
    if any(character <= " " or character == "\x7f" for character in url):
        return "A URL has no spaces or control characters."
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return "This is not a URL: its host is malformed."
    if parts.scheme.lower() not in ("http", "https") or not host:
        return "This must be an absolute http or https URL."
    try:
        is_port = parts.port != 0
    except ValueError:
        is_port = False
    if not is_port:
        port = parts.netloc.rpartition(":")[2]
        return f"'{port[:80]}' is not a port: a number from 1 to 65535."
    if "@" in parts.netloc:
        return "A URL for callbacks names no user."
    if not host.isascii():
        return "A host is written in ASCII: a name with other letters in its xn-- form."
    try:
        parse_url(url)
    except LocationParseError:
        return "This is not a URL."
    return None


def literal_address(host: str) -> Address | None:
    """Return the address that a host is in itself, also in the forms that inet_aton takes.

    `2130706433`, `0x7f.1` and `0177.0.0.1` all reach 127.0.0.1.
    """
    try:
        address: Address = ipaddress.ip_address(host.partition("%")[0].rstrip("."))
    except ValueError:
        try:
            address = ipaddress.IPv4Address(socket.inet_aton(host.rstrip(".")))
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
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_forbidden(inner)
        if address not in GLOBAL_UNICAST:
            return True
    if any(address in network for network in NOT_PUBLIC):
        return True
    return not address.is_global or address.is_multicast


def permitted_addresses(host: str, deadline: float) -> list[Address]:
    """Return the addresses of the host that callbacks may reach, in the resolver's order.

    Raises:
        CallFailed: it has none.
    """
    literal = literal_address(host)
    addresses = [literal] if literal else resolve(host, deadline)
    permitted = [address for address in addresses if not is_forbidden(address)]
    if permitted:
        return permitted
    if literal:
        raise CallFailed(f"callbacks may not reach {literal}")
    named = ", ".join(str(address) for address in addresses[:3])
    logger.warning(
        "callbacks may not reach %.100s (%s); CALLBACK_ALLOWED_NETWORKS can allow it", host, named
    )
    raise no_address(host)


def no_address(host: str) -> CallFailed:
    """Return what there is to say of a name without an address that callbacks may reach.

    The same where there is none at all: customers read it, and are not to learn which names and
    addresses the resolver here knows of.
    """
    return CallFailed(f"{host[:100]} has no address that callbacks may reach")


def resolve(host: str, deadline: float) -> list[Address]:
    """Look the name up, once, for at most RESOLVE_SECONDS.

    Raises:
        CallFailed: it has no address, or not in time.
    """
    results: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            results.put(error)
        else:
            results.put([str(entry[4][0]) for entry in found])

    # A resolver can hang for longer than anybody wants to wait for its thread.
    threading.Thread(target=look_up, daemon=True, name=f"resolve {host[:50]}").start()
    seconds = min(RESOLVE_SECONDS, max(deadline - time.monotonic(), 0.001))
    try:
        result = results.get(timeout=seconds)
    except queue.Empty:
        logger.warning("no address of %.100s was found in %g s", host, seconds)
        raise no_address(host) from None
    if isinstance(result, Exception):
        logger.info("no address of %.100s: %s", host, result)
        raise no_address(host) from result
    return [address for text in dict.fromkeys(result) if (address := literal_address(text))]


def redirect_target(url: str, location: str) -> str:
    """Return the URL that an answer from another one leads to.

    Raises:
        CallFailed: callbacks do not go there.
    """
    # http.client reads headers as Latin-1; whoever writes other characters means these very bytes.
    written = quote(location.encode("latin-1"), safe="!#$%&'()*+,/:;=?@[]~")
    try:
        target = urljoin(url, written)
        parts = urlsplit(target)
    except ValueError as error:
        raise CallFailed(f"redirected to something that is no URL: {error}") from error
    if fault := shape_fault(target):
        raise CallFailed(f"redirected to {parts.scheme}://{(parts.hostname or '')[:100]}: {fault}")
    if urlsplit(url).scheme == "https" and parts.scheme == "http":
        raise CallFailed(f"redirected from https to http://{(parts.hostname or '')[:100]}")
    return target
