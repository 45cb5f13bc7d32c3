"""Where `make run` is to listen (HOST, PORT), and whether it can."""

import errno
import os
import socket
from collections.abc import Mapping

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = "8000"
# What listens on every address is reached at this one.
EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on


class CannotListen(Exception):
    """Nothing can listen there, for the reason that is said."""


def address(variables: Mapping[str, str]) -> tuple[str, int]:
    """Return the host and port that the environment names.

    Raises:
        CannotListen: the port is none.
    """
    host = variables.get("HOST") or DEFAULT_HOST
    port = variables.get("PORT") or DEFAULT_PORT
    # No more digits than a port has: beyond some thousand, they are no `int` either.
    if not (port.isascii() and port.isdigit() and len(port) <= 5 and 1 <= int(port) <= 65535):
        raise CannotListen(f'PORT is "{port}": a port is a number from 1 to 65535.')
    return host, int(port)


def check_free(host: str, port: int) -> None:
    """Listen there for a moment, as the web process will.

    Raises:
        CannotListen: nobody can, or somebody else does.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (OSError, UnicodeError) as error:
        raise CannotListen(f'HOST is "{host}", which is no address, and no name of one.') from error
    family, kind, protocol, _, where = found[0]
    with socket.socket(family, kind, protocol) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(where)
            listener.listen()
        except OSError as error:
            raise CannotListen(reason(host, port, error)) from error


def reason(host: str, port: int, error: OSError) -> str:
    """Say why nothing can listen there, and what to do."""
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Another program listens on {host}, port {port}, already: stop it, or choose "
                f"another port, such as PORT={port + 1 if port < 65535 else 8000}."
            )
        case errno.EACCES:
            return f"Port {port} is for root alone: choose one from 1024 on, such as PORT=8000."
        case errno.EADDRNOTAVAIL:
            return f'HOST is "{host}", which is no address of this machine.'
        case _:
            return f"Nothing can listen on {host}, port {port}: {os.strerror(error.errno or 0)}."


def here(host: str) -> str:
    """Return the address at which callers on this machine reach who listens on a host."""
    return EVERY_ADDRESS.get(host, host)


def base_url(host: str, port: int) -> str:
    """Return the URL of a server that listens there, for callers on this machine."""
    host = here(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
