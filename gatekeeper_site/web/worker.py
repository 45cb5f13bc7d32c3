"""The web's processes: what gunicorn starts, watches, replaces and stops.

All that is done with what is not of gunicorn's public interface, or of its worker's, is done here;
tests/deploy/test_internals.py tells when what is used has changed.
"""

import logging
import os
import socket
from contextlib import suppress
from typing import Any, ClassVar

from uvicorn_worker import UvicornWorker

from gatekeeper_site.web.adapter import longest_call_seconds


class Worker(UvicornWorker):
    """A process with an event loop for its connections and a few threads for its calls."""

    CONFIG_KWARGS: ClassVar[dict[str, Any]] = {
        # By its name: it is loaded with the application, whose settings it needs.
        "http": "gatekeeper_site.web.connections:Connection",
        "loop": "uvloop",
        "ws": "none",
        "lifespan": "off",
        "interface": "asgi3",
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        # Never: what a connection may wait for, and for how long, is ours (connections.py).
        "timeout_keep_alive": 86_400,
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Its lines are like the application's, whose handlers are the root's.
        logging.getLogger("uvicorn.error").propagate = True

    def init_signals(self) -> None:
        """Have signals end this process, also one that came while the main one's still noted them.

        Of a main process that died in that moment there is no other sign than another parent.
        """
        super().init_signals()
        if os.getppid() != self.ppid:
            os._exit(1)

    async def callback_notify(self) -> None:
        """Give a sign of life, unless a call has no end: gunicorn then replaces this process."""
        if longest_call_seconds() < self.cfg.timeout:
            await super().callback_notify()


def refuse_connections_when_stopping(server: Any) -> None:
    """Have a main process that stops refuse new connections at once.

    By itself gunicorn only closes its own end: as long as a worker answers its last call, which
    has the socket too, new connections would be let in, wait for nobody, and be reset at the end.
    """
    listeners = [listener.sock.dup() for listener in server.LISTENERS]
    kill_workers = server.kill_workers

    def kill_workers_and_refuse(number: int) -> None:
        kill_workers(number)
        if server.reexec_pid or server.master_pid:
            return  # another server has taken the socket over
        for listener in listeners:
            with suppress(OSError):  # it was shut down before
                listener.shutdown(socket.SHUT_RDWR)

    server.kill_workers = kill_workers_and_refuse
