"""How the web process runs: `python -m gunicorn -c` this file, from the project's directory."""

import os
import socket
from contextlib import suppress
from typing import Any

from gatekeeper_site.settings import LOGGING, STOP_SECONDS, env

bind = f"0.0.0.0:{env.int('PORT', 8000)}"
workers = env.int("WEB_PROCESSES", 3)
timeout = 30
graceful_timeout = int(STOP_SECONDS)
# A process's sign of life is a file's change: in memory, it never waits for a disk.
memory = "/dev/shm"  # noqa: S108 - the file's name is random
worker_tmp_dir = memory if os.path.isdir(memory) else None
control_socket_disable = True
loglevel = "warning"
# Its own log lines are like the application's.
logconfig_dict = LOGGING


def when_ready(server: Any) -> None:
    """Have a server that stops refuse new connections at once.

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
