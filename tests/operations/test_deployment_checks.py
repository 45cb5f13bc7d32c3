"""Settings that are not safe are refused, by every process."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from tests.processes import GUNICORN, environment_for, finished

# What is checked is not connected to.
pytestmark = pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")

KEY = "a-key-of-more-than-thirty-two-characters"


def faults(settings: Any, *, deploy: bool = False, **values: Any) -> list[str]:
    """Return the ids of what is wrong with these settings."""
    for name, value in values.items():
        setattr(settings, name, value)
    messages = run_checks(include_deployment_checks=deploy)
    return sorted(message.id for message in messages if message.id.startswith("core."))


def test_the_defaults_are_right(settings: Any) -> None:
    assert faults(settings) == []


# The task queue


@pytest.mark.parametrize(
    ("queue", "is_right"),
    [
        # One process, three rounds of a timeout and 3 s: 84 s.
        ({"workers": 1, "timeout": 25, "retry": 85}, True),
        ({"workers": 1, "timeout": 25, "retry": 84}, False),
        # Two or more, two rounds: 56 s.
        ({"workers": 2, "timeout": 25, "retry": 57}, True),
        ({"workers": 2, "timeout": 25, "retry": 56}, False),
        ({"workers": 50, "timeout": 25, "retry": 57}, True),
        ({"workers": 50, "timeout": 60, "retry": 25}, False),
        # Tasks that are taken in advance wait longer.
        ({"workers": 2, "timeout": 25, "retry": 90, "bulk": 10}, False),
        ({"workers": 2, "timeout": 25, "retry": 90, "queue_limit": 10}, False),
    ],
)
def test_a_task_may_not_be_run_again_while_it_may_still_run(
    settings: Any, queue: dict[str, int], is_right: bool
) -> None:
    found = faults(settings, Q_CLUSTER=settings.Q_CLUSTER | queue)

    assert found == ([] if is_right else ["core.E001"])


# DEBUG


@pytest.mark.parametrize(
    ("hosts", "is_right"),
    [
        (["localhost"], True),
        (["127.0.0.1", "[::1]", "shop.localhost", ".localhost"], True),
        ([], True),
        (["*"], False),
        (["localhost", "gatekeeper.example"], False),
        ([".example"], False),
        (["notlocalhost"], False),
        (["10.0.0.1"], False),
        (["127.0.0.1.example"], False),
    ],
)
def test_debug_is_for_this_machine_alone(settings: Any, hosts: list[str], is_right: bool) -> None:
    assert faults(settings, DEBUG=True, ALLOWED_HOSTS=hosts) == ([] if is_right else ["core.E002"])
    assert faults(settings, DEBUG=False, ALLOWED_HOSTS=hosts) == []


# SECRET_KEY


@pytest.mark.parametrize("key", ["short", "a" * 50, "abcd" * 20, KEY[:31]])
def test_a_key_that_can_be_guessed_is_warned_of(settings: Any, key: str) -> None:
    assert faults(settings, SECRET_KEY=key) == ["core.W004"]
    assert faults(settings, SECRET_KEY=KEY) == []


@pytest.mark.parametrize(
    ("host", "is_right"),
    [
        ("", True),
        ("localhost", True),
        ("127.0.0.1", True),
        ("::1", True),
        ("/run/postgresql", True),
        ("db.example", False),
        ("10.0.0.1", False),
        ("localhost.example", False),
    ],
)
def test_a_key_of_its_own_is_for_one_machine(settings: Any, host: str, is_right: bool) -> None:
    database = settings.DATABASES["default"] | {"HOST": host}
    values: dict[str, Any] = {"DATABASES": {"default": database}, "SECRET_KEY": KEY}

    found = faults(settings, SECRET_KEY_IS_GIVEN=False, **values)

    assert found == ([] if is_right else ["core.E004"])
    assert faults(settings, SECRET_KEY_IS_GIVEN=True, **values) == []


# check --deploy


def test_what_is_doubtful_on_a_server_is_a_warning(settings: Any) -> None:
    postgresql = {"default": {"ENGINE": "django.db.backends.postgresql", "HOST": ""}}
    sqlite = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}

    right = faults(settings, deploy=True, ALLOWED_HOSTS=["g.example"], DATABASES=postgresql)
    doubtful = faults(
        settings, deploy=True, ALLOWED_HOSTS=["*"], DATABASES=sqlite, SERVED_OVER_TLS=True
    )

    assert right == []
    assert doubtful == ["core.W001", "core.W002", "core.W003"]
    assert faults(settings) == []


# Processes


WEB = ["-m", *GUNICORN, "--bind", "127.0.0.1:0", "--workers", "1"]
WORKER = ["manage.py", "run_worker"]
COMMAND = ["manage.py", "migrate"]


@pytest.mark.processes
@pytest.mark.parametrize(
    ("command", "variables", "words"),
    [
        (WEB, {"DEBUG": "true"}, "DEBUG is on"),
        (WORKER, {"DEBUG": "true"}, "DEBUG is on"),
        (COMMAND, {"DEBUG": "true"}, "DEBUG is on"),
        (WORKER, {"DATABASE_URL": "postgres://g:g@db.example/g"}, "The database is on db.example"),
        (COMMAND, {"GATEKEEPER_DATA_DIR": "/proc/none"}, "and none can be kept"),
        (COMMAND, {"WORKER_PROCESSES": "0"}, "WORKER_PROCESSES"),
    ],
)
def test_no_process_starts_with_unsafe_settings(
    tmp_path: Path, command: list[str], variables: dict[str, str], words: str
) -> None:
    environment = environment_for(tmp_path) | variables

    result = finished(environment, *command)

    assert result.returncode != 0
    assert words in result.stdout + result.stderr
