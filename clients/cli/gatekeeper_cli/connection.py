"""Calls of the server, by the operations of the generated client.

An operation builds the call. Its answer is taken as it came, so that what is printed is what the
server said, member by member, also where that is newer than this client.
"""

import importlib
import inspect
import json
import secrets
import ssl
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gatekeeper_cli.arguments import typed
from gatekeeper_cli.faults import Fault, NotAllowed, NotFound, NotReachable, visible
from gatekeeper_cli.profiles import Profile

if TYPE_CHECKING:
    import httpx

# httpx has a command line of its own, which would load rich and more before each call.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

CONNECT_SECONDS = 5
READ_SECONDS = 30
# In which an answer has to be there as a whole, be it sent byte by byte.
ANSWER_SECONDS = 120
ANSWER_BYTES = 256 << 20
# Between tries of a call whose answer was lost, or for which the server is too busy.
PAUSES = (0.5, 1, 2, 4)
LONGEST_PAUSE_SECONDS = 60
# After which a lost call is not made again.
TRY_SECONDS = 60
BUSY = {429, 502, 503, 504}
ABOUT_THE_TOKEN = {401, 403}


@dataclass(frozen=True)
class Answer:
    """What the server said: JSON's value, or None where it said nothing."""

    data: Any
    headers: Mapping[str, str]

    @property
    def total(self) -> int | None:
        """How many rows there are beyond this page of a list."""
        count = self.headers.get("Record-Count", "")
        return int(count) if count.isdecimal() else None


@dataclass(frozen=True)
class Reply:
    """What came over HTTP, with all of its body."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class Lost(Exception):
    """Nobody knows whether the call was taken."""


class Connection:
    """Calls one server as one caller. Nothing is connected before the first call."""

    def __init__(
        self,
        profile: Profile,
        *,
        is_verbose: bool = False,
        pauses: tuple[float, ...] | None = None,
        seconds: float | None = None,
    ) -> None:
        self.profile = profile
        self.seconds = READ_SECONDS if seconds is None else seconds
        self.is_verbose = is_verbose
        self.pauses = PAUSES if pauses is None else pauses
        self.http: httpx.Client | None = None

    def call(
        self,
        operation: str,
        /,
        *ids: str,
        body: Any = None,
        content: bytes | None = None,
        key: str | None = None,
        fields: Sequence[str] = (),
        **parameters: Any,
    ) -> Answer:
        """Call an operation of the generated client, `<tag>.<name>`, and return the answer.

        A call whose answer is lost is made again: reads and changes do the same when they are done
        twice, and an order is done once by its key.

        Args:
            operation: Where it is below `gatekeeper_client.api`.
            ids: What the path needs.
            body: What becomes JSON.
            content: Or a body as it is.
            key: An order's Idempotency-Key.
            fields: What to answer of each object, beside which the client's own types would fail.
            parameters: Of the query, as text.

        Raises:
            Fault: It was refused, or nobody answered, or not as Gatekeeper does.
        """
        built = build(operation, ids, parameters)
        headers = built.pop("headers", {})
        built.pop("json", None)
        if fields:
            built["params"] = built.get("params", {}) | {"fields": ",".join(fields)}
        if body is not None:
            content = json.dumps(body).encode()
        if content is not None:
            built["content"] = content
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        return self.send(headers=headers, key=key, **built)

    def send(self, method: str, url: str, *, key: str | None = None, **more: Any) -> Answer:
        """Make a call until it is answered, or the pauses are used up.

        Args:
            method: HTTP's.
            url: The path.
            key: An order's Idempotency-Key, to be told if its answer is lost.
            more: Of httpx's arguments.

        Raises:
            Fault: As `call` does.
        """
        was_lost, deadline = False, time.monotonic() + TRY_SECONDS
        # What nobody can tell from another's order is not sent twice.
        pauses = iter(self.pauses if key or method != "post" else ())
        while True:
            try:
                reply = self.once(method, url, **more)
            except Lost as fault:
                was_lost = True
                pause = next(pauses, None)
                if pause is None or time.monotonic() > deadline:
                    raise NotReachable(f"{fault}. {again(method, key)}".rstrip()) from fault
                self.tell(f"{fault}; again in {pause} s")
            except NotReachable:
                pause = next(pauses, None)
                if not was_lost or pause is None or time.monotonic() > deadline:
                    raise
            else:
                if was_lost and method == "delete" and reply.status == 404:
                    return Answer(None, reply.headers)  # the call that was lost has done it
                pause = next(pauses, None) if is_busy(reply) else None
                if pause is None or retry_after(reply) > LONGEST_PAUSE_SECONDS:
                    return self.answer(reply)
                pause = max(pause, retry_after(reply))
                self.tell(f"The server is busy ({reply.status}); again in {pause} s")
            time.sleep(pause)

    def once(self, method: str, path: str, **more: Any) -> Reply:
        """Make a call once, and return the answer.

        Raises:
            NotReachable: It was not made.
            Lost: It may have been.
        """
        client = self.client()
        import httpx

        url, started = self.profile.url, time.monotonic()
        try:
            with client.stream(method.upper(), path, **more) as response:
                reply = Reply(response.status_code, response.headers, whole(response, started))
        except (httpx.ConnectError, httpx.ConnectTimeout) as fault:
            raise NotReachable(f"Nobody answers at {url}: {reason(fault)}.") from fault
        except (httpx.UnsupportedProtocol, httpx.ProxyError, httpx.InvalidURL) as fault:
            raise NotReachable(f"{url} cannot be called: {reason(fault)}.") from fault
        except httpx.TimeoutException as fault:
            raise Lost(f"{url} has not answered in {self.seconds:g} s") from fault
        except httpx.DecodingError as fault:
            raise NotReachable(f"{url} sends what cannot be unpacked: {reason(fault)}.") from fault
        except httpx.TransportError as fault:
            raise Lost(f"{url} has ended the connection amid the call: {reason(fault)}") from fault
        milliseconds = round((time.monotonic() - started) * 1000)
        request_id = response.headers.get("X-Request-ID", "without an id")
        self.tell(
            f"{response.request.method} {response.request.url} {response.status_code}"
            f" in {milliseconds} ms, request {request_id}"
        )
        return reply

    def answer(self, reply: Reply) -> Answer:
        """Return what a reply says.

        Raises:
            Fault: It says no, or is none of Gatekeeper's.
        """
        url, status = self.profile.url, reply.status
        if 300 <= status < 400:
            where = reply.headers.get("Location", "elsewhere")
            raise NotReachable(f"{url} leads to {where}. Is that what you want to call? See --url.")
        kind = reply.headers.get("Content-Type", "").partition(";")[0].strip()
        data = None
        if status != 204:
            try:
                data = json.loads(reply.content)
            except (ValueError, RecursionError) as fault:
                if status in BUSY:
                    raise NotReachable(f"{url} is not able to answer now ({status}).") from fault
                what = f"{status}, {kind or 'of no kind'}, {len(reply.content)} bytes"
                raise NotReachable(
                    f"{url} does not answer as Gatekeeper does ({what}). Is the URL right?"
                ) from fault
        if status < 400:
            return Answer(data, reply.headers)
        message = problem_text(data, status)
        if status == 401:
            raise NotAllowed(self.about_token(message))
        if status == 403:
            raise NotAllowed(message)
        if status == 404:
            raise NotFound(message)
        if status in BUSY - {429}:
            raise NotReachable(f"{url} is not able to answer now: {message}")
        raise Fault(message)

    def about_token(self, message: str) -> str:
        """Return what a caller whom the server does not know can do."""
        profile = self.profile
        how = "" if profile.name == "default" else f" --profile {profile.name}"
        if profile.token:
            return (
                f"{profile.url} does not accept the token of {profile.source}."
                f" Say: gatekeeper login{how}"
            )
        return f"{message.rstrip('.')}. Say: gatekeeper login{how} --url {profile.url}"

    def client(self) -> "httpx.Client":
        """Return what makes the calls, made itself when it is first needed."""
        if self.http is None:
            import httpx

            from gatekeeper_cli import __version__
            from gatekeeper_client.client import Client

            # Without TLS no certificates are needed, whose loading takes long.
            is_plain = self.profile.url.startswith("http:")
            self.http = Client(
                self.profile.url,
                self.profile.token,
                headers={"User-Agent": f"gatekeeper-cli/{__version__}"},
                verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if is_plain else True,
            ).http
            self.http.timeout = httpx.Timeout(
                self.seconds, connect=min(self.seconds, CONNECT_SECONDS)
            )
        return self.http

    def tell(self, text: str) -> None:
        """Say what is going on, to who wants to know."""
        if self.is_verbose:
            sys.stderr.write(f"{visible(text)}\n")


def build(operation: str, ids: tuple[str, ...], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return an operation's call, as arguments for httpx."""
    function = module_of(operation)._get_kwargs
    given = typed(function, parameters)
    if "body" in inspect.signature(function).parameters:
        given["body"] = Anything()
    built: dict[str, Any] = function(*ids, **given)
    return built


class Anything:
    """Stands for a body, which is sent as it is."""

    def to_dict(self) -> dict[str, Any]:
        """Return what is not sent."""
        return {}


def module_of(operation: str) -> ModuleType:
    """Return an operation's module of the generated client."""
    try:
        return importlib.import_module(f"gatekeeper_client.api.{operation}")
    except ModuleNotFoundError as fault:
        if fault.name == "gatekeeper_client":
            raise Fault(
                "The Python client is not installed. In Gatekeeper's repository, say:"
                " pip install ./clients/python ./clients/cli"
            ) from fault
        raise


def new_key() -> str:
    """Return an Idempotency-Key that nobody else makes."""
    return f"gatekeeper-cli-{secrets.token_hex(16)}"


def again(method: str, key: str | None) -> str:
    """Return what to do about a call that may have been taken."""
    if key:
        return f"Whether it was taken is not known: say the same once more, with --key {key}"
    return "" if method == "get" else "Whether it was done is not known: have a look."


def whole(response: "httpx.Response", started: float) -> bytes:
    """Return a response's body, unless it is endless in time or size."""
    chunks, size = [], 0
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        size += len(chunk)
        if size > ANSWER_BYTES or time.monotonic() - started > ANSWER_SECONDS:
            raise NotReachable("The answer has no end: it is too long, or comes too slowly.")
    return b"".join(chunks)


def is_busy(reply: Reply) -> bool:
    """Return whether the same call may well be answered otherwise in a moment."""
    in_flight = reply.status == 409 and b"idempotency_in_flight" in reply.content
    return reply.status in BUSY or in_flight


def retry_after(reply: Reply) -> float:
    """Return the seconds after which the server wants to be called again, 0 if it says none."""
    value = reply.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() and len(value) < 10 else 0


def reason(fault: Exception) -> str:
    """Return what a library says of a fault, without its end."""
    return str(fault).rstrip(".") or type(fault).__name__


def problem_text(data: Any, status: int) -> str:
    """Return what a refusal says, and what is wrong with each field."""
    if not isinstance(data, dict):
        return f"Refused with status {status}."
    detail = data.get("detail") or data.get("title")
    if not isinstance(detail, str):
        error = data.get("error")
        detail = error.get("message") if isinstance(error, dict) else error
    if not isinstance(detail, str):
        detail = f"Refused with status {status}"
    faults = data.get("errors")
    if isinstance(faults, list) and faults and isinstance(faults[0], dict):
        places = [
            f"{fault.get('field') or 'the body'}: {fault.get('message')}"
            for fault in faults
            if isinstance(fault, dict)
        ]
        told = "; ".join(places)
        # A detail that tells them all already is not told twice.
        detail = detail if str(faults[0].get("message")) in detail else f"{detail}: {told}"
    code = data.get("code")
    return f"{detail} ({code})" if isinstance(code, str) and status == 409 else detail
