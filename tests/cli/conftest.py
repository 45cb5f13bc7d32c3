"""A server that the command line's tests share, and how a test runs a command."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from gatekeeper_cli.main import main
from tests.preloaded import PROJECT
from tests.processes import Gatekeeper, directory_of_the_run, gatekeeper_processes

PACKAGES = (PROJECT / "clients" / "cli", PROJECT / "clients" / "python")


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def values(self) -> list[str]:
        """The lines of its output."""
        return self.out.splitlines()


Run = Callable[..., Result]


@pytest.fixture(scope="package")
def server() -> Iterator[Gatekeeper]:
    """A server with a worker, whose simulator is quick. What one test makes, the others see."""
    directory = directory_of_the_run("cli")
    with gatekeeper_processes(directory, SIMULATOR_STEP_SECONDS="0.1") as running:
        yield running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a configuration, in an environment that names no server."""
    for name in list(os.environ):
        if name.startswith(
            ("GATEKEEPER_U", "GATEKEEPER_TOKEN", "GATEKEEPER_PROFILE", "_GATEKEEPER")
        ):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process; its output is no terminal."""

    def run_command(*arguments: Any) -> Result:
        capsys.readouterr()
        status = main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Result(status, captured.out, captured.err)

    return run_command


@pytest.fixture
def as_admin(server: Gatekeeper, home: Path, monkeypatch: pytest.MonkeyPatch) -> Gatekeeper:
    """The server, whom the environment names with an admin's token."""
    monkeypatch.setenv("GATEKEEPER_URL", server.url)
    monkeypatch.setenv("GATEKEEPER_TOKEN", server.admin_token)
    return server


def started(*arguments: str, **options: Any) -> "subprocess.Popen[str]":
    """Start a command as a process of its own."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, PACKAGES))}
    return subprocess.Popen(
        [sys.executable, "-m", "gatekeeper_cli", *arguments],
        env=environment,
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
    )
