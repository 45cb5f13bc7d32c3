"""Calls of OSM's northbound interface (NBI), bounded in time and size whatever it answers.

Source: contract, mano-osm.md, Calls; ETSI GS NFV-SOL 005. What it answers is not trusted: JSON of
bounded size and depth is read and nothing else, and nothing of it comes into a path unescaped.
"""

import http.client
import json
import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from gatekeeper_site.core.documents import DocumentError
from gatekeeper_site.core.documents.json_text import parse_json
from gatekeeper_site.core.documents.values import inspected
from gatekeeper_site.core.parsing import storable
from gatekeeper_site.webhooks.sending import shut_down_at

MAX_ANSWER_BYTES = 4 * 1024 * 1024
MAX_TEXT_LENGTH = 2000
# An id, or a token, which becomes a header. Dots alone would lead elsewhere, as no escape helps.
ID = re.compile(r"(?!\.{1,2}$)[\x21-\x7e]{1,1000}")
CONNECT_SECONDS = 5.0
DEFAULT_PORTS = {"http": 80, "https": 443}
# What says no for good; of the others, some ask to come again.
REFUSALS = frozenset(range(400, 500)) - {408, 425, 429}
TOKENS = ("admin", "v1", "tokens")
JSON = "application/json"


class NotDone(Exception):
    """What a call asked for has certainly not been done: nobody took it, or let us in."""


class Unclear(Exception):
    """Whether what a call asked for has been done is not known."""


class Refused(Exception):
    """The NBI has said no.

    Args:
        status: of HTTP.
        reason: what it says, for people.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class Reply(NamedTuple):
    """What came back."""

    status: int
    body: bytes


# By the account that they are of: what one call has got, the next ones use.
tokens: dict[tuple[str, ...], str] = {}
logging_in = threading.Lock()


def account() -> tuple[str, ...]:
    """Return who we are to which OSM."""
    return (
        settings.OSM_URL,
        settings.OSM_USERNAME,
        settings.OSM_PASSWORD,
        settings.OSM_PROJECT,
    )


class Session:
    """Some calls, one after the other, that share a connection and the time they have together.

    Args:
        seconds: from now on. When they are over, nothing more is sent.
    """

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.connection: HTTPConnection | None = None

    def seconds_left(self) -> float:
        """Return how many seconds are left."""
        return self.ends_at - time.monotonic()

    def close(self) -> None:
        """Hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def get(self, *path: str, **query: str) -> Any:
        """Return what is at a path.

        Raises:
            NotDone, Unclear: it is not known.
            Refused: there is nothing, or not for us.
        """
        return self.call("GET", path, query=query)

    def listed(self, *path: str, **query: str) -> list[dict[str, Any]]:
        """Return the objects of a list.

        Raises:
            NotDone, Unclear: they are not known, or it is no list of objects.
            Refused: it is not for us.
        """
        found = self.get(*path, **query)
        if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
            raise Unclear(f"{shown(path)} is no list of objects")
        return found

    def object(self, *path: str) -> dict[str, Any]:
        """Return one object.

        Raises:
            NotDone, Unclear: it is not known, or is none.
            Refused: there is none, or not for us.
        """
        found = self.get(*path)
        if not isinstance(found, dict):
            raise Unclear(f"{shown(path)} is no object")
        return found

    def post(self, *path: str, body: dict[str, Any]) -> str:
        """Have something made or begun; return its id.

        Raises:
            NotDone, Refused: it is not.
            Unclear: it may be.
        """
        answer = self.call("POST", path, body=json.dumps(body).encode())
        return id_in(answer, "id", path)

    def put(self, *path: str, body: bytes, media_type: str) -> None:
        """Store something.

        Raises:
            NotDone, Refused: it is not stored.
            Unclear: it may be.
        """
        self.call("PUT", path, body=body, media_type=media_type)

    def delete(self, *path: str) -> None:
        """Remove something. What there is not has been removed.

        Raises:
            NotDone, Refused: it is not removed.
            Unclear: it may be.
        """
        try:
            self.call("DELETE", path)
        except Refused as error:
            if error.status != http.HTTPStatus.NOT_FOUND:
                raise

    def call(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        query: dict[str, str] | None = None,
        body: bytes | None = None,
        media_type: str = JSON,
    ) -> Any:
        """Call, logged in; log in anew, once, where the token works no more. Return what came."""
        known = token_of(account())
        token = known or self.log_in()
        answer = self.exchange(method, path, query, body, media_type, token)
        if answer.status == http.HTTPStatus.UNAUTHORIZED and known:
            forget(known)
            answer = self.exchange(method, path, query, body, media_type, self.log_in())
        if answer.status == http.HTTPStatus.UNAUTHORIZED:
            forget(token_of(account()))
            raise NotDone("the NBI refuses the token that it has given")
        return value_of(answer, method, path)

    def log_in(self) -> str:
        """Get a token, also for the other calls of this process.

        A second login within 2 s is held up, so that one of several logs in for all.

        Raises:
            NotDone: there is none to be had.
        """
        seen = token_of(account())
        if not logging_in.acquire(timeout=max(0.0, self.seconds_left())):
            raise NotDone("another login takes too long")
        try:
            now_known = token_of(account())
            if now_known is not None and now_known != seen:
                return now_known
            token = self.new_token()
            tokens[account()] = token
            return token
        finally:
            logging_in.release()

    def new_token(self) -> str:
        """Log in.

        Raises:
            NotDone: there is no token to be had.
        """
        credentials = {
            "username": settings.OSM_USERNAME,
            "password": settings.OSM_PASSWORD,
            "project_id": settings.OSM_PROJECT,
        }
        try:
            answer = self.exchange("POST", TOKENS, None, json.dumps(credentials).encode(), JSON)
            if answer.status == http.HTTPStatus.UNAUTHORIZED:
                raise LoginRefused("the NBI refuses the login")
            if answer.status == http.HTTPStatus.NOT_FOUND:
                raise UnknownProject("the NBI knows no such project")
            return id_in(value_of(answer, "POST", TOKENS), "id", TOKENS)
        except (Unclear, Refused) as error:
            raise NotDone(f"no login: {error}") from error

    def exchange(
        self,
        method: str,
        path: tuple[str, ...],
        query: dict[str, str] | None,
        body: bytes | None,
        media_type: str,
        token: str | None = None,
    ) -> Reply:
        """Send a call, and return its answer.

        Raises:
            NotDone: it was not sent.
            Unclear: it was, and no answer came.
        """
        connection = self.connected()
        if self.seconds_left() <= 0:
            raise NotDone("no time was left to send it")
        headers = {
            "Accept": JSON,
            "Accept-Encoding": "identity",
            "User-Agent": "Gatekeeper",
        }
        if body is not None:
            headers["Content-Type"] = media_type
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            with in_time(connection, self.ends_at):
                connection.request(
                    method, target(path, query), body, headers, preload_content=False
                )
                response = connection.getresponse()
                content = response.read(MAX_ANSWER_BYTES + 1)
                if len(content) > MAX_ANSWER_BYTES:
                    raise Unclear(f"the answer has more than {MAX_ANSWER_BYTES} bytes")
                response.release_conn()
        except (OSError, HTTPError, http.client.HTTPException, Unclear) as error:
            self.close()
            what = str(error) if isinstance(error, Unclear) else type(error).__name__
            raise Unclear(f"{method} {shown(path)}: {what}") from error
        if self.seconds_left() <= 0:
            # A connection that is shut down looks like the end of the answer.
            self.close()
            raise Unclear(f"{method} {shown(path)}: no answer in time")
        return Reply(response.status, content)

    def connected(self) -> HTTPConnection:
        """Return a connection that works, as far as can be seen before a call is at stake.

        Raises:
            NotDone: there is none to be had.
        """
        if self.connection is not None and self.connection.is_connected:
            return self.connection
        self.close()
        timeout = min(CONNECT_SECONDS, self.seconds_left())
        if timeout <= 0:
            raise NotDone("no time was left to connect")
        try:
            connection = new_connection(timeout)
            connection.connect()
        except (OSError, HTTPError) as error:
            cause = error.__cause__ if isinstance(error, HTTPError) else error
            raise NotDone(f"no connection to the NBI: {cause or error}") from error
        self.connection = connection
        return connection


class LoginRefused(NotDone):
    """User and password are not known."""


class UnknownProject(NotDone):
    """The project is not known."""


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
    return ssl.create_default_context(cafile=settings.OSM_CA_CERT or None)


def target(path: tuple[str, ...], query: dict[str, str] | None) -> str:
    """Return what a call asks for: the path below OSM_URL, each part of it escaped."""
    prefix = urlsplit(settings.OSM_URL).path.rstrip("/")
    written = "/".join(quote(part, safe="") for part in path)
    # A comma separates several values, for the NBI.
    return f"{prefix}/{written}" + (f"?{urlencode(query, safe=',')}" if query else "")


def shown(path: tuple[str, ...]) -> str:
    """Return a path as a log line names it."""
    return "/".join(path)[:MAX_TEXT_LENGTH]


def value_of(answer: Reply, method: str, path: tuple[str, ...]) -> Any:
    """Return what an answer says; None where it has no body.

    Raises:
        Refused: it is a refusal of the NBI's own.
        Unclear: it is none of the NBI's, but of what stands before it, or cannot be read.
    """
    where = f"{method} {shown(path)} answered {answer.status}"
    if not answer.body and answer.status in (200, 201, 202, 204):
        return None
    try:
        text = answer.body.decode()
        value = inspected(parse_json(text, keeps_text=True), MAX_ANSWER_BYTES)
    except (UnicodeDecodeError, DocumentError) as error:
        raise Unclear(f"{where}, and no JSON") from error
    if 200 <= answer.status < 300:
        return value
    if answer.status in REFUSALS and isinstance(value, dict) and "detail" in value:
        raise Refused(answer.status, refusal_text(answer.status, value))
    raise Unclear(where)


def refusal_text(status: int, problem: dict[str, Any]) -> str:
    """Return what the NBI says of why not."""
    detail, code = problem["detail"], problem.get("code")
    text = detail if isinstance(detail, str) else json.dumps(detail)
    named = f"{status} {code}" if isinstance(code, str) else str(status)
    return f"{storable(text)[:MAX_TEXT_LENGTH]} ({storable(named)[:100]})"


def id_in(value: Any, name: str, path: tuple[str, ...]) -> str:
    """Return the id that an answer has.

    Raises:
        Unclear: it has none.
    """
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, str) or not ID.fullmatch(found):
        raise Unclear(f"the answer of {shown(path)} has no {name}")
    return found


def token_of(who: tuple[str, ...]) -> str | None:
    """Return the token that this process has, if it has one."""
    return tokens.get(who)


def forget(token: str | None) -> None:
    """Forget a token that works no more, unless another is there already."""
    if tokens.get(account()) == token:
        tokens.pop(account(), None)


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
