"""A list that was answered is answered from memory until anything is written, and never longer."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

import gatekeeper_site.urls  # noqa: F401 - it says which reads there are
from gatekeeper_site.api.hot_reads.answering import answer_to
from gatekeeper_site.api.hot_reads.kept_pages import MAX_KEPT_BYTES, MAX_PAGE_BYTES, KeptPages
from requests_app.models import Request
from tests.fixtures import OTHER_TENANT, TENANT, Api, many_requests, new_api
from tests.processes import wait_until

FROM_MEMORY = 1
FROM_THE_DATABASE = 3


def read(api: Api, address: str = "/requests") -> tuple[int, dict[str, str], Any]:
    """Read a list; return how many statements that took, the headers, and the body."""
    path, _, query = address.partition("?")
    environ = RequestFactory(headers={"authorization": f"Bearer {api.token}"}).get(path).environ
    with CaptureQueriesContext(connection) as queries:
        answer = answer_to(environ | {"QUERY_STRING": query})
    return len(queries), dict(answer.headers), json.loads(answer.body)


def await_memory(api: Api, address: str = "/requests") -> tuple[dict[str, str], Any]:
    """Read until nobody on this PostgreSQL, where other tests write, has written in between."""

    def kept() -> tuple[dict[str, str], Any] | None:
        number, headers, body = read(api, address)
        assert number in (FROM_MEMORY, FROM_THE_DATABASE)
        return (headers, body) if number == FROM_MEMORY else None

    return wait_until(kept, seconds=30, what="a list from memory", pause=0)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no snapshots")
@pytest.mark.usefixtures("unthrottled")
@pytest.mark.django_db(transaction=True)
def test_no_write_of_anybody_is_missed() -> None:
    api, viewer = new_api("admin"), new_api("viewer", OTHER_TENANT)
    first, second = many_requests(2)

    # What is kept is what was read, and for whom it was.
    _, before, listed = read(api)
    headers, kept = await_memory(api)
    assert kept == listed
    assert [row["id"] for row in kept] == [str(second.pk), str(first.pk)]
    for name in ("Record-Count", "Link", "Content-Length", "Allow"):
        assert headers[name] == before[name]
    assert headers["X-Request-ID"] != before["X-Request-ID"]
    assert read(viewer)[2] == []
    assert [row["id"] for row in await_memory(api, "/requests?limit=1")[1]] == [str(second.pk)]

    # Another connection's change is seen when it is committed, and not before.
    other = connection.copy()
    other.set_autocommit(False)
    try:
        await_memory(api)
        with other.cursor() as cursor:
            cursor.execute(
                "UPDATE requests_app_request SET error = 'x' WHERE id = %s", [str(first.pk)]
            )
        assert {row["error"] for row in await_memory(api)[1]} == {None}
        other.commit()
        number, _, listed = read(api)
        assert (number, [row["error"] for row in listed]) == (FROM_THE_DATABASE, [None, "x"])
        await_memory(api)
        with other.cursor() as cursor:
            cursor.execute("DELETE FROM requests_app_request WHERE id = %s", [str(first.pk)])
        other.rollback()
        assert len(await_memory(api)[1]) == 2
    finally:
        other.close()

    # Each of its own is seen at once, also amid its transaction, which keeps nothing.
    await_memory(api)
    with transaction.atomic():
        Request.objects.all().delete()
        assert read(api)[2] == []
        transaction.set_rollback(True)
    assert len(read(api)[2]) == 2
    for number in range(3, 20):
        many_requests(1, tenant_id=TENANT if number % 2 else OTHER_TENANT)
        _, headers, listed = read(api)
        assert (len(listed), headers["Record-Count"]) == (number, str(number))


def test_memory_has_its_bounds() -> None:
    pages = KeptPages[str]()
    size = MAX_PAGE_BYTES
    room = MAX_KEPT_BYTES // size

    pages.keep(("too large",), "state", "page", size + 1)
    for number in range(room):
        pages.keep((number,), "state", f"page {number}", size)

    assert pages.get(("too large",), "state") is None
    assert [pages.get((number,), "state") for number in (0, room - 1)] == [
        "page 0",
        f"page {room - 1}",
    ]
    assert pages.get((0,), "another") is None
    pages.keep((uuid4(),), "state", "one more", size)
    assert len(pages.pages) == 1
