"""A process that has loaded the product, and forks a `python …` off when asked to.

The product's processes thus start in less than half of the processor time. Each reads the settings
anew, from its own environment; where loading itself would have come out otherwise by them, it is
loaded anew too.
"""

import atexit
import ctypes
import gc
import importlib
import json
import os
import runpy
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import django
import django_q.conf
import psutil
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections
from django.db.migrations.loader import MigrationLoader
from django.utils.functional import empty
from django.utils.module_loading import import_string
from environs import EnvError

from gatekeeper_site.core import registry

PROJECT = Path(__file__).resolve().parent.parent
# Loaded when a command or a server runs, beside what `django.setup` loads.
LIBRARIES = (
    "django.core.cache.backends.locmem",
    "django.core.servers.basehttp",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django_q.brokers.orm",
    "django_q.cluster",
    "google.protobuf.descriptor_pb2",
    "grpc",
    "jsonschema",
    "pika",
    "yaml",
)
FOR_HTTP = (
    "gatekeeper_site.urls",
    "gunicorn.app.wsgiapp",
    "pygments.formatters.html",
    "pygments.lexers.data",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn_worker",
    "uvloop",
    "whitenoise.middleware",
)
# What of the settings is read when the product is loaded, and then once more: `have_own_settings`.
READ_ONCE_MORE = {
    "DATABASES",
    "ETCD_ENDPOINTS",
    "LOGGING",
    "MANO_SYNC_SECONDS",
    "Q_CLUSTER",
    "SECRET_KEY",
    # Of functions, which are made anew each time; it goes by another setting alone.
    "UNFOLD",
}
SERVES_HTTP = "GATEKEEPER_SERVES_HTTP"
PR_SET_CHILD_SUBREAPER = 36
MAX_BYTES = 1 << 18
# Names how many clusters a worker will start that need not be loaded; others are, as ever.
CLUSTERS = "GATEKEEPER_TEST_CLUSTERS"


class Preloaded:
    """The process, as who asks it for others sees it: with what serves HTTP loaded, or without."""

    def __init__(self, *, serves_http: bool) -> None:
        self.serves_http = serves_http
        # What it forks by way of a process that ends at once becomes a child of this one.
        libc = ctypes.CDLL(None, use_errno=True)
        assert libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0, os.strerror(ctypes.get_errno())
        self.lock = threading.Lock()
        self.requests, others = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with others:
            # It ends when this process does, with which the socket is closed.
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.preloaded", str(others.fileno())],
                cwd=PROJECT,
                env=os.environ | {SERVES_HTTP: str(int(serves_http))},
                stdin=subprocess.DEVNULL,
                pass_fds=[others.fileno()],
                start_new_session=True,
            )

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], stdout: int, stderr: int
    ) -> psutil.Process:
        """Start `python` with arguments, in the project's directory and a session of its own."""
        order = encoded(arguments, {**environment, SERVES_HTTP: str(int(self.serves_http))})
        with self.lock:
            socket.send_fds(self.requests, [order], [stdout, stderr])
            pid = int(self.requests.recv(MAX_BYTES))
        return psutil.Process(pid)


def await_order(requests: socket.socket) -> list[str]:
    """Fork for each order; return its arguments, in the process that is to carry it out."""
    while True:
        order, descriptors, _, _ = socket.recv_fds(requests, MAX_BYTES, 2)
        if not order:
            sys.exit()
        if middle := os.fork():
            os.waitpid(middle, 0)
            for descriptor in descriptors:
                os.close(descriptor)
            continue
        middle = os.getpid()
        if os.fork():
            os._exit(0)
        # Whose child it then is.
        while os.getppid() == middle:
            time.sleep(0.001)
        os.setsid()
        for number, descriptor in enumerate(descriptors, start=1):
            os.dup2(descriptor, number)
            os.close(descriptor)
        requests.send(str(os.getpid()).encode())
        requests.close()
        return become(order)


def become(order: bytes) -> list[str]:
    """Take the environment that was told; return the arguments."""
    told = json.loads(order)
    os.environ.clear()
    os.environ.update(told["environment"])
    tempfile.tempdir = None
    # What others see of it in /proc. What was added last is of most interest, should room be short.
    texts = [f"{name}={value}".encode() for name, value in reversed(told["environment"].items())]
    fields = Path("/proc/self/stat").read_text().rsplit(")", 1)[1].split()
    begin, end = (int(field) for field in fields[47:49])
    text = b"\0".join(texts)[: end - begin - 1]
    ctypes.memset(begin, 0, end - begin)
    ctypes.memmove(begin, text, len(text))
    arguments: list[str] = told["arguments"]
    reads_settings = arguments[0] in {"manage.py", "-c"} or arguments[1] in {"django", "gunicorn"}
    if not (reads_settings and have_own_settings()):
        os.execv(sys.executable, [sys.executable, *arguments])
    return arguments


def have_own_settings() -> bool:
    """Have what is loaded go by this process's environment; return whether it does.

    It does not where settings are wrong, or where others than those that can be read once more were
    read when it was loaded, and are different now.
    """
    # Django keeps each setting that was read.
    read = {name: value for name, value in vars(settings).items() if name != "_wrapped"}
    vars(settings).clear()
    settings._wrapped = empty
    del sys.modules["gatekeeper_site.settings"]
    try:
        differing = {name for name in read if getattr(settings, name) != read[name]}
    except (ImproperlyConfigured, EnvError):
        return False
    if differing - READ_ONCE_MORE:
        return False
    read_once_more()
    return True


def read_once_more() -> None:
    """Have those settings read that were read when the product was loaded.

    The log goes by them as soon as a command begins.
    """
    for alias in list(connections):
        if hasattr(connections._connections, alias):
            del connections[alias]
    del connections.settings
    connections._settings = None
    # What others have imported is this class.
    loaded = django_q.conf.Conf
    for name, value in vars(importlib.reload(django_q.conf).Conf).items():
        if not name.startswith("__"):
            setattr(loaded, name, value)
    django_q.conf.Conf = loaded
    for app in apps.get_app_configs():
        if Path(app.path).is_relative_to(PROJECT):
            app.ready()
    # What an app has registered twice is there once.
    for registered in vars(registry).values():
        if isinstance(registered, list):
            registered[:] = dict.fromkeys(registered)


def fork_clusters() -> list[str] | None:
    """Fork what a worker will start first, before it has threads; return what such a one is to run.

    They wait until the worker starts a process.
    """
    waiting: list[tuple[int, socket.socket]] = []
    for _ in range(int(os.environ.get(CLUSTERS, "2"))):
        mine, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            for each in (mine, *(channel for _, channel in waiting)):
                each.close()
            order = its.recv(MAX_BYTES)
            if not order:
                os._exit(0)
            its.close()
            os.setsid()
            return become(order)
        its.close()
        waiting.append((pid, mine))
    fork_exec = subprocess._fork_exec  # type: ignore[attr-defined]

    def start(arguments: list[str], *others: Any) -> int:
        if "run_cluster" not in arguments or not waiting:
            started: int = fork_exec(arguments, *others)
            return started
        pid, channel = waiting.pop(0)
        environment = dict(os.fsdecode(each).split("=", 1) for each in others[4])
        channel.send(encoded(arguments[1:], environment))
        channel.close()
        return pid

    subprocess._fork_exec = start  # type: ignore[attr-defined]
    return None


def encoded(arguments: Sequence[str], environment: Mapping[str, str]) -> bytes:
    order = json.dumps({"arguments": arguments, "environment": dict(environment)}).encode()
    assert len(order) <= MAX_BYTES
    return order


def main() -> None:
    """Serve a socket, whose number is the argument; in a forked process, run what was asked for."""
    requests = socket.socket(fileno=int(sys.argv[1]))
    django.setup()
    for library in LIBRARIES + (FOR_HTTP if settings.SERVES_HTTP else ()):
        importlib.import_module(library)
    MigrationLoader(None)
    if settings.SERVES_HTTP:
        for each in settings.MIDDLEWARE:
            import_string(each)
    # What is loaded by now stays: were it looked at for garbage, each process would get a copy.
    gc.collect()
    gc.freeze()
    arguments = await_order(requests)
    if arguments[1:] == ["run_worker"]:
        arguments = fork_clusters() or arguments
    code: str | int | None = None
    try:
        run(arguments)
    except SystemExit as end:
        code = end.code
    leave(code)


def run(arguments: list[str]) -> None:
    """Do what `python` does with these arguments."""
    first, *others = arguments
    if first == "-c":
        sys.argv = [first, *others[1:]]
        exec(others[0], {"__name__": "__main__"})
    elif first == "-m":
        sys.argv = others
        runpy.run_module(others[0], run_name="__main__", alter_sys=True)
    else:
        sys.argv = [first, *others]
        runpy.run_path(first, run_name="__main__")


def leave(code: str | int | None) -> NoReturn:
    """End this process, or one that it has forked, as Python does but for tidying up its memory.

    All that was loaded would first have to be copied for that.
    """
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


if __name__ == "__main__":
    main()
