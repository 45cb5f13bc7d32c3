"""A caller's connection: closed when what is due on it has not come in time, or is too much.

All that is done with what is not of uvicorn's public interface is done here;
tests/deploy/test_internals.py tells when what is used has changed.
"""

import socket
import struct
from asyncio import TimerHandle, Transport
from collections import deque
from http import HTTPStatus
from typing import Any

import httptools
from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gatekeeper_site.api.problems import PROBLEM_TYPE, problem
from gatekeeper_site.api.renderers import to_json

# So many bytes of a body, or of an answer, have another second (contract: http.md).
BYTES_PER_SECOND = 10_000
# Of a request line and headers that are still incomplete.
MAX_HEAD_BYTES = 64 * 1024


def refusal(status: int, detail: str) -> bytes:
    """Return what is sent before a connection is closed on which no call can be read."""
    body = to_json(problem(status, detail=detail, instance=""))
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {PROBLEM_TYPE}\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body


NO_HTTP = refusal(400, "This is no HTTP request that can be read; the connection is closed.")
TOO_LARGE = refusal(431, f"The request line and headers are over {MAX_HEAD_BYTES} bytes.")


class Connection(HttpToolsProtocol):
    """Uvicorn's connection, which by itself waits for ever and takes headers of any length.

    Its methods are called by the event loop (connection_made, data_received, …), by the parser
    (on_message_begin, on_headers_complete, …) and when an answer has been written.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Bytes of a head of which the end has not been seen.
        self.head_bytes = 0
        # Calls whose headers are there, and which are not answered yet, in their order.
        self.open_calls: deque[RequestResponseCycle] = deque()
        self.read_deadline: TimerHandle | None = None
        self.write_deadline: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        """Have the first headers come in time."""
        super().connection_made(transport)
        self.expect_more(settings.READ_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Expect nothing more."""
        self.expect_nothing()
        # By itself, uvicorn tells only the latest of several calls.
        for call in self.open_calls:
            call.disconnected = True
            call.message_event.set()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse what has come; refuse what is no HTTP, and headers that have no end."""
        self.head_bytes += len(data)
        try:
            self.parse(memoryview(data))
        except httptools.HttpParserError:
            self.refuse(NO_HTTP)
        if self.head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.refuse(TOO_LARGE)

    def refuse(self, answer: bytes) -> None:
        """Say why, and close the connection."""
        self.transport.write(answer)
        self.transport.close()

    def parse(self, data: memoryview) -> None:
        """Parse what has come, of a call that asks for another protocol as if it did not.

        RFC 9110 allows it, and Java's client and `curl --http2` ask so by default. For the parser,
        what follows the headers is that protocol's then, and no body.

        Raises:
            HttpParserError: it is no HTTP.
        """
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                data = data[upgrade.args[0] :]
                method, version = self.parser.get_method(), self.parser.get_http_version().encode()
                lines = [b"%s %s HTTP/%s" % (method, self.url, version)]
                lines += [b"%s: %s" % header for header in self.headers if header[0] != b"upgrade"]
                self.parser = httptools.HttpRequestParser(self)
                self.parser.feed_data(b"\r\n".join([*lines, b"", b""]))
            else:
                return

    def asks_for_another_protocol(self) -> bool:
        """Tell whether the parser will stop after these headers.

        Raises:
            HttpParserError: they ask for a tunnel, and nothing else can be meant by what follows.
        """
        if self.parser.get_method() == b"CONNECT":
            raise httptools.HttpParserError
        return bool(self.parser.should_upgrade())

    def on_message_begin(self) -> None:
        """Have the headers come in time whose first byte is there."""
        super().on_message_begin()
        self.expect_more(settings.READ_SECONDS)

    def on_headers_complete(self) -> None:
        """Begin with the call, whose body is to come in time."""
        self.head_bytes = 0
        if self.asks_for_another_protocol():
            return
        self.expect_more(settings.READ_SECONDS)
        super().on_headers_complete()
        self.open_calls.append(self.cycle)

    def on_body(self, body: bytes) -> None:
        """Take a part of a body, which has earned the rest more time."""
        self.head_bytes = 0
        if self.read_deadline is not None:
            remaining = self.read_deadline.when() - self.loop.time()
            self.expect_more(remaining + len(body) / BYTES_PER_SECOND)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait, now that the call is there, as long as it takes to answer it."""
        self.head_bytes = 0
        if self.asks_for_another_protocol():
            return
        self.expect_nothing()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Have the next headers come in time, and what was answered be taken."""
        self.open_calls.popleft()
        if not self.open_calls:
            self.expect_more(settings.READ_SECONDS + self.unwritten_seconds())
        super().on_response_complete()

    def pause_writing(self) -> None:
        """Wait for a caller who takes an answer slowly, but not for ever."""
        super().pause_writing()
        seconds = settings.READ_SECONDS + self.unwritten_seconds()
        self.write_deadline = self.loop.call_later(seconds, self.cut_off)

    def resume_writing(self) -> None:
        """Go on: the caller has taken most of what was written."""
        if self.write_deadline is not None:
            self.write_deadline.cancel()
            self.write_deadline = None
        super().resume_writing()

    def unwritten_seconds(self) -> float:
        """Return how much longer a caller may need for what was answered and is not sent yet."""
        return self.transport.get_write_buffer_size() / BYTES_PER_SECOND

    def expect_more(self, seconds: float) -> None:
        """Close the connection after so many seconds, unless something else is expected then."""
        self.expect_nothing()
        self.read_deadline = self.loop.call_later(seconds, self.cut_off)

    def cut_off(self) -> None:
        """Close the connection, and forget what the caller has not taken, in the kernel too."""
        if self.transport.get_write_buffer_size() > 0:
            connected = self.transport.get_extra_info("socket")
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def expect_nothing(self) -> None:
        """Forget what was expected of the caller."""
        if self.read_deadline is not None:
            self.read_deadline.cancel()
            self.read_deadline = None
