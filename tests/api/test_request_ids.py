"""Request and trace ids (contract: http.md, Safe retries and concurrent writers)."""

import logging
import re
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper_site.access.api.views import TokenViewSet, represent_token
from gatekeeper_site.access.models import Token
from gatekeeper_site.access.services import digest_of
from gatekeeper_site.core import origin
from gatekeeper_site.core.origin import (
    NOWHERE,
    Origin,
    OriginFilter,
    current_origin,
    new_origin,
    originating,
    packed,
    unpacked,
)
from gatekeeper_site.work.queue import enqueue
from tests.fixtures import Api, assert_problem

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
MADE_TRACEPARENT = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00")

ANSWERS = [
    ("GET", "/healthz"),
    ("GET", "/requests"),
    ("POST", "/requests"),
    ("GET", "/requests/x"),
    ("PUT", "/requests"),
    ("GET", "/nowhere"),
    ("GET", "/"),
    ("GET", "/docs"),
    ("GET", "/admin/login/"),
    ("GET", "/admin/nowhere"),
    ("GET", "/static/nowhere"),
    ("POST", "/sessions"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_ids_that_were_sent_are_returned_on_every_answer(
    operator: Api, method: str, path: str
) -> None:
    headers = {"X-Request-ID": "order:4711/~!", "traceparent": TRACEPARENT}

    response = operator.send(method, path, b"", **headers)

    assert response["X-Request-ID"] == "order:4711/~!"
    assert response["traceparent"] == TRACEPARENT


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), ANSWERS)
def test_ids_are_made_where_none_were_sent(anonymous: Api, method: str, path: str) -> None:
    first, second = (anonymous.send(method, path) for _ in range(2))

    assert UUID(first["X-Request-ID"]).version == 4
    assert MADE_TRACEPARENT.fullmatch(first["traceparent"])
    assert first["X-Request-ID"] != second["X-Request-ID"]
    assert first["traceparent"] != second["traceparent"]


@pytest.mark.parametrize(
    "given_id",
    ["", "a b", "x" * 129, "naïve", "tab\t", "line\nbreak", "\x7f", "a\r\nSet-Cookie: x"],
)
def test_a_malformed_request_id_is_replaced(given_id: str) -> None:
    assert UUID(new_origin(via="api", request_id=given_id).request_id).version == 4


def test_the_longest_request_id_is_kept() -> None:
    assert new_origin(via="api", request_id="x" * 128).request_id == "x" * 128


@pytest.mark.parametrize(
    "given_parent",
    [
        "",
        TRACEPARENT.upper(),
        TRACEPARENT.replace("00-", "01-", 1),
        TRACEPARENT.replace("00-", "ff-", 1),
        TRACEPARENT + "-extra",
        TRACEPARENT + "\n",
        TRACEPARENT[:-1],
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
    ],
)
def test_a_malformed_traceparent_is_replaced(given_parent: str) -> None:
    made = new_origin(via="api", traceparent=given_parent).traceparent

    assert MADE_TRACEPARENT.fullmatch(made)
    assert made != given_parent


@given(st.text(), st.text())
def test_whatever_is_sent_the_ids_are_fit_for_a_header(sent_id: str, sent_parent: str) -> None:
    made = new_origin(via="api", request_id=sent_id, traceparent=sent_parent)

    assert re.fullmatch(r"[!-~]{1,128}", made.request_id)
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}", made.traceparent)
    assert made.trace_id == made.traceparent.split("-")[1]


# Where they go


def test_outside_of_calls_and_tasks_there_is_no_origin() -> None:
    assert current_origin() == NOWHERE == Origin()


def test_an_origin_is_current_within_its_block_alone() -> None:
    outer, inner = new_origin(via="api"), new_origin(via="task")
    with originating(outer):
        with originating(inner):
            assert current_origin() == inner
        assert current_origin() == outer
        with pytest.raises(ZeroDivisionError), originating(inner):
            _ = 1 / 0
        assert current_origin() == outer
    assert current_origin() == NOWHERE


@pytest.fixture
def origins(monkeypatch: pytest.MonkeyPatch) -> list[Origin]:
    """What was the current origin each time that a token's data were printed."""
    seen: list[Origin] = []

    def noting(row: dict[str, Any]) -> dict[str, Any]:
        seen.append(current_origin())
        return represent_token(row)

    monkeypatch.setattr(TokenViewSet, "represent", staticmethod(noting))
    return seen


@pytest.mark.django_db
def test_a_call_has_an_origin_with_user_token_and_address(
    admin: Api, origins: list[Origin], settings: Any
) -> None:
    assert admin.token is not None
    token = Token.objects.get(digest=digest_of(admin.token))

    admin.get(
        f"/tokens/{token.pk}",
        headers={"X-Request-ID": "one", "traceparent": TRACEPARENT},
        REMOTE_ADDR="192.0.2.7",
    )

    call = Origin("one", TRACEPARENT, "192.0.2.7", "api", token.user_id, token.pk, "admin")
    assert origins == [call]
    assert current_origin() == NOWHERE


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.1", "127.0.0.1"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9,2001:DB8::1", "203.0.113.9"),
        (1, "2001:DB8::1", "2001:db8::1"),
        (2, "198.51.100.1", "127.0.0.1"),
        (1, "unknown", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_of_forwarded_addresses_those_of_trusted_proxies_are_believed(
    admin: Api, origins: list[Origin], settings: Any, proxies: int, forwarded: str, address: str
) -> None:
    settings.TRUSTED_PROXIES = proxies

    admin.get("/tokens", headers={"X-Forwarded-For": forwarded})

    assert [found.address for found in origins] == [address]


def formatted(record_of: str, caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines of a logger as the product's handler writes them."""
    from django.conf import settings

    formatter = logging.Formatter(settings.LOGGING["formatters"]["plain"]["format"], style="{")
    return [formatter.format(record) for record in caplog.records if record.name == record_of]


@pytest.mark.django_db
def test_a_500_quotes_the_request_id_under_which_it_is_logged(
    admin: Api, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(TokenViewSet, "represent", staticmethod(lambda row: 1 / 0))
    caplog.handler.addFilter(OriginFilter())

    response = admin.get(
        "/tokens", headers={"X-Request-ID": "failing-7", "traceparent": TRACEPARENT}
    )

    problem = assert_problem(response, 500, "internal_error")
    assert "failing-7" in problem["detail"]
    assert response["X-Request-ID"] == "failing-7"
    lines = formatted("gatekeeper_site.api.problems", caplog)
    lines += formatted("django.request", caplog)
    assert len(lines) == 2
    assert "ZeroDivisionError" in lines[0]
    for line in lines:
        assert "[failing-7 0af7651916cd43dd8448eb211c80319c]: " in line


def test_every_handler_of_the_log_has_the_filter(settings: Any) -> None:
    for handler in settings.LOGGING["handlers"].values():
        assert "origin" in handler["filters"]


def test_a_line_that_nobody_called_for_has_dashes(caplog: pytest.LogCaptureFixture) -> None:
    caplog.handler.addFilter(OriginFilter())

    logging.getLogger("tests.nobody").warning("started")

    (line,) = formatted("tests.nobody", caplog)
    assert "[- -]: started" in line


@pytest.mark.django_db
def test_a_person_in_the_admin_is_known(person: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Origin] = []
    original = origin.note_caller

    def note_caller(**caller: Any) -> None:
        original(**caller)
        seen.append(current_origin())

    monkeypatch.setattr("gatekeeper_site.api.headers.note_caller", note_caller)
    user_id = int(person.session["_auth_user_id"])

    person.get("/admin/")

    assert [(found.via, found.user_id, found.token_id) for found in seen] == [
        ("admin", user_id, None)
    ]


# Tasks


seen_origins: list[Origin] = []


def note_origin(word: str) -> None:
    assert word == "word"
    seen_origins.append(current_origin())


def run_queued_task() -> None:
    """Do what a worker does with the one task in the queue."""
    seen_origins.clear()
    task = OrmQ.objects.get().task
    import_string(task["func"])(*task["args"], **task["kwargs"])


@pytest.mark.django_db
def test_a_task_takes_over_the_origin_of_the_call_that_caused_it() -> None:
    call = Origin("one", TRACEPARENT, "192.0.2.7", "api", 5, 7, "olivia")
    with originating(call):
        enqueue(note_origin, "word")
    run_queued_task()

    assert seen_origins == [Origin("one", TRACEPARENT, "192.0.2.7", "task", 5, 7, "olivia")]
    assert current_origin() == NOWHERE


@pytest.mark.django_db
def test_a_task_that_no_call_caused_has_ids_of_its_own() -> None:
    enqueue(note_origin, "word")
    run_queued_task()

    (seen,) = seen_origins
    assert seen.via == "task"
    assert UUID(seen.request_id).version == 4
    assert seen.user_id is None


def test_an_origin_travels_as_plain_data() -> None:
    call = Origin("one", TRACEPARENT, "192.0.2.7", "api", 5, 7, "olivia")

    assert unpacked(packed(call)) == call
