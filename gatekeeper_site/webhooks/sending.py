"""One call to a customer's system, bounded in time whatever that system does."""

import hmac
import http.client
import logging
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import parse_url

from gatekeeper_site.webhooks.targets import (
    Address,
    CallFailed,
    permitted_addresses,
    redirect_target,
    shape_fault,
)

MAX_ERROR_LENGTH = 300
MAX_REDIRECTS = 3
CONNECT_SECONDS = 3.0  # for TCP, and again for TLS
TOTAL_SECONDS = 10.0  # with every redirect

# A 303 asks for a GET, which would tell the receiver nothing.
REDIRECTS = (301, 302, 307, 308)
DEFAULT_PORTS = {"http": 80, "https": 443}

# It warns of answers that are badly written, with the whole URL, which may hold a secret.
logging.getLogger("urllib3").setLevel(logging.ERROR)


@dataclass(frozen=True)
class Outcome:
    """What came of one call."""

    status: int | None  # of the last answer, a redirect's included; None: there was none
    milliseconds: int
    error: str  # for operators, at most MAX_ERROR_LENGTH characters; "": a 2xx


def signature(body: bytes) -> str | None:
    """Return what X-Gatekeeper-Signature says of the body; None without a CALLBACK_SECRET."""
    if not settings.CALLBACK_SECRET:
        return None
    return "sha256=" + hmac.digest(settings.CALLBACK_SECRET.encode(), body, "sha256").hex()


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
    """POST JSON to the URL, within TOTAL_SECONDS, and never raise for what is met there.

    The status line decides; the body of an answer is not read. A redirect gets the same headers and
    body, at whatever host: where a customer's system sends us is trusted as far as that system is.
    Neither proxies nor credentials of the environment are used.

    Args:
        url: one that `callback_fault` finds no fault with.
        body: JSON.
        headers: those of the delivery; User-Agent and Content-Type are added.
    """
    began = time.monotonic()
    deadline = began + TOTAL_SECONDS
    status, error = None, ""
    try:
        for _ in range(MAX_REDIRECTS + 1):
            status, location = call(url, body, headers, deadline)
            if status not in REDIRECTS or not location:
                break
            url = redirect_target(url, location)
        else:
            raise CallFailed(f"redirected more than {MAX_REDIRECTS} times")
        if not 200 <= status < 300:
            error = f"answered {status}"
    except CallFailed as failure:
        error = str(failure)
    milliseconds = round((time.monotonic() - began) * 1000)
    return Outcome(status, milliseconds, error[:MAX_ERROR_LENGTH])


def call(
    url: str, body: bytes, headers: Mapping[str, str], deadline: float
) -> tuple[int, str | None]:
    """POST to the URL and to nowhere else; return the answer's status and Location.

    The deadline is one of `time.monotonic`.

    Raises:
        CallFailed: there is no answer.
    """
    if fault := shape_fault(url):
        raise CallFailed(fault)
    parts = urlsplit(url)
    connection = connect(parts, deadline)
    try:
        return exchange(connection, parts, body, headers, deadline)
    except (OSError, HTTPError, http.client.HTTPException) as error:
        raise CallFailed(told(error, host_and_port(parts), deadline)) from error
    finally:
        connection.close()


def exchange(
    connection: HTTPConnection,
    parts: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
    deadline: float,
) -> tuple[int, str | None]:
    """Send the request over the connection; return the answer's status and Location."""
    own = {
        "Host": host_and_port(parts),
        "User-Agent": "Gatekeeper",
        "Content-Type": "application/json",
        "Connection": "close",
    }
    connection.timeout = max(deadline - time.monotonic(), 0.001)
    with shut_down_at(deadline, connection.sock):
        # Who answers before all is read, and closes, is to be heard all the same.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(
                "POST",
                parse_url(parts.geturl()).request_uri,
                body,
                {**headers, **own},
                preload_content=False,
            )
        response = connection.getresponse()
    response.close()
    if time.monotonic() >= deadline:
        # A connection that is shut down looks like the end of the headers.
        raise TimeoutError
    return response.status, response.headers.get("Location")


@contextmanager
def shut_down_at(deadline: float, sock: socket.socket) -> Iterator[None]:
    """Break the connection at the deadline, also while single bytes keep arriving."""

    def shut_down() -> None:
        # The other side may have been faster. And not SSLSocket's own method: it is not made for
        # being called while another thread reads.
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)

    timer = threading.Timer(max(deadline - time.monotonic(), 0), shut_down)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def connect(parts: SplitResult, deadline: float) -> HTTPConnection:
    """Return a connection to the first permitted address of the URL that takes one.

    Raises:
        CallFailed: there is none.
    """
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    failures = []
    for address in permitted_addresses(host, deadline):
        # TCP and TLS may each take the time-out.
        timeout = min(CONNECT_SECONDS, (deadline - time.monotonic()) / 2)
        if timeout <= 0:
            break
        connection: HTTPConnection
        if parts.scheme == "https":
            connection = HTTPSConnection(
                str(address),
                port,
                timeout=timeout,
                ssl_context=trusted_authorities(),
                server_hostname=host.rstrip("."),
            )
        else:
            connection = HTTPConnection(str(address), port, timeout=timeout)
        try:
            connection.connect()
        except (OSError, HTTPError) as error:
            connection.close()
            failures.append(told(error, place(address, port), deadline))
        else:
            return connection
    raise CallFailed("; ".join(failures) or timed_out())


def trusted_authorities(file: str = "") -> ssl.SSLContext:
    """Return what checks a server's certificate.

    To read this machine's authorities takes longer than all else of a call, so they are read anew
    only when they have changed.

    Args:
        file: of the authorities that are trusted instead of this machine's.

    Raises:
        OSError: it cannot be read.
    """
    paths = ssl.get_default_verify_paths()
    places = (file,) if file else (paths.cafile, paths.capath)
    return authorities_of(file, *((place, changed_at(place)) for place in places if place))


@lru_cache(maxsize=4)
def authorities_of(file: str, *places: tuple[str, int]) -> ssl.SSLContext:
    """Return what checks certificates by the authorities in some places, as they are now."""
    return ssl.create_default_context(cafile=file or None)


def changed_at(path: str) -> int:
    """Return when a file or directory has changed, in nanoseconds; 0 where there is none."""
    try:
        return Path(path).stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def told(error: Exception, where: str, deadline: float) -> str:
    """Say to operators what went wrong in talking with the place."""
    cause = error.__cause__ if isinstance(error, HTTPError) and error.__cause__ else error
    if time.monotonic() >= deadline:
        return timed_out()
    if isinstance(cause, TimeoutError):
        return f"{where} took no connection in time"
    if isinstance(cause, ConnectionRefusedError):
        return f"connection refused by {where}"
    if isinstance(cause, ConnectionError):
        return f"{where} closed the connection without an answer"
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate of {where} is not accepted: {cause.verify_message}"
    if isinstance(cause, ssl.SSLError):
        return f"no TLS with {where}: {cause.reason}"
    if isinstance(cause, OSError):
        return f"no connection to {where}: {cause.strerror}"
    return f"{where} answered something else than HTTP"


def timed_out() -> str:
    """Say that TOTAL_SECONDS are over."""
    return f"timed out after {TOTAL_SECONDS:g} s"


def host_and_port(parts: SplitResult) -> str:
    """Return what the header Host says: the name, with the port unless it is the scheme's own."""
    host = parts.hostname or ""
    host = f"[{host.partition('%')[0]}]" if ":" in host else host
    is_usual = parts.port in (None, DEFAULT_PORTS[parts.scheme])
    return host if is_usual else f"{host}:{parts.port}"


def place(address: Address, port: int) -> str:
    """Return an address and a port as they are written in a URL."""
    return f"[{address}]:{port}" if address.version == 6 else f"{address}:{port}"
