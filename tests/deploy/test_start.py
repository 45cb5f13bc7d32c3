"""`make run`: what it refuses, what it starts, and that whatever ends it ends all."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from deploy.start import needed, procfile
from gatekeeper_site.web.listening import CannotListen, address, base_url, check_free
from tests.processes import (
    PROJECT,
    WAIT_SECONDS,
    descendants,
    environment_for,
    finished,
    free_port,
    is_gone,
    wait_until,
)

# Where to listen


@pytest.mark.parametrize("port", ["abc", "0", "65536", "99999", "-1", "8000.0", "٨٠", "9" * 5000])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(CannotListen, match="a port is a number from 1 to 65535"):
        address({"PORT": port})


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, ("127.0.0.1", 8000)),
        ({"HOST": "", "PORT": ""}, ("127.0.0.1", 8000)),
        ({"HOST": "0.0.0.0", "PORT": "1"}, ("0.0.0.0", 1)),
    ],
)
def test_it_listens_on_this_machine_alone_unless_told_otherwise(
    variables: dict[str, str], expected: tuple[str, int]
) -> None:
    assert address(variables) == expected


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_taken_port_is_refused(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        with pytest.raises(CannotListen) as refusal:
            check_free(host, port)

    assert str(refusal.value) == (
        f"Another program listens on {host}, port {port}, already: stop it, or choose another "
        f"port, such as PORT={port + 1}."
    )
    check_free(host, port)


@pytest.mark.parametrize("host", ["nonsense.invalid", "a b", "x" * 300, "999.0.0.1"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(CannotListen, match="which is no address, and no name of one"):
        check_free(host, free_port())


def test_another_machines_address_is_refused() -> None:
    with pytest.raises(CannotListen, match=r'"192\.0\.2\.1", which is no address of this machine'):
        check_free("192.0.2.1", free_port())


def test_a_port_for_root_is_refused_to_others() -> None:
    allowed_from = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text()
    if int(allowed_from) <= 80:
        pytest.skip("this machine lets everybody listen on port 80")
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        with pytest.raises(CannotListen, match="Port 80 is for root alone: choose one from 1024"):
            check_free("127.0.0.1", 80)
    finally:
        os.seteuid(user)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("::", "http://[::1]:80"),
        ("gatekeeper.example", "http://gatekeeper.example:80"),
    ],
)
def test_the_url_is_one_that_callers_on_this_machine_reach(host: str, url: str) -> None:
    assert base_url(host, 80) == url


# What is refused before anything is printed that is printed once


def refusal(directory: Path, *command: str, **variables: str) -> str:
    """Return what a command says on standard error when it refuses to begin."""
    environment = environment_for(directory) | {"PORT": str(free_port())} | variables
    result = finished(environment, *command)
    assert (result.returncode, result.stdout) == (1, "")
    assert "Traceback" not in result.stderr
    return result.stderr


def test_a_taken_port_ends_the_start_before_anything_is_made(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refusal(tmp_path / "data", "-m", "deploy.start", PORT=port)

    assert said.startswith("Another program listens on 127.0.0.1, port ")
    assert said.count("\n") == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        (
            {"DATABASE_URL": "postgres://me:sesame@127.0.0.1:1/x"},
            (
                'CommandError: The database (DATABASE_URL) is PostgreSQL, "x" on 127.0.0.1, '
                'port 1, as user "me". It cannot be used: Connection refused\n'
            ),
        ),
        (
            {"DATABASE_URL": "postgres://me:sesame@127.0.0.1:port/x"},
            (
                "The settings are wrong: DATABASE_URL cannot be read. It is "
                "postgres://user:password@host:5432/name, with special characters percent-encoded "
                "(a / as %2F), or sqlite:////directory/file.\n"
            ),
        ),
        ({"DATABASE_URL": "mysql://me:sesame@h/x"}, "The settings are wrong: DATABASE_URL cannot"),
        (
            {"SECRET_KEY": "", "GATEKEEPER_DATA_DIR": "/proc/nowhere"},
            (
                "The settings are wrong: SECRET_KEY is not set, and none can be kept in "
                "GATEKEEPER_DATA_DIR: [Errno 2]"
            ),
        ),
        (
            {"SECRET_KEY": "abcdef" * 8, "GATEKEEPER_DATA_DIR": "/proc/nowhere"},
            (
                "CommandError: The database (DATABASE_URL) is SQLite, "
                "/proc/nowhere/gatekeeper.sqlite3. It cannot be used: [Errno 2] "
                "No such file or directory: '/proc/nowhere'\n"
            ),
        ),
        (
            {"LOG_LEVEL": "loud"},
            (
                'The settings are wrong: Environment variable "LOG_LEVEL" invalid: It is DEBUG, '
                'INFO, WARNING, ERROR or CRITICAL, not "loud".\n'
            ),
        ),
        ({"CALLBACK_ALLOWED_NETWORKS": "lan"}, "The settings are wrong: CALLBACK_ALLOWED_NETWORKS"),
    ],
)
def test_what_the_environment_names_and_cannot_be_used_is_said_in_a_sentence(
    variables: dict[str, str], sentence: str, tmp_path: Path
) -> None:
    said = refusal(tmp_path, "manage.py", "prepare", **variables)

    assert said.startswith(sentence)
    assert "sesame" not in said
    assert said.count("\n") == 1


def test_what_the_preparation_refuses_the_starter_has_nothing_to_add_to(tmp_path: Path) -> None:
    said = refusal(tmp_path, "-m", "deploy.start", LOG_LEVEL="loud")

    assert said.startswith('The settings are wrong: Environment variable "LOG_LEVEL" invalid')
    assert said.count("\n") == 1


# What is started


def started(**variables: str) -> set[str]:
    return set(needed(procfile((PROJECT / "Procfile").read_text()), variables))


@pytest.mark.parametrize(
    ("variables", "more"),
    [
        ({}, set()),
        ({"MANO_DRIVER": "simulator", "ETCD_ENDPOINTS": ""}, set()),
        ({"MANO_DRIVER": "sonata"}, {"listen_mano"}),
        ({"ETCD_ENDPOINTS": "http://127.0.0.1:1"}, {"sync_etcd", "simulate_agent"}),
        ({"ETCD_ENDPOINTS": "http://127.0.0.1:1", "SIMULATE_AGENT": "0"}, {"sync_etcd"}),
    ],
)
def test_only_what_has_something_to_do_is_started(
    variables: dict[str, str], more: set[str]
) -> None:
    assert started(**variables) == {"web", "worker"} | more


# What ends the starter

# What `make` runs: the starter, with programs that take no time to start in the product's place.
STARTER = """
import sys
from deploy.start import serve, stop_reasons
web, worker, port = sys.argv[1:]
commands = {"web": ["sh", "-c", web], "worker": ["sh", "-c", worker]}
sys.exit(serve(commands, "127.0.0.1", int(port), 1, stop_reasons()))
"""
WAIT = "exec sleep 600"


@contextmanager
def made(
    directory: Path, web: str = "", worker: str = WAIT, before: Callable[[], None] | None = None
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """Run the starter by `make`; give make's process, and the file of all output."""
    port = free_port()
    web = web or f"exec {sys.executable} -m http.server --bind 127.0.0.1 {port}"
    (directory / "starter.py").write_text(STARTER)
    (directory / "Makefile").write_text(
        f"run:\n\t@{sys.executable} starter.py '{web}' '{worker}' {port}\n"
    )
    output = directory / "output"
    with output.open("w") as log:
        make = subprocess.Popen(
            ["make", "run"],
            cwd=directory,
            env=os.environ | {"PYTHONPATH": str(PROJECT)},
            start_new_session=True,
            stdout=log,
            stderr=log,
            preexec_fn=before,  # noqa: PLW1509
        )
    try:
        yield make, output
    finally:
        make.terminate()
        make.wait(WAIT_SECONDS)


def family_of(make: subprocess.Popen[bytes], output: Path) -> list[psutil.Process]:
    """Return make, the starter, web and worker, once the web answers."""
    wait_until(lambda: "Listening on" in output.read_text(), what="the web")
    family = descendants(make.pid)
    assert len(family) == 4
    return family


def wait_for_the_end(family: list[psutil.Process]) -> None:
    wait_until(lambda: all(map(is_gone, family)), what="the end of all")


def ignore_like_nohup() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.mark.parametrize(
    ("whom", "number"),
    [
        ("group", signal.SIGINT),  # Ctrl-C
        ("group", signal.SIGHUP),  # a closed terminal
        ("make", signal.SIGTERM),
        ("make", signal.SIGKILL),
        ("starter", signal.SIGTERM),
        ("starter", signal.SIGKILL),
    ],
)
def test_whatever_ends_the_starter_ends_all(
    whom: str, number: signal.Signals, tmp_path: Path
) -> None:
    with made(tmp_path) as (make, output):
        family = family_of(make, output)

        if whom == "group":
            os.killpg(make.pid, number)
        else:
            family[whom == "starter"].send_signal(number)

        make.wait(WAIT_SECONDS)
        wait_for_the_end(family)
    assert "again in" not in output.read_text()
    assert "Traceback" not in output.read_text()


def test_under_nohup_a_closed_terminal_ends_nothing_and_sigterm_all(tmp_path: Path) -> None:
    with made(tmp_path, before=ignore_like_nohup) as (make, output):
        family = family_of(make, output)

        os.killpg(make.pid, signal.SIGHUP)
        # The worker's new process shows that the starter has gone on.
        family[3].kill()
        wait_until(lambda: "starts again" in output.read_text(), what="a restart")
        assert not any(map(is_gone, family[:3]))

        make.terminate()
        make.wait(WAIT_SECONDS)
        wait_for_the_end(family)


def test_a_process_that_ends_is_started_again(tmp_path: Path) -> None:
    with made(tmp_path, worker="echo at work; exit 3") as (_, output):
        wait_until(lambda: output.read_text().count("at work") == 2, what="a second start")
    assert "worker ended with status 3; it starts again in 1 s." in output.read_text()


def test_what_does_not_stop_in_time_is_killed_with_what_it_has_started(tmp_path: Path) -> None:
    stubborn = 'trap "" TERM; sleep 600 & wait; wait; sleep 600'
    with made(tmp_path, worker=stubborn) as (make, output):
        wait_until(lambda: "Listening on" in output.read_text(), what="the web")
        wait_until(
            lambda: "sleep" in [process.name() for process in descendants(make.pid)],
            what="what the worker starts",
        )
        family = descendants(make.pid)

        make.terminate()

        wait_for_the_end(family)


def test_a_web_that_ends_before_it_has_answered_ends_all(tmp_path: Path) -> None:
    with made(tmp_path, web="echo no such thing; exit 3") as (make, output):
        assert make.wait(WAIT_SECONDS) != 0

    said = output.read_text()
    assert "no such thing" in said
    assert "The web process has ended before it answered; what it said stands above." in said
    assert "Listening on" not in said
