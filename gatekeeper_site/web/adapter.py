"""Runs the WSGI application in a few threads behind an ASGI server.

The event loop reads bodies and writes answers, as slowly as callers send and take them. A thread
has a call only from when its body is there until its answer is complete, so that no caller can
keep one (contract: http.md, Paths and bodies).
"""

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any, TypeAlias
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIApplication

Scope: TypeAlias = Mapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Mapping[str, Any]]]
Send: TypeAlias = Callable[[MutableMapping[str, Any]], Awaitable[None]]
ASGIApplication: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]

# Read and thrown away of a body that is too large: a client that is still sending would miss the
# answer.
MAX_DRAINED_BYTES = 32 * 1024 * 1024
# What is longer waits in a file, so that many slow callers do not fill the memory.
MAX_BODY_IN_MEMORY = 64 * 1024
MAX_ANSWER_IN_MEMORY = 1024 * 1024
WRITTEN_AT_ONCE = 64 * 1024
# It says whether the process answers, also while all threads wait for a database that does not:
# it needs none itself, and is answered in the event loop.
PROBE = "/healthz"
# RFC 9112, 6.3: these have no body, whatever their headers say.
WITHOUT_BODY = (204, 304)

# When the calls that are now in a thread began, by the thread.
begun: dict[int, float] = {}


@dataclass(frozen=True)
class Received:
    """How much of a body has come."""

    length: int
    # Whether nothing of it is still to come.
    is_all: bool


@dataclass(frozen=True)
class Answer:
    """What a call gets; the body is to be read from where it stands, and closed."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: IO[bytes]


# Answers a call by its WSGI environment in the event loop, or leaves it to a thread (None).
AtOnce: TypeAlias = Callable[[dict[str, Any]], Awaitable[Answer | None]]


def in_threads(
    wsgi_application: WSGIApplication,
    *,
    threads: int,
    max_body_bytes: int,
    at_once: AtOnce | None = None,
) -> ASGIApplication:
    """Return an ASGI application that runs a WSGI application in threads.

    Args:
        wsgi_application: what to run.
        threads: how many calls it works on at once.
        max_body_bytes: of a larger body it gets the length alone.
        at_once: answers calls in the event loop; None: those that it leaves to a thread.
    """
    calls = ThreadPoolExecutor(threads, thread_name_prefix="call")

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        headers = joined_headers(scope["headers"])
        with body_for(headers) as body:
            received = await read_body(headers, receive, body, max_body_bytes)
            if received is None:
                return
            environ = environ_of(scope, headers, body, received.length)
            answer = None if at_once is None else await at_once(environ)
            if answer is not None:
                body.close()
            elif scope["path"] == PROBE:
                answer = call(wsgi_application, environ)
            else:
                loop = asyncio.get_running_loop()
                answer = await loop.run_in_executor(calls, call, wsgi_application, environ)
        with answer.body:
            if not received.is_all:
                # What comes next on this connection is no call, but the rest of the body.
                answer.headers.append((b"connection", b"close"))
            await write(answer, send)

    return application


def body_for(headers: Mapping[str, str]) -> IO[bytes]:
    """Return what a call's body is written into, where it has one."""
    has_body = "HTTP_CONTENT_LENGTH" in headers or "HTTP_TRANSFER_ENCODING" in headers
    return SpooledTemporaryFile(MAX_BODY_IN_MEMORY) if has_body else BytesIO()


def longest_call_seconds() -> float:
    """Return for how long the oldest of this process's calls has been in its thread."""
    now = time.monotonic()
    return now - min(list(begun.values()), default=now)


def joined_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return the headers by the names that WSGI gives them; of several alike, the values joined.

    A name with an underscore is left out: WSGI could not tell it from one with a hyphen, which a
    proxy may have checked.
    """
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        if b"_" in raw_name:
            continue
        name = "HTTP_" + raw_name.decode("latin-1").upper().replace("-", "_")
        value = raw_value.decode("latin-1")
        if name in joined:
            value = joined[name] + ("; " if name == "HTTP_COOKIE" else ",") + value
        joined[name] = value
    return joined


async def read_body(
    headers: Mapping[str, str], receive: Receive, body: IO[bytes], max_body_bytes: int
) -> Received | None:
    """Write what is sent into the body, unless it is too large; None where the caller has gone."""
    declared = int(headers.get("HTTP_CONTENT_LENGTH", "0"))
    if declared > max_body_bytes and headers.get("HTTP_EXPECT", "").lower() == "100-continue":
        return Received(declared, is_all=False)
    length = 0
    while length <= MAX_DRAINED_BYTES:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        length += len(message["body"])
        if length <= max_body_bytes:
            body.write(message["body"])
        if not message["more_body"]:
            body.seek(0)
            return Received(length, is_all=True)
    return Received(max(length, declared), is_all=False)


def environ_of(
    scope: Scope, headers: Mapping[str, str], body: IO[bytes], length: int
) -> dict[str, Any]:
    """Return what describes a call in WSGI (PEP 3333)."""
    server, port = scope["server"] or ("", None)
    address, _ = scope["client"] or ("", None)
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": server,
        "SERVER_PORT": str(port or ""),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": address,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        **headers,
    }
    environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
    environ["CONTENT_LENGTH"] = str(length)
    # The body is no more in chunks.
    for name in ("HTTP_CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING"):
        environ.pop(name, None)
    return environ


def call(wsgi_application: WSGIApplication, environ: dict[str, Any]) -> Answer:
    """Call the application, and take all that it answers."""
    started: list[tuple[str, list[tuple[str, str]]]] = []

    def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> None:
        started.append((status, headers))

    thread = threading.get_ident()
    begun[thread] = time.monotonic()
    try:
        # Nothing that we call writes by what this should return.
        parts = wsgi_application(environ, start_response)  # type: ignore[arg-type]
        try:
            body, length = whole(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
    finally:
        del begun[thread]
    [(status_line, given)] = started
    return answer_of(status_line, given, body, length)


def answer_of(
    status_line: str, given: Iterable[tuple[str, str]], body: IO[bytes], length: int
) -> Answer:
    """Return what WSGI has answered, with the length of its body."""
    status = int(status_line.split(maxsplit=1)[0])
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in given]
    # A length that the application has not said is known by now.
    if status not in WITHOUT_BODY and all(name != b"content-length" for name, _ in headers):
        headers.append((b"content-length", str(length).encode()))
    return Answer(status, headers, body)


def whole(parts: Iterable[bytes]) -> tuple[IO[bytes], int]:
    """Return all parts of an answer as a file at its beginning, and its length."""
    if isinstance(parts, list):
        text = b"".join(parts)
        return BytesIO(text), len(text)
    body = SpooledTemporaryFile(MAX_ANSWER_IN_MEMORY)  # noqa: SIM115 - who writes it closes it
    try:
        body.writelines(parts)
    except BaseException:
        body.close()
        raise
    length = body.tell()
    body.seek(0)
    return body, length


async def write(answer: Answer, send: Send) -> None:
    """Send an answer, each part when the caller has taken most of those before."""
    start = {"type": "http.response.start", "status": answer.status, "headers": answer.headers}
    await send(start)
    part = answer.body.read(WRITTEN_AT_ONCE)
    while rest := answer.body.read(WRITTEN_AT_ONCE):
        await send({"type": "http.response.body", "body": part, "more_body": True})
        part = rest
    await send({"type": "http.response.body", "body": part, "more_body": False})
