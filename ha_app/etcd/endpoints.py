"""How ETCD_ENDPOINTS are written: pure, so that the settings can be checked without a client."""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit


class InvalidEndpointError(ValueError):
    """An address is not that of an etcd server; the text says why."""


@dataclass(frozen=True)
class Endpoint:
    """Where a member of the etcd cluster listens, and whether it speaks TLS there."""

    host: str
    port: int
    is_tls: bool

    @property
    def target(self) -> str:
        """The address as gRPC writes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there does not leave the machine."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def parse_endpoint(text: str) -> Endpoint:
    """Return the endpoint that `http://host:port`, `https://host:port` or `host:port` names.

    Raises:
        InvalidEndpointError: it names none.
    """
    if "@" in text:
        raise InvalidEndpointError(
            "a user belongs in ETCD_USERNAME and ETCD_PASSWORD, not before @"
        )
    try:
        url = urlsplit(text if "://" in text else f"http://{text}")
        host, port = url.hostname, url.port
    except ValueError as error:
        raise InvalidEndpointError(f"{text!r}: {error}") from error
    if url.scheme not in {"http", "https"}:
        raise InvalidEndpointError(f"{text!r} begins with neither http:// nor https://")
    if not host or not port:
        raise InvalidEndpointError(f"{text!r} lacks a host or a port: write http://host:2379")
    if url.path not in {"", "/"} or url.query or url.fragment:
        raise InvalidEndpointError(f"{text!r} is more than scheme, host and port")
    return Endpoint(host, port, is_tls=url.scheme == "https")
