"""Who looks often into the database, and finds nothing, is spared most looks."""

import os
import time
from pathlib import Path

import pytest
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper

from gatekeeper_site.work import changes
from gatekeeper_site.work.changes import Changes
from tests.processes import wait_until


def sqlite(path: Path) -> DatabaseWrapper:
    options = {"OPTIONS": {}, "TIME_ZONE": None, "CONN_HEALTH_CHECKS": False, "CONN_MAX_AGE": 0}
    wrapper = DatabaseWrapper(
        {"NAME": str(path), "AUTOCOMMIT": True, "ATOMIC_REQUESTS": False} | options
    )
    wrapper.inc_thread_sharing()
    return wrapper


@pytest.mark.django_db
def test_what_others_write_into_sqlite_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, other = sqlite(tmp_path / "any"), sqlite(tmp_path / "any")
    monkeypatch.setattr(changes, "connection", ours)
    monkeypatch.setattr(changes, "LOOK_SECONDS", 3600)
    seen = Changes()
    assert [seen.may_have_come(), seen.may_have_come()] == [True, False]

    with other.cursor() as cursor:
        cursor.execute("CREATE TABLE any (number integer)")
    assert [seen.may_have_come(), seen.may_have_come()] == [True, False]

    # When time has passed, something may be due
    seen.looked_at = time.monotonic() - 3600
    assert [seen.may_have_come(), seen.may_have_come()] == [True, False]


@pytest.mark.django_db
def test_for_a_while_after_a_change_there_may_be_something_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = sqlite(tmp_path / "any")
    monkeypatch.setattr(changes, "connection", ours)
    monkeypatch.setattr(changes, "LOOK_SECONDS", 3600)
    seen = Changes(busy_seconds=60)
    assert [seen.may_have_come(), seen.may_have_come()] == [True, True]

    seen.changed_at = time.monotonic() - 60
    assert seen.may_have_come() is False


@pytest.mark.django_db
@pytest.mark.skipif(os.environ["DATABASE_URL"].startswith("sqlite"), reason="not PostgreSQL")
def test_what_anybody_commits_in_postgresql_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "LOOK_SECONDS", 3600)
    seen = Changes()
    assert seen.may_have_come() is True
    other = connection.copy()
    other.set_autocommit(False)
    try:
        # Other tests write into this PostgreSQL, now and then.
        wait_until(lambda: not seen.may_have_come(), what="nothing new", pause=0)
        with other.cursor() as cursor:
            cursor.execute("CREATE TABLE any_table (number integer)")
        wait_until(lambda: not seen.may_have_come(), what="nothing new", pause=0)
        other.rollback()
        assert seen.may_have_come() is True
    finally:
        other.close()

    # What the looker itself has written is nothing new to it.
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE any_other (number integer)")

    def is_passed_over() -> bool:
        seen.pass_over()
        return not seen.may_have_come()

    wait_until(is_passed_over, what="nothing new", pause=0)
