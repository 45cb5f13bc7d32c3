"""No caller can keep another waiting (contract: http.md): what is closed, and when."""

import json
import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from gatekeeper_site.web import connections
from tests.processes import WAIT_SECONDS, wait_until
from tests.web.conftest import BIG, MAX_BODY, Application, Caller, Server

Callers = Callable[..., Caller]

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"
READ_SECONDS = 0.4
# The event loop's clock may be some milliseconds behind.
SOONEST = READ_SECONDS - 0.1


@pytest.fixture(autouse=True)
def patience(settings: Any) -> None:
    """Have callers be waited for whom a busy machine keeps from saying anything."""
    settings.READ_SECONDS = WAIT_SECONDS


@pytest.fixture
def impatience(settings: Any) -> None:
    settings.READ_SECONDS = READ_SECONDS


@pytest.fixture
def served(callers: Callers, settings: Any) -> Callable[..., Caller]:
    """A function that connects, and is answered a call; who says no more is soon closed then.

    However long the machine takes to connect, or to say the first call, it is answered.
    """

    def connect(**options: Any) -> Caller:
        settings.READ_SECONDS = WAIT_SECONDS
        caller = callers(**options)
        caller.say(GET)
        assert caller.answer()[0] == 200
        settings.READ_SECONDS = READ_SECONDS
        caller.opened = time.monotonic()
        return caller

    return connect


def warnings_of(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [line.getMessage() for line in caplog.records if line.levelno >= logging.WARNING]


# Callers who say nothing, or say it slowly


@pytest.mark.usefixtures("impatience")
def test_a_connection_that_says_nothing_is_closed(callers: Callers) -> None:
    assert SOONEST <= callers().closed_after() < 50


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize("begin", [b"GET /a", b"GET / HTTP/1.1\r\nX-A: a", b"\n"])
def test_headers_that_come_byte_by_byte_are_not_waited_for(
    callers: Callers, application: Application, begin: bytes
) -> None:
    caller = callers()
    caller.say(begin)

    assert SOONEST <= caller.closed_after(saying=begin[-1:]) < 50
    assert application.calls == []


@pytest.mark.usefixtures("impatience")
@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (POST % 1000, b"a"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nFF;", b"a"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n", b""),
    ],
)
def test_a_body_that_comes_byte_by_byte_is_not_waited_for(
    callers: Callers, application: Application, begin: bytes, more: bytes
) -> None:
    caller = callers()
    caller.say(begin)

    assert SOONEST <= caller.closed_after(saying=more) < 50
    assert application.calls == []


@pytest.mark.usefixtures("impatience")
def test_each_10_kb_of_a_body_give_the_rest_a_second_more(
    callers: Callers, application: Application
) -> None:
    def closed_after() -> float:
        caller = callers()
        caller.say(POST % 5001 + b"a" * 5000)
        return caller.closed_after()

    # Again, if the machine was so busy that there was no time left to say that much.
    wait_until(lambda: SOONEST + 0.5 <= closed_after() < 50, what="a second more")
    assert application.calls == []


@pytest.mark.parametrize("more", [b"", b"\r\n"])
def test_a_connection_without_a_next_call_is_closed(
    served: Callable[..., Caller], more: bytes
) -> None:
    caller = served()
    caller.say(GET)
    assert caller.answer()[0] == 200

    assert SOONEST <= caller.closed_after(saying=more) < 50


def test_the_rest_of_a_body_that_was_too_large_is_not_waited_for(
    callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatekeeper_site.web.adapter.MAX_DRAINED_BYTES", 5000)
    caller = callers()
    caller.say(POST % 10**6 + b"a" * 6000)

    heard = caller.hear_all()

    assert heard.startswith(b"HTTP/1.1 200 OK\r\n") and b"connection: close\r\n" in heard
    assert b'"CONTENT_LENGTH": "1000000"' in heard and b'"body": ""' in heard


def test_a_call_may_take_longer_than_its_headers(
    served: Callable[..., Caller], application: Application
) -> None:
    caller = served()
    caller.say(GET.replace(b"/ ", b"/wait "))
    assert application.begun.wait(WAIT_SECONDS)
    time.sleep(READ_SECONDS + 0.2)
    application.may_end.set()

    assert caller.answer()[0] == 200


def test_many_silent_and_slow_callers_keep_nobody_waiting(callers: Callers) -> None:
    for begin in (b"", GET[:-2], POST % 10):
        for _ in range(50):
            callers().say(begin)

    began = time.monotonic()
    caller = callers()
    caller.say(GET)
    assert caller.answer()[0] == 200
    assert time.monotonic() - began < WAIT_SECONDS / 2


# Callers who do not take their answers


def test_a_caller_who_does_not_take_an_answer_keeps_no_thread_and_is_cut_off(
    served: Callable[..., Caller],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(connections, "BYTES_PER_SECOND", 10**9)
    # Given callers who order a large answer, several times, and take nothing
    quick, *slow = served(), *(served(received_at_once=4096) for _ in range(3))
    for caller in slow:
        caller.say(GET.replace(b"/ ", b"/big ") * 3)

    # When another calls, he is served by the only thread that there is
    quick.say(GET)
    assert quick.answer()[0] == 200

    # Then the slow ones have lost their connections in the midst of their answers
    for caller in slow:
        wait_until(caller.is_cut_off, what="the end of a slow caller's connection")
        assert len(caller.hear_all()) < len(BIG)
    assert warnings_of(caplog) == []


@pytest.mark.parametrize("keeping", [b"", b"Connection: close\r\n"])
def test_of_an_answer_that_the_kernel_has_whole_nothing_is_held_here(
    served: Callable[..., Caller],
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    keeping: bytes,
) -> None:
    # Given callers who take nothing of an answer that fits into the kernel's buffers
    small = b"b" * 60_000
    monkeypatch.setattr("tests.web.conftest.BIG", small)
    wait_until(lambda: not server.connections, what="the end of other connections")
    slow = [served(received_at_once=4096) for _ in range(3)]
    for caller in slow:
        caller.say(GET.replace(b"/ ", b"/big ").replace(b"\r\n\r\n", b"\r\n" + keeping + b"\r\n"))
        assert caller.hear(1) == b"H"

    # When no next call has come, then the server has closed and forgotten the connections
    wait_until(lambda: not server.connections, what="the end of the connections")
    assert keeping or time.monotonic() - slow[-1].opened >= SOONEST

    # And the kernel still gives to each what was answered, and the end behind it
    for caller in slow:
        assert caller.hear_all().endswith(b"\r\n\r\n" + small)


def test_a_caller_who_takes_an_answer_slowly_gets_it_whole(
    served: Callable[..., Caller],
) -> None:
    caller = served(received_at_once=65536)
    caller.say(GET.replace(b"/ ", b"/big "))
    caller.hear(1)
    time.sleep(READ_SECONDS + 0.3)

    assert caller.hear_all().endswith(BIG[-16:])


# Headers and request lines


def test_headers_without_end_are_refused(callers: Callers, application: Application) -> None:
    caller = callers()
    caller.say(GET[:-2] + b"X-A: " + b"a" * connections.MAX_HEAD_BYTES)

    status, headers, body = caller.answer()
    assert (status, headers["content-type"]) == (431, "application/problem+json")
    assert json.loads(body)["detail"] == "The request line and headers are over 65536 bytes."
    assert caller.hear_all() == b""
    assert application.calls == []


def test_long_headers_with_an_end_are_taken(callers: Callers, application: Application) -> None:
    caller = callers()
    caller.say(b"GET /?%s HTTP/1.1\r\nX-A: %s\r\n\r\n" % (b"q" * 8000, b"a" * 20_000))

    assert caller.answer()[0] == 200
    [call] = application.calls
    assert (len(call["QUERY_STRING"]), len(call["HTTP_X_A"])) == (8000, 20_000)


def test_a_large_body_does_not_count_as_headers(callers: Callers, application: Application) -> None:
    caller = callers()
    for _ in range(3):
        caller.say(POST % 200_000 + b"a" * 200_000)
        assert caller.answer()[0] == 200


ABSURD = [
    *(b"\x00" * 100, b"\x16\x03\x01\x02\x00\x01", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    *(b"GET\r\n\r\n", b" GET / HTTP/1.1\r\n\r\n", b"GET  HTTP/1.1\r\n\r\n"),
    *(b"G\xffT / HTTP/1.1\r\n\r\n", b"FOO / HTTP/1.1\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"),
    *(b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", b"GET / HTTP/1.1\r\n: empty\r\n\r\n"),
    *(b"GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", b"GET /a b HTTP/1.1\r\n\r\n"),
    *(b"GET / HTTP/1.1\r\nX: a\x00b\r\n\r\n", b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"),
    *(b"CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n", b"CONNECT /a HTTP/1.1\r\n\r\nmore"),
    b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    b"POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZ\r\n",
    b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
]


@pytest.mark.parametrize("absurd", ABSURD)
def test_what_is_no_http_is_refused_without_a_word_in_the_log(
    callers: Callers,
    application: Application,
    caplog: pytest.LogCaptureFixture,
    absurd: bytes,
) -> None:
    caller = callers()
    caller.say(absurd)

    status, headers, body = caller.answer()

    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert json.loads(body)["code"] == "validation_error"
    assert caller.hear_all() == b""
    assert application.calls == []
    assert warnings_of(caplog) == []


# What the answer says of the connection


def test_calls_that_are_sent_at_once_are_answered_in_their_order(
    callers: Callers, application: Application
) -> None:
    caller = callers()
    caller.say(b"".join(GET.replace(b"/ ", b"/%d " % number) for number in range(20)))

    for number in range(20):
        assert f'"PATH_INFO": "/{number}"'.encode() in caller.answer()[2]


def test_http_1_0_gets_a_length_and_a_closed_connection(callers: Callers) -> None:
    caller = callers()
    caller.say(b"GET /parts HTTP/1.0\r\n\r\n")

    heard = caller.hear_all()

    head, body = heard.split(b"\r\n\r\n")
    assert body == b"part part part "
    assert b"content-length: 15" in head and b"connection: close" in head
    assert b"transfer-encoding" not in head


def test_head_has_the_length_and_no_body(callers: Callers) -> None:
    caller = callers()
    caller.say(b"HEAD /big HTTP/1.1\r\n\r\n" + GET)

    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += caller.hear(1)
    assert b"content-length: %d\r\n" % len(BIG) in head
    assert caller.answer()[0] == 200


def test_who_asks_whether_to_go_on_is_told_so(callers: Callers, application: Application) -> None:
    caller = callers()
    caller.say((POST % 3)[:-2] + b"Expect: 100-continue\r\n\r\n")

    assert caller.answer()[0] == 100
    caller.say(b"abc")
    assert caller.answer()[0] == 200
    assert application.calls[0]["body"] == "abc"


def test_who_asks_whether_to_go_on_with_too_large_a_body_is_answered_at_once(
    callers: Callers, application: Application
) -> None:
    caller = callers()
    caller.say((POST % (MAX_BODY + 1))[:-2] + b"Expect: 100-continue\r\n\r\n")

    status, headers, _ = caller.answer()

    assert (status, headers["connection"]) == (200, "close")
    assert application.calls[0]["CONTENT_LENGTH"] == str(MAX_BODY + 1)


def test_a_call_that_asks_for_another_protocol_is_a_call_as_any_other(
    callers: Callers, application: Application
) -> None:
    asking = b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
    post = (POST % 3)[:-2] + asking + b"\r\nabc"
    get = GET[:-2] + asking + b"\r\n"

    # When several come at once, the last of them without the end of its body
    caller = callers()
    caller.say(get * 300 + (post + get + post)[:-1])

    # Then all but that are answered, and that is when its end has come
    for method in ["GET"] * 300 + ["POST", "GET"]:
        status, _, body = caller.answer()
        assert (status, f'"REQUEST_METHOD": "{method}"'.encode() in body) == (200, True)
    caller.say(b"c")
    assert caller.answer()[0] == 200
    assert [call["body"] for call in application.calls[-3:]] == ["abc", "", "abc"]
    assert not any("HTTP_UPGRADE" in call for call in application.calls)
