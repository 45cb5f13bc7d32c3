"""What the data directory keeps is its owner's alone, whichever process makes it."""

import sqlite3
from pathlib import Path

import pytest

from gatekeeper_site.core.sqlite.base import DatabaseWrapper, keep_private
from tests.processes import environment_for, manage


def modes(directory: Path) -> dict[str, str]:
    """Return the modes of the files in a directory, in octal."""
    files = [path for path in directory.iterdir() if path.is_file()]
    return {path.name: f"{path.stat().st_mode & 0o777:o}" for path in files}


def connected(path: Path) -> DatabaseWrapper:
    """Return Django's connection to a database that is written to."""
    settings = {
        "ENGINE": "gatekeeper_site.core.sqlite",
        "NAME": path,
        "OPTIONS": {"init_command": "PRAGMA journal_mode=WAL;"},
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": False,
        "AUTOCOMMIT": True,
        "ATOMIC_REQUESTS": False,
        "TIME_ZONE": None,
    }
    wrapper = DatabaseWrapper(settings)
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE secret (text TEXT)")
    return wrapper


@pytest.mark.processes
def test_migrate_makes_a_database_and_a_key_that_others_cannot_read(tmp_path: Path) -> None:
    # Given a data directory that anybody may look into, and an open umask
    manage(environment_for(tmp_path), "migrate", "core", "0001")

    found = modes(tmp_path)
    assert {name: found[name] for name in ("gatekeeper.sqlite3", "secret_key")} == {
        "gatekeeper.sqlite3": "600",
        "secret_key": "600",
    }


@pytest.mark.django_db
def test_what_sqlite_puts_beside_the_database_is_private_too(tmp_path: Path) -> None:
    wrapper = connected(tmp_path / "deeper" / "a.sqlite3")

    assert modes(tmp_path / "deeper") == {
        "a.sqlite3": "600",
        "a.sqlite3-wal": "600",
        "a.sqlite3-shm": "600",
    }
    wrapper.close()


@pytest.mark.django_db
def test_a_database_of_before_that_anybody_could_read_becomes_private(tmp_path: Path) -> None:
    # Given a database that another process has open, in the mode that SQLite gives
    path = tmp_path / "a.sqlite3"
    other = sqlite3.connect(path)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("CREATE TABLE public (text TEXT)")
    assert set(modes(tmp_path).values()) == {"644"}

    wrapper = connected(path)

    assert set(modes(tmp_path).values()) == {"600"}
    wrapper.close()
    other.close()


def test_a_mode_for_a_group_is_somebodys_own_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.sqlite3"
    path.touch()
    path.chmod(0o660)

    keep_private(path)

    assert modes(tmp_path) == {"a.sqlite3": "660"}
