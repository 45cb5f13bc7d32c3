"""Refuses unsafe settings (Django's system checks), and warns of doubtful ones (`check --deploy`).

A command of manage.py runs them when it begins, or those of the settings alone (by its
`requires_system_checks`); the web process runs all (wsgi.py).
"""

from ipaddress import ip_address
from math import ceil
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.checks import Warning as DjangoWarning
from django.core.exceptions import ImproperlyConfigured

from gatekeeper_site.core.registry import SETTINGS

SHORTEST_SECRET_KEY = 32
FEWEST_CHARACTERS = 5
# django-q ends a task process that has overrun its timeout by so much.
TASK_KILL_SECONDS = 3


def refuse_faulty_settings() -> None:
    """Run all checks, for processes that manage.py does not start.

    Raises:
        ImproperlyConfigured: at least one has found an error.
    """
    errors = [str(message) for message in run_checks() if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(errors))


@register(SETTINGS)
def check_task_queue(**kwargs: Any) -> list[CheckMessage]:
    """Check that no task is run again while it may still wait in a cluster, or run.

    `retry` counts from when a task is taken from the database. With every task process busy, it
    then waits behind those that were taken before it.
    """
    queue: dict[str, Any] = settings.Q_CLUSTER
    taken = queue["queue_limit"] + queue["bulk"]
    rounds = ceil(taken / queue["workers"]) + 1
    longest = rounds * (queue["timeout"] + TASK_KILL_SECONDS)
    if queue["retry"] > longest:
        return []
    return [
        Error(
            f"Q_CLUSTER: `retry` is {queue['retry']} s, but with {queue['workers']} task processes "
            f"a task may take {longest} s from when it is taken, and would be run twice: make "
            "`retry` longer or `timeout` shorter.",
            id="core.E001",
        )
    ]


@register(SETTINGS)
def check_debug(**kwargs: Any) -> list[CheckMessage]:
    """Check that pages with the settings in them are for this machine alone."""
    public = [host for host in settings.ALLOWED_HOSTS if not is_local(host)]
    if not settings.DEBUG or not public:
        return []
    return [
        Error(
            f"DEBUG is on, which shows settings and code to every caller, and ALLOWED_HOSTS has "
            f"{', '.join(public)}: turn DEBUG off, or set ALLOWED_HOSTS=localhost,127.0.0.1.",
            id="core.E002",
        )
    ]


@register(SETTINGS)
def check_secret_key(**kwargs: Any) -> list[CheckMessage]:
    """Check that SECRET_KEY is hard to guess, and that all machines have the same."""
    errors: list[CheckMessage] = []
    key = settings.SECRET_KEY
    if len(key) < SHORTEST_SECRET_KEY or len(set(key)) < FEWEST_CHARACTERS:
        text = (
            f"SECRET_KEY has {len(key)} characters, {len(set(key))} of them different; it needs "
            f"{SHORTEST_SECRET_KEY} and {FEWEST_CHARACTERS} or more. Who guesses it can log in, "
            "and have tasks run."
        )
        errors.append(DjangoWarning(text, id="core.W004"))
    host = settings.DATABASES["default"].get("HOST", "")
    if not (settings.SECRET_KEY_IS_GIVEN or settings.DEBUG or is_on_this_machine(host)):
        text = (
            f"The database is on {host}, where other machines may use it, but SECRET_KEY is not "
            "set, and each machine would make up its own: set it, to the same on each."
        )
        errors.append(Error(text, id="core.E004"))
    return errors


@register(Tags.security, deploy=True)
def check_public_face(**kwargs: Any) -> list[CheckMessage]:
    """Warn of what is right for `make run` but not for a server that others reach."""
    warnings: list[CheckMessage] = []
    if "*" in settings.ALLOWED_HOSTS:
        text = "ALLOWED_HOSTS is *: name the hosts, as links in answers are made of what comes in."
        warnings.append(DjangoWarning(text, id="core.W001"))
    if settings.SERVED_OVER_TLS and not settings.TRUSTED_PROXIES:
        text = (
            "SERVED_OVER_TLS without TRUSTED_PROXIES: the server takes every call for plain HTTP."
        )
        warnings.append(DjangoWarning(text, id="core.W002"))
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        text = "The database is SQLite, which serves one machine: set DATABASE_URL."
        warnings.append(DjangoWarning(text, id="core.W003"))
    return warnings


def is_local(host: str) -> bool:
    """Tell whether an entry of ALLOWED_HOSTS is this machine under a name that no other has."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_on_this_machine(database_host: str) -> bool:
    """Tell whether a database's host is a file, a Unix socket's directory, or this machine."""
    return database_host == "" or database_host[0] in "/@" or is_local(database_host)
