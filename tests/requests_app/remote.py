"""Looks at running processes from outside: by HTTP, and into their database."""

import functools
import json
import sqlite3
import urllib.error
import urllib.request
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg2

from tests.described import check_answer
from tests.processes import Gatekeeper


def call(gatekeeper: Gatekeeper, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Return the status and the JSON of an answer; None of one without a body."""
    request = urllib.request.Request(
        gatekeeper.url + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {gatekeeper.admin_token}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            status, headers, text = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        status, headers, text = error.code, error.headers, error.read()
    check_answer(method, path, status=status, headers=headers, body=text)
    return status, json.loads(text) if text else None


def got(gatekeeper: Gatekeeper, path: str) -> Any:
    """Return what is at a path."""
    status, body = call(gatekeeper, "GET", path)
    assert status == 200, body
    return body


def posted(gatekeeper: Gatekeeper, path: str, body: Any) -> Any:
    """Return what was made of an order."""
    status, answer = call(gatekeeper, "POST", path, body)
    assert status == 201, answer
    return answer


def sql(gatekeeper: Gatekeeper, statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement in the processes' database."""
    return rows(gatekeeper.environment, statement)


def rows(environment: Mapping[str, str], statement: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement in the database of processes with this environment."""
    if url := environment["DATABASE_URL"]:
        try:
            return answer(connection_to(url), statement)
        except (psycopg2.InterfaceError, psycopg2.OperationalError):
            # It was cut, as tests do, since it was used last.
            connection_to.cache_clear()
            return answer(connection_to(url), statement)
    path = Path(environment["GATEKEEPER_DATA_DIR"]) / "gatekeeper.sqlite3"
    with closing(sqlite3.connect(path, timeout=60)) as connection, connection:
        return answer(connection, statement)


def answer(connection: Any, statement: str) -> list[tuple[Any, ...]]:
    with closing(connection.cursor()) as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []


@functools.lru_cache(maxsize=1)
def connection_to(url: str) -> Any:
    """Return a connection that is kept: who waits for something asks again and again."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    return connection
