"""How the web process runs: `python -m gunicorn -c` this file, from the project's directory."""

import gc
import os
import resource
import signal
from typing import Any

from gatekeeper_site.settings import LOGGING, STOP_SECONDS, env
from gatekeeper_site.web.worker import refuse_connections_when_stopping
from gatekeeper_site.work.parent_death import die_with_parent

host = env.str("HOST", "") or "127.0.0.1"
bind = f"[{host}]:{env.int('PORT', 8000)}" if ":" in host else f"{host}:{env.int('PORT', 8000)}"
worker_class = "gatekeeper_site.web.worker.Worker"
workers = env.int("WEB_PROCESSES", 2)
# The processes are forked off one that has everything loaded: they are there at once, and have most
# of their memory in common.
preload_app = True
# After so long a process is replaced that gives no sign of life, or has a call that does not end.
timeout = 30
graceful_timeout = int(STOP_SECONDS)
# A process's sign of life is a file's change: in memory, it never waits for a disk.
memory = "/dev/shm"  # noqa: S108 - the file's name is random
worker_tmp_dir = memory if os.path.isdir(memory) else None
control_socket_disable = True
loglevel = "warning"
# Its own log lines are like the application's.
logconfig_dict = LOGGING

# Each connection is an open file. A shell or systemd allows 1024, and more to who asks.
MAX_OPEN_FILES = 16_384
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
allowed = MAX_OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_OPEN_FILES)
resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def when_ready(server: Any) -> None:
    """Have a server that stops refuse new connections, and its processes share what is loaded."""
    refuse_connections_when_stopping(server)
    # What is loaded by now stays: were it looked at for garbage, each process would get a copy.
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """Have no process outlive the main one, without which nothing would replace or stop it."""
    die_with_parent(server.pid, signal.SIGTERM)
