"""What the settings find in the environment and in the data directory.

A wrong value stops the start, with a sentence that names the variable.
"""

import secrets
from collections.abc import Sequence
from contextlib import suppress
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import dj_database_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env
from marshmallow.validate import Range

from gatekeeper_site.core.rates import Rate, parse_rate

env = Env()


def number(name: str, default: int, *, least: int = 1, most: int = 100) -> int:
    """Return a variable's whole number."""
    return env.int(name, default, validate=Range(min=least, max=most))


def seconds(name: str, default: float, *, least: float = 0, most: float = 10**8) -> float:
    """Return a variable's seconds."""
    return env.float(name, default, validate=Range(min=least, max=most))


def seconds_list(name: str, default: Sequence[float]) -> list[float]:
    """Return a variable's seconds, of each of several pauses.

    Raises:
        ImproperlyConfigured: they are no such list.
    """
    try:
        pauses = [float(pause) for pause in env.list(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}: {error}. It is the pauses between tries: 10,30,60."
        ) from error
    if not all(0 <= pause <= 10**6 for pause in pauses):
        raise ImproperlyConfigured(f"{name}: a pause has 0 to 1000000 seconds.")
    return pauses


def rate(name: str, default: str) -> Rate | None:
    """Return a variable's rate, as `6000/minute`; None: there is no limit.

    Raises:
        ImproperlyConfigured: it is no rate.
    """
    try:
        return parse_rate(env.str(name, default))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def networks(name: str) -> list[str]:
    """Return a variable's IP networks, none by default.

    Raises:
        ImproperlyConfigured: one is malformed, which no order is to find out.
    """
    texts: list[str] = env.list(name, [])
    try:
        for text in texts:
            ip_network(text)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}.") from error
    return texts


def kept_secret_key(path: Path) -> str:
    """Return the key in a file of the data directory, made at the first start."""
    try:
        if not path.exists():
            make_secret_key(path)
        return path.read_text()
    except OSError as error:
        raise ImproperlyConfigured(
            f"SECRET_KEY is not set, and none can be kept in GATEKEEPER_DATA_DIR: {error}. Name a "
            "directory that can be written, or set SECRET_KEY, to the same on every machine."
        ) from error


def make_secret_key(path: Path) -> None:
    """Write a new key, unless another process has just done so.

    Linking a complete file into place lets several processes start at once and agree on one key.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    draft.touch(mode=0o600)
    try:
        draft.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()


def database(url: str) -> dict[str, Any]:
    """Return what Django's DATABASES says of a database.

    Raises:
        ImproperlyConfigured: the URL, which may hold a password, cannot be read, or is of a kind
            that is not supported.
    """
    try:
        found: Any = dj_database_url.parse(
            url,
            conn_max_age=60,
            conn_health_checks=True,
            # They would outlive their transaction, which a PgBouncer that pools those cannot keep.
            disable_server_side_cursors=True,
        )
    except ValueError:
        found = {"ENGINE": ""}
    kind = found["ENGINE"].rpartition(".")[2]
    if kind not in {"postgresql", "sqlite3"}:
        raise ImproperlyConfigured(
            "DATABASE_URL cannot be read. It is postgres://user:password@host:5432/name, with "
            "special characters percent-encoded (a / as %2F), or sqlite:////directory/file."
        )
    own = of_sqlite() if kind == "sqlite3" else of_postgresql(found.get("OPTIONS", {}))
    return {**found, **own}


def of_sqlite() -> dict[str, Any]:
    """Return engine and options of SQLite."""
    return {
        "ENGINE": "gatekeeper_site.core.sqlite",
        "OPTIONS": {
            # A transaction that writes takes the lock when it begins: one that found out later
            # could not wait for it, and would fail.
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }


def of_postgresql(given: dict[str, Any]) -> dict[str, Any]:
    """Return engine and options of PostgreSQL.

    Nobody waits for ever: for a host that is gone (the limits of TCP), for a process that is
    stopped amid a transaction, for a lock.

    Args:
        given: options of the URL, which has the last word.
    """
    limits = "-c idle_in_transaction_session_timeout=10s -c lock_timeout=10s"
    return {
        "ENGINE": "gatekeeper_site.core.postgresql",
        "OPTIONS": {
            "connect_timeout": 5,
            # Shorter, so that of several hosts the next is tried.
            "tcp_user_timeout": 4000,
            "keepalives_idle": 30,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            **given,
            "options": f"{limits} {given.get('options', '')}".rstrip(),
        },
    }
