"""A process that has loaded the product's libraries, and forks a `python …` off when asked to.

The product's processes thus start in a third of the processor time. What reads settings, and all
that is the product's, each loads by itself, with its own environment.
"""

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
from typing import Any

import psutil

PROJECT = Path(__file__).resolve().parent.parent
# Those that take long to load and read no settings when they are; they load others in turn.
LIBRARIES = (
    "django.contrib.admin.views.main",
    "django.core.servers.basehttp",
    "django.db.backends.postgresql.base",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "croniter",
    "dj_database_url",
    "django_filters",
    "environs",
    "google.protobuf.descriptor_pb2",
    "grpc",
    "gunicorn.app.wsgiapp",
    "jsonschema",
    "pika",
    "prometheus_client",
    "psutil",
    "pygments.formatters.html",
    "pygments.lexers.data",
    "requests",
    "rest_framework.fields",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn_worker",
    "uvloop",
    "whitenoise.middleware",
    "yaml",
)
PR_SET_CHILD_SUBREAPER = 36
MAX_BYTES = 1 << 18
# Of each worker.
CLUSTERS = 2


class Preloaded:
    """The process, as who asks it for others sees it."""

    def __init__(self) -> None:
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
                stdin=subprocess.DEVNULL,
                pass_fds=[others.fileno()],
                start_new_session=True,
            )

    def start(
        self, arguments: Sequence[str], environment: Mapping[str, str], stdout: int, stderr: int
    ) -> psutil.Process:
        """Start `python` with arguments, in the project's directory and a session of its own."""
        order = encoded(arguments, environment)
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
    return arguments


def fork_clusters() -> list[str] | None:
    """Fork what a worker will start first, before it has threads; return what such a one is to run.

    They wait until the worker starts a process.
    """
    waiting: list[tuple[int, socket.socket]] = []
    for _ in range(CLUSTERS):
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
    for library in LIBRARIES:
        importlib.import_module(library)
    # What is loaded by now stays: were it looked at for garbage, each process would get a copy.
    gc.collect()
    gc.freeze()
    arguments = await_order(requests)
    if arguments[1:] == ["run_worker"]:
        arguments = fork_clusters() or arguments
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


if __name__ == "__main__":
    main()
