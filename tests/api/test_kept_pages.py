"""A list that was answered is answered from memory until anything is written, and never longer."""

import json
import math
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

import gatekeeper_site.urls  # noqa: F401 - it says which reads there are
from gatekeeper_site.api.hot_reads import answering, kept, lists, sql
from gatekeeper_site.api.hot_reads.answering import answer_at_once, answer_to
from gatekeeper_site.api.hot_reads.kept import MAX_BYTES, OWN_BYTES, SLAB_BYTES, Kept, Slabs
from gatekeeper_site.api.hot_reads.resources import Question
from gatekeeper_site.api.hot_reads.sql import list_sql
from gatekeeper_site.core import counting
from gatekeeper_site.core.lookups import first_row, look_up
from requests_app.models import Request
from tests.fixtures import OTHER_TENANT, TENANT, Api, many_requests, new_api
from tests.processes import wait_until

# Who calls; and which rows, and what is in those that are new.
FROM_MEMORY = 1
FROM_THE_DATABASE = (2, 3)


def postgresql(test: Any) -> Any:
    """Mark a test that writes as others do."""
    for mark in (
        pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no snapshots"),
        pytest.mark.usefixtures("unthrottled"),
        pytest.mark.django_db(transaction=True),
    ):
        test = mark(test)
    return test


def read(api: Api, address: str = "/requests") -> tuple[int, dict[str, str], Any]:
    """Read a list; return how many statements that took, the headers, and the body."""
    with CaptureQueriesContext(connection) as queries:
        answer = answer_to(environ_of(api, address))
    return len(queries), dict(answer.headers), json.loads(answer.body)


def await_memory(api: Api, address: str = "/requests") -> tuple[dict[str, str], Any]:
    """Read until nobody on this PostgreSQL, where other tests write, has written in between."""

    def kept() -> tuple[dict[str, str], Any] | None:
        number, headers, body = read(api, address)
        assert number == FROM_MEMORY or number in FROM_THE_DATABASE
        return (headers, body) if number == FROM_MEMORY else None

    return wait_until(kept, what="a list from memory", pause=0)


@postgresql
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
        assert number in FROM_THE_DATABASE
        assert [row["error"] for row in listed] == [None, "x"]
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


def environ_of(api: Api, address: str) -> dict[str, Any]:
    path, _, query = address.partition("?")
    headers = {"authorization": f"Bearer {api.token}"}
    return RequestFactory(headers=headers).get(path).environ | {"QUERY_STRING": query}


@postgresql
def test_pages_of_a_filter_share_its_count() -> None:
    api = new_api("admin")
    many_requests(5)

    def is_counted_once() -> bool:
        kept.pages.values.clear()
        kept.counts.values.clear()
        asked = []
        for address in ("/requests?limit=2", "/requests?limit=2&offset=2"):
            with CaptureQueriesContext(connection) as queries:
                answer = answer_to(environ_of(api, address))
            assert dict(answer.headers)["Record-Count"] == "5"
            asked.append(["COUNT(*)" in query["sql"] for query in queries])
        # Who calls, and which rows.
        return asked == [[False, True], [False, False]]

    # Those of all pages are kept from here on.
    read(api)
    wait_until(is_counted_once, what="a count from memory", pause=0)
    assert read(api, "/requests?limit=2&status=ERROR")[1]["Record-Count"] == "0"


@postgresql
def test_a_row_is_read_again_when_it_was_changed() -> None:
    api = new_api("admin")
    first, second = many_requests(2)
    one, two = str(first.pk), str(second.pk)
    read(api)

    for number in range(5):
        Request.objects.filter(pk=one).update(error=f"fault {number}")
        with CaptureQueriesContext(connection) as queries:
            answer = answer_to(environ_of(api, "/requests"))
        asked = [query["sql"] for query in queries if one in query["sql"] or two in query["sql"]]
        errors = {row["id"]: row["error"] for row in json.loads(answer.body)}
        assert errors == {one: f"fault {number}", two: None}
        # Of rows, that one alone is asked for.
        assert [one in each and two not in each for each in asked] == [True]
        shown = json.loads(answer_to(environ_of(api, f"/requests/{one}")).body)
        assert shown["error"] == f"fault {number}"
        # By ids of a transaction's own, and back again.
        with transaction.atomic():
            for text in ("a", "b"):
                Request.objects.filter(pk=one).update(error=text)
                assert {row["error"] for row in read(api)[2]} == {text, None}
                shown = json.loads(answer_to(environ_of(api, f"/requests/{one}")).body)
                assert shown["error"] == text
            transaction.set_rollback(True)


@postgresql
def test_a_page_is_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    api = new_api("admin")
    first, second = many_requests(2, status="NEW")
    asked: list[str] = []

    def changing(ask: Any) -> Any:
        def asking(sql: str, parameters: Any) -> Any:
            asked.append(sql)
            # After the page's ids were read, and before its rows are.
            if "json_agg" in sql and asked.count(sql) == 1:
                Request.objects.filter(pk=first.pk).update(status="READY")
            return ask(sql, parameters)

        return asking

    for name in ("look_up", "first_row"):
        monkeypatch.setattr(answering, name, changing(getattr(answering, name)))

    answer = answer_to(environ_of(api, "/requests?status=NEW"))

    listed = [(row["id"], row["status"]) for row in json.loads(answer.body)]
    assert listed == [(str(second.pk), "NEW")]
    assert dict(answer.headers)["Record-Count"] == "1"
    assert len({sql for sql in asked if asked.count(sql) == 2}) == 1


@postgresql
def test_amid_the_event_loop_no_more_is_counted_than_a_few(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    api = new_api("admin")
    many_requests(3)
    numbers = []

    async def row(asked: Question) -> Any:
        ask = look_up if asked.is_planned else first_row
        numbers[-1] += 1
        return ask(asked.sql, asked.parameters)

    def at_once(address: str) -> Any:
        numbers.append(0)
        with pytest.raises(StopIteration) as ended:
            answer_at_once(environ_of(api, address), row).send(None)
        return ended.value.value

    monkeypatch.setattr(lists, "MAX_SECONDS_AT_ONCE", 60)
    kept.counts.values.clear()
    kept.seconds.values.clear()
    assert (at_once("/requests?limit=2"), numbers) == (None, [1])
    read(api, "/requests?limit=1")
    for error in ("x", "y"):
        Request.objects.update(error=error)
        answer = at_once("/requests?limit=2")
        assert dict(answer.headers)["Record-Count"] == "3"
        assert [each["error"] for each in json.loads(answer.body)] == [error] * 2
        assert numbers[-1] == 3
    assert at_once("/requests?limit=101") is None
    assert at_once("/requests?limit=2&offset=10001") is None
    for name, most in (("MAX_COUNTED_AT_ONCE", 2), ("MAX_SECONDS_AT_ONCE", 0)):
        Request.objects.update(error=name)
        with monkeypatch.context() as patch:
            patch.setattr(lists, name, most)
            assert (at_once("/requests?limit=2"), numbers[-1]) == (None, 1)
        assert at_once("/requests?limit=2") is not None


@postgresql
def test_of_many_rows_an_estimate_is_told_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (counting, sql, lists):
        monkeypatch.setattr(module, "EXACT_UP_TO", 2)
    monkeypatch.setattr(counting, "planned_rows", lambda *statement: 40)
    list_sql.cache_clear()
    api = new_api("admin")
    many_requests(5)

    for address in ("/requests?limit=2", "/requests?limit=2&offset=2"):
        _, headers, listed = read(api, address)
        assert (headers["Record-Count"], headers["Record-Count-Exact"]) == ("40", "false")
        assert len(listed) == 2
        assert 'rel="last"' not in headers["Link"]
    _, headers, _ = read(api, "/requests?limit=2&count=exact")
    assert (headers["Record-Count"], "Record-Count-Exact" in headers) == ("5", False)
    list_sql.cache_clear()
    cache.clear()


def test_memory_has_its_bounds() -> None:
    size, room = MAX_BYTES, 5
    pages = Kept[str](room * (size + OWN_BYTES))

    pages.keep("too large", "state", "page", size + 1)
    for number in range(room):
        pages.keep(number, "state", f"page {number}", size)

    assert pages.get("too large", "state") is None
    assert [pages.get(number, "state") for number in (0, room - 1)] == [
        "page 0",
        f"page {room - 1}",
    ]
    assert pages.get(0, "another") is None
    pages.keep(uuid4(), "state", "one more", size)
    assert len(pages.values) == 1


def test_texts_stand_beside_each_other_and_stay() -> None:
    slabs = Slabs()
    texts = [b"%d" % number * (number % 700) for number in range(2000)] + [b"x" * (SLAB_BYTES + 1)]

    copies = [slabs.copy_of(text) for text in texts]

    assert [bytes(copy) for copy in copies] == texts
    slab_sizes = {id(copy.obj): len(copy.obj) for copy in copies}.values()
    assert len(slab_sizes) == math.ceil(sum(slab_sizes) / SLAB_BYTES)
    assert sum(slab_sizes) < sum(map(len, texts)) * 1.3
