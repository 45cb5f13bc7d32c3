"""All that is done with what is not of pika's public interface.

Its version is pinned; tests/deploy/test_internals.py tells when what is used here has changed.
"""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pika.data
import pika.exceptions
from pika.adapters.utils.connection_workflow import AMQPConnectorException

# What it raises where a connection could not be made, which is no AMQPError.
CONNECTING_FAILED: type[Exception] = AMQPConnectorException


@contextmanager
def broken_off_after(seconds: float, connection: Any, error: Exception) -> Iterator[None]:
    """Break an open connection off, as by a missed heartbeat, if what is done with it takes longer.

    A timer of the connection itself (`call_later`) would not be looked at while a call waits.
    """
    inner = connection._impl
    timer = inner.ioloop.call_later(seconds, lambda: inner._terminate_stream(error))
    try:
        yield
    finally:
        if connection.is_open:
            inner.ioloop.remove_timeout(timer)


def decode_table(encoded: bytes, offset: int) -> tuple[dict[Any, Any], int]:
    """Return a table of headers and where it ends; one with odd values is empty, and no error.

    pika fails on times after the year 9999, on infinite numbers and some types; the connection
    would break at each attempt to read such a message, and no later one would ever be read.
    """
    (length,) = struct.unpack_from(">I", encoded, offset)
    end = offset + 4 + length
    try:
        headers, found_end = pika_decode_table(encoded, offset)
    except (
        pika.exceptions.AMQPError,
        ArithmeticError,
        OSError,
        RecursionError,
        TypeError,
        ValueError,
        struct.error,
    ):
        return {}, end
    return (headers if found_end == end else {}), end


pika_decode_table = pika.data.decode_table
pika.data.decode_table = decode_table
