"""Starts the product's real processes for a test, waits for what they do, and ends them."""

import fcntl
import functools
import os
import secrets
import shutil
import signal
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from subprocess import CompletedProcess
from typing import TypeVar
from urllib.parse import urlsplit

import psutil
import psycopg2
import pytest

from manage import WITHOUT_HTTP
from tests.preloaded import PROJECT, Preloaded

# As long as nothing takes on a machine so busy that processes stand still for many seconds.
WAIT_SECONDS = 60
# Below those that Linux gives to outgoing connections.
PORTS = range(20_000, 32_768)
STOP_SECONDS = 10
END_SECONDS = 120
# What the run of the tests is on; which of the two it is makes no difference to most processes.
OWN_DATABASE = "sqlite" if os.environ["DATABASE_URL"].startswith("sqlite") else "postgresql"
# Of every server that the tests start: their databases are copies of one.
ADMIN_TOKEN = os.environ.setdefault("GATEKEEPER_TEST_ADMIN_TOKEN", secrets.token_hex(20))
GUNICORN = ("gunicorn", "-c", "deploy/gunicorn.conf.py", "gatekeeper_site.asgi")
PREPARE = """
import django
django.setup()
from django.conf import settings
from django.core.management import call_command
settings.STATICFILES_FINDERS = []
call_command("prepare")
"""

T = TypeVar("T")


@dataclass
class Gatekeeper:
    """A running web process and, unless there is to be none, a worker; with their own database."""

    url: str
    admin_token: str
    environment: dict[str, str]
    web: psutil.Process
    worker: psutil.Process | None


def wait_until(
    condition: Callable[[], T], *, what: str, seconds: float = WAIT_SECONDS, pause: float = 0.05
) -> T:
    """Return the condition's first true value; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        # The last look is after that: this process, too, may have stood still.
        is_last = time.monotonic() > deadline
        value = condition()
        if value:
            return value
        assert not is_last, f"waited {seconds} s in vain for: {what}"
        time.sleep(pause)


def own_ports() -> Iterator[int]:
    """Give ports again and again that no other process of this run gets."""
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    own = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    ports = PORTS[own::processes]
    # Another run may be beside this one.
    first = secrets.randbelow(len(ports))
    return cycle([*ports[first:], *ports[:first]])


ports = own_ports()


def free_port() -> int:
    """Return a port of the loopback that is free, and stays so until a server has started."""
    while True:
        port = next(ports)
        with socket.socket() as listener, suppress(OSError):
            listener.bind(("127.0.0.1", port))
            return port


def directory_of_the_run(name: str) -> Path:
    """Return a new directory that is removed when the run of the tests ends, however it does."""
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=os.environ["GATEKEEPER_DATA_DIR"]))


def environment_for(directory: Path, database_url: str = "", **more: str) -> dict[str, str]:
    """Return the environment of processes that keep their data in the directory.

    Without a database's URL they use SQLite there, as `make run` does.
    """
    own = {
        "GATEKEEPER_DATA_DIR": str(directory),
        "DATABASE_URL": database_url,
        # On another machine's database, one of their own would be refused.
        "SECRET_KEY": secrets.token_hex(25) if database_url else "",
        # What a killed process leaves goes with the test's own directory.
        "TMPDIR": str(directory),
    }
    return dict(os.environ) | own | {"DJANGO_SETTINGS_MODULE": "gatekeeper_site.settings"} | more


@functools.cache
def prepared_directory() -> Path:
    """Return a data directory as `make run` prepares it, made once in a run of the tests."""
    directory = Path(os.environ["GATEKEEPER_DATA_DIR"]) / "prepared"
    with made_once("prepared") as is_made:
        if not is_made:
            manage(environment_for(directory, GATEKEEPER_ADMIN_TOKEN=ADMIN_TOKEN), "prepare")
    return directory


@functools.cache
def prepared_database() -> str:
    """Return the name of a database on PostgreSQL that is prepared likewise."""
    own_url = os.environ["DATABASE_URL"]
    # Of this run: another may be on the same server.
    name = f"prepared_{ADMIN_TOKEN[:12]}"
    url = urlsplit(own_url)._replace(path=f"/{name}").geturl()
    directory = prepared_directory()
    with made_once(name) as is_made:
        if not is_made:
            administer(own_url, f'DROP DATABASE IF EXISTS "{name}"')
            template = os.environ.get("GATEKEEPER_TEST_TEMPLATE", "template1")
            copy_database(own_url, template, name)
            prepare_database(environment_for(directory, url))
    return name


def prepare_database(environment: Mapping[str, str]) -> None:
    """Prepare a database as `prepare` does, without the static files, which take it longest."""
    result = finished(dict(environment) | {"GATEKEEPER_ADMIN_TOKEN": ADMIN_TOKEN}, "-c", PREPARE)
    assert result.returncode == 0, result.stdout + result.stderr


@contextmanager
def made_once(name: str) -> Iterator[bool]:
    """Give whether something was made before in this run; who is told that it was not makes it.

    The others among the run's processes wait for that.
    """
    mark = Path(os.environ["GATEKEEPER_DATA_DIR"]) / f"{name}.made"
    with mark.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield mark.exists()
        mark.touch()


@contextmanager
def new_postgres_database() -> Iterator[str]:
    """Make a prepared database beside the tests' own; give its URL, and remove it at the end.

    Where the tests run without PostgreSQL, the test is skipped.
    """
    own_url = os.environ["DATABASE_URL"]
    if own_url.startswith("sqlite"):
        pytest.skip("these tests run without PostgreSQL (GATEKEEPER_TEST_DATABASE)")
    name = f"gatekeeper_{secrets.token_hex(6)}"
    copy_database(own_url, prepared_database(), name)
    try:
        yield urlsplit(own_url)._replace(path=f"/{name}").geturl()
    finally:
        administer(own_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def copy_database(server_url: str, template: str, name: str) -> None:
    # By files it takes a quarter of what it takes by the WAL, on a server of ours (PostgreSQL 18).
    strategy = "STRATEGY file_copy" if "GATEKEEPER_TEST_TEMPLATE" in os.environ else ""
    administer(server_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')


def copy_prepared(directory: Path) -> None:
    """Make a data directory that is prepared, with a SQLite database in it."""
    prepared = prepared_directory()
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "static").symlink_to(prepared / "static")
    for name in ("gatekeeper.sqlite3", "secret_key"):
        shutil.copy(prepared / name, directory)


def administer(database_url: str, statement: str) -> None:
    connection = psycopg2.connect(database_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()


@functools.cache
def preloaded(*, serves_http: bool) -> Preloaded:
    """Return what starts the product's processes, started itself when it is first needed."""
    return Preloaded(serves_http=serves_http)


def started(
    arguments: Sequence[str], environment: Mapping[str, str], stdout: int, stderr: int
) -> psutil.Process:
    """Start `python` with arguments, by what has loaded as much as that loads."""
    serves_http = not WITHOUT_HTTP.intersection(arguments[1:2])
    return preloaded(serves_http=serves_http).start(arguments, environment, stdout, stderr)


def finished(environment: Mapping[str, str], *arguments: str) -> CompletedProcess[str]:
    """Run `python …` to its end; return its status and what it printed."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = started(arguments, environment, output.fileno(), errors.fileno())
        try:
            status = process.wait(END_SECONDS)
        finally:
            stop(process)
        output.seek(0)
        errors.seek(0)
        return CompletedProcess(arguments, status, output.read().decode(), errors.read().decode())


def manage(environment: Mapping[str, str], *arguments: str) -> str:
    """Run a command of manage.py to its end; return what it printed."""
    result = finished(environment, "manage.py", *arguments)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@contextmanager
def running(environment: Mapping[str, str], *arguments: str) -> Iterator[psutil.Process]:
    """Run `python …` in a session of its own; at the end, stop it and whatever came of it."""
    process = started(arguments, environment, stdout=1, stderr=2)
    try:
        yield process
    finally:
        stop(process)


@contextmanager
def running_by_itself(environment: Mapping[str, str], *arguments: str) -> Iterator[psutil.Process]:
    """Do the same from the command line, as whoever operates the product does."""
    process = psutil.Popen(
        [sys.executable, *arguments], cwd=PROJECT, env=environment, start_new_session=True
    )
    try:
        yield process
    finally:
        stop(process)


def stop(process: psutil.Process) -> None:
    """End the process as its operator would, then kill what is left of it."""
    if is_gone(process):
        return
    family = descendants(process.pid)
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait()
    for relative in family:
        with suppress(psutil.NoSuchProcess):
            relative.kill()


def descendants(pid: int) -> list[psutil.Process]:
    """Return the processes that came of this one, itself first."""
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]


def halt(pid: int) -> None:
    """Stop a process where it is, and wait until each of its threads has stopped."""
    os.kill(pid, signal.SIGSTOP)

    def is_halted() -> bool:
        states = [
            (task / "stat").read_text().rsplit(")", 1)[1].split()[0]
            for task in Path(f"/proc/{pid}/task").iterdir()
        ]
        return set(states) == {"T"}

    wait_until(is_halted, what=f"the halt of {pid}")


def is_gone(process: psutil.Process) -> bool:
    """Return whether the process has ended, be it that nobody has asked for its status."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def kill(process: psutil.Process) -> None:
    process.send_signal(signal.SIGKILL)
    wait_until(lambda: is_gone(process), what=f"the death of {process.pid}")


def answers(url: str) -> bool:
    """Return whether a GET of the URL, on this machine, is answered with a 200."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


@contextmanager
def gatekeeper_processes(
    directory: Path, database_url: str = "", *, has_worker: bool = True, **environment: str
) -> Iterator[Gatekeeper]:
    """Prepare a database and run a web process and a worker on it, as `make run` does."""
    port = free_port()
    variables = environment_for(
        directory, database_url, GATEKEEPER_ADMIN_TOKEN=ADMIN_TOKEN, **environment
    )
    copy_prepared(directory)
    url = f"http://127.0.0.1:{port}"
    web_arguments = (*GUNICORN, "--bind", f"127.0.0.1:{port}")
    with ExitStack() as processes:
        web = processes.enter_context(running(variables, "-m", *web_arguments, "--workers", "2"))
        worker = None
        if has_worker:
            worker = processes.enter_context(running(variables, "manage.py", "run_worker"))
        ready = f"{url}/readyz" if has_worker else f"{url}/readyz?only=database"
        wait_until(lambda: answers(ready), what="a ready server", pause=0.2)
        yield Gatekeeper(url, ADMIN_TOKEN, variables, web, worker)
