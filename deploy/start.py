"""Starts the server on this machine, for `make run`: `python -m deploy.start`.

Makes the data directory ready, runs each process of the Procfile that has something to do, and
starts it again when it ends, until SIGTERM, Ctrl-C or a closed terminal. Whatever else ends this
process ends those as well, and what ends `make` ends this one: the kernel sees to both.
"""

import os
import select
import shlex
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from gatekeeper_site.web.listening import (
    EVERY_ADDRESS,
    CannotListen,
    address,
    base_url,
    check_free,
    here,
)
from gatekeeper_site.work.parent_death import die_with_parent
from gatekeeper_site.work.pauses import Pause
from gatekeeper_site.work.process_groups import end_of, kill_group, stop_group
from gatekeeper_site.work.stopping import rest, stop_signals

PROJECT = Path(__file__).resolve().parent.parent
TICK_SECONDS = 0.2
# A process that ends again and again is started after 1, 2, 4, then always 8 seconds.
FIRST_PAUSE_SECONDS = 1
LONGEST_PAUSE_SECONDS = 8
# Who has run for so long has started well.
LONG_RUN_SECONDS = 60
CONNECT_SECONDS = 1
# More than STOP_SECONDS, in which web and worker let their work end.
STOP_MARGIN_SECONDS = 3
# Of the Procfile's processes, those that have something to do with some settings only.
IS_NEEDED: dict[str, Callable[[Mapping[str, str]], bool]] = {
    "listen_mano": lambda variables: variables.get("MANO_DRIVER") == "sonata",
    "sync_etcd": lambda variables: bool(variables.get("ETCD_ENDPOINTS")),
    # Beside real agents, SIMULATE_AGENT=0.
    "simulate_agent": lambda variables: (
        bool(variables.get("ETCD_ENDPOINTS")) and variables.get("SIMULATE_AGENT") != "0"
    ),
}


@dataclass
class Process:
    """One of the server's processes, started."""

    name: str
    command: list[str]
    popen: subprocess.Popen[bytes]
    started: float = field(default_factory=time.monotonic)
    pause: Pause = field(default_factory=lambda: Pause(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS))
    # When it is started again; None while it runs.
    due: float | None = None


def main() -> int:
    """Start the server, and return the exit status when it has stopped."""
    stopped = stop_reasons()
    try:
        host, port = address(os.environ)
        check_free(host, port)
    except CannotListen as refusal:
        say(str(refusal))
        return 1
    os.environ |= {
        "HOST": host,
        "PORT": str(port),
        "PYTHONUNBUFFERED": "1",
        # The Procfile's `python` is this one.
        "PATH": f"{Path(sys.executable).parent}:{os.environ.get('PATH', os.defpath)}",
    }
    status = run(["python", "manage.py", "prepare"], stopped)
    if stopped:
        return 0
    if status:
        return 1
    commands = needed(procfile((PROJECT / "Procfile").read_text()), os.environ)
    stop_seconds = float(os.environ.get("STOP_SECONDS") or 4) + STOP_MARGIN_SECONDS
    return serve(commands, host, port, stop_seconds, stopped)


def stop_reasons() -> list[int]:
    """Return a list that is empty until this process is to stop, also as its parent has ended."""
    stopped = stop_signals()
    if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # as nohup wants it
        signal.signal(signal.SIGHUP, signal.getsignal(signal.SIGTERM))
    die_with_parent(os.getppid(), signal.SIGTERM)
    return stopped


def procfile(text: str) -> dict[str, list[str]]:
    """Return the commands of a Procfile by their processes' names."""
    lines = [line.partition(":") for line in text.splitlines()]
    return {name: shlex.split(command) for name, _, command in lines}


def needed(commands: Mapping[str, list[str]], variables: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the commands of the processes that have something to do."""
    return {
        name: command
        for name, command in commands.items()
        if name not in IS_NEEDED or IS_NEEDED[name](variables)
    }


def run(command: list[str], stopped: list[int]) -> int:
    """Run a command to its end, or until this process is to stop; return its status."""
    child = start(command)
    while child.poll() is None and not stopped:
        rest(TICK_SECONDS, stopped)
    if stopped:
        child.terminate()
    return child.wait()


def serve(
    commands: Mapping[str, list[str]],
    host: str,
    port: int,
    stop_seconds: float,
    stopped: list[int],
) -> int:
    """Keep the processes running until this one is to stop, then stop them; return the status.

    A web process that ends before it has ever answered ends it all.
    """
    processes = [Process(name, command, start(command)) for name, command in commands.items()]
    has_answered = answering(here(host), port)
    is_announced = False
    while not stopped:
        if not is_announced and next(has_answered):
            is_announced = True
            everywhere = ", and on all other addresses" if host in EVERY_ADDRESS else ""
            running = f"Listening on {base_url(host, port)}{everywhere} ({', '.join(commands)})"
            say(f"{running}; Ctrl-C stops it.", sys.stdout)
        for process in processes:
            look_after(process)
            if process.name == "web" and process.due is not None and not is_announced:
                say("The web process has ended before it answered; what it said stands above.")
                stop(processes, stop_seconds)
                return 1
        rest(TICK_SECONDS, stopped)
    stop(processes, stop_seconds)
    return 0


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a command that ends with this process.

    In a session of its own: the signals of a terminal are for this process alone.
    """
    parent = os.getpid()
    return subprocess.Popen(
        command,
        cwd=PROJECT,
        start_new_session=True,
        # Safe, as this process has no threads.
        preexec_fn=lambda: die_with_parent(parent, signal.SIGTERM),  # noqa: PLW1509
    )


def look_after(process: Process) -> None:
    """Start the process again if it has ended, after a pause."""
    now = time.monotonic()
    if process.due is None:
        if end_of(process.popen) is None:
            return
        status = kill_group(process.popen)
        if now - process.started >= LONG_RUN_SECONDS:
            process.pause.end()
        seconds = process.pause.grow()
        say(f"{process.name} ended with status {status}; it starts again in {seconds:.0f} s.")
        process.due = now + seconds
    elif now >= process.due:
        process.popen, process.started, process.due = start(process.command), now, None


def stop(processes: Iterable[Process], seconds: float) -> None:
    """Let each process end its work; kill what is left after so many seconds."""
    deadline = time.monotonic() + seconds
    running = [process for process in processes if process.due is None]
    for process in running:
        os.kill(process.popen.pid, signal.SIGTERM)
    for process in running:
        stop_group(process.popen, deadline)


def answering(host: str, port: int) -> Iterator[bool]:
    """Yield whether the server has answered a call, whatever it says; wait for nothing."""
    while True:
        with suppress(OSError), socket.create_connection((host, port), CONNECT_SECONDS) as call:
            # That somebody listens does not say that he has begun to read.
            call.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
            while not select.select([call], [], [], 0)[0]:
                yield False
            if call.recv(1):
                break
        yield False
    while True:
        yield True


def say(text: str, stream: TextIO = sys.stderr) -> None:
    """Write a line at once."""
    stream.write(f"{text}\n")
    stream.flush()


if __name__ == "__main__":
    sys.exit(main())
