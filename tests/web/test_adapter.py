"""What the application is told of a call, and what becomes of its answer."""

import time
from collections.abc import Callable

import pytest

from gatekeeper_site.web.adapter import longest_call_seconds
from tests.processes import WAIT_SECONDS, wait_until
from tests.web.conftest import BIG, MAX_BODY, Application, Caller

Callers = Callable[..., Caller]


def test_the_application_is_told_all_of_a_call(callers: Callers, application: Application) -> None:
    caller = callers()
    caller.say(
        b"POST /a%2Fb%ff?c=%20d HTTP/1.1\r\nHost: gatekeeper:80\r\nContent-Type: text/x\r\n"
        b"Content-Length: 3\r\nAccept: a\r\nACCEPT: b\r\nCookie: c=1\r\nCookie: d=2\r\n"
        b"X-Name: \xe9\r\nX_Forwarded_For: 6.6.6.6\r\nX-Forwarded_Proto: https\r\n\r\nabc"
    )

    assert caller.answer()[0] == 200
    [call] = application.calls
    address, _ = caller.socket.getsockname()
    assert call == {
        "REQUEST_METHOD": "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a/b\xff",
        "QUERY_STRING": "c=%20d",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": str(caller.socket.getpeername()[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": address,
        "CONTENT_TYPE": "text/x",
        "CONTENT_LENGTH": "3",
        "HTTP_HOST": "gatekeeper:80",
        "HTTP_ACCEPT": "a,b",
        "HTTP_COOKIE": "c=1; d=2",
        "HTTP_X_NAME": "\xe9",
        "wsgi.url_scheme": "http",
        "body": "abc",
    }


def test_a_path_with_its_host_is_the_path(callers: Callers, application: Application) -> None:
    caller = callers()
    caller.say(b"GET http://elsewhere/requests?a=b HTTP/1.1\r\nHost: here\r\n\r\n")

    assert caller.answer()[0] == 200
    [call] = application.calls
    assert (call["PATH_INFO"], call["QUERY_STRING"]) == ("/requests", "a=b")


def test_a_body_in_chunks_has_a_length(callers: Callers, application: Application) -> None:
    caller = callers()
    caller.say(
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    )

    assert caller.answer()[0] == 200
    [call] = application.calls
    assert (call["CONTENT_LENGTH"], call["body"]) == ("5", "abcde")
    assert "HTTP_TRANSFER_ENCODING" not in call


@pytest.mark.parametrize(("size", "kept"), [(MAX_BODY, MAX_BODY), (MAX_BODY + 1, 0), (10**6, 0)])
def test_of_a_body_that_is_too_large_the_application_gets_the_length_alone(
    callers: Callers, application: Application, size: int, kept: int
) -> None:
    caller = callers()
    for head in (b"Content-Length: %d\r\n\r\n" % size, b"Transfer-Encoding: chunked\r\n\r\n"):
        caller.say(b"POST / HTTP/1.1\r\n" + head)
        body = b"a" * size
        caller.say(body if b"Length" in head else b"%x\r\n%s\r\n0\r\n\r\n" % (size, body))
        status, headers, _ = caller.answer()
        assert (status, headers.get("connection")) == (200, None)

    for call in application.calls:
        assert (call["CONTENT_LENGTH"], len(call["body"])) == (str(size), min(kept, size))


def test_a_large_answer_is_given_whole_and_in_order(callers: Callers) -> None:
    caller = callers()
    caller.say(b"GET /big HTTP/1.1\r\n\r\n")

    status, headers, body = caller.answer()

    assert (status, headers["content-length"]) == (200, str(len(BIG)))
    assert body == BIG


def test_an_answer_in_parts_is_closed_and_has_a_length(
    callers: Callers, application: Application
) -> None:
    caller = callers()
    caller.say(b"GET /parts HTTP/1.1\r\n\r\n")

    _, headers, body = caller.answer()

    assert (headers["content-length"], body) == ("15", b"part part part ")
    assert application.closed.is_set()


def test_a_304_has_no_length(callers: Callers) -> None:
    caller = callers()
    caller.say(b"GET /nothing HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")

    status, headers, _ = caller.answer()
    assert (status, headers["etag"], "content-length" in headers) == (304, '"1"', False)
    assert caller.answer()[0] == 200


def test_an_application_that_fails_is_a_500_and_its_thread_goes_on(callers: Callers) -> None:
    caller = callers()
    caller.say(b"GET /fails HTTP/1.1\r\n\r\n")
    assert caller.answer()[0] == 500

    caller = callers()
    caller.say(b"GET / HTTP/1.1\r\n\r\n")
    assert caller.answer()[0] == 200


def test_a_probe_is_answered_while_every_thread_is_at_work(
    callers: Callers, application: Application
) -> None:
    waiting, other, probe = callers(), callers(), callers()
    waiting.say(b"GET /wait HTTP/1.1\r\n\r\n")
    assert application.begun.wait(WAIT_SECONDS)
    other.say(b"GET / HTTP/1.1\r\n\r\n")

    probe.say(b"GET /healthz HTTP/1.1\r\n\r\n")

    assert b'"PATH_INFO": "/healthz"' in probe.answer()[2]
    assert [call["PATH_INFO"] for call in application.calls] == ["/wait", "/healthz"]


def test_it_is_known_for_how_long_the_longest_call_has_been_at_work(
    callers: Callers, application: Application
) -> None:
    # Given that the calls of others have ended
    wait_until(lambda: longest_call_seconds() == 0, what="an idle server")
    caller = callers()
    began = time.monotonic()
    caller.say(b"GET /wait HTTP/1.1\r\n\r\n")
    assert application.begun.wait(WAIT_SECONDS)

    wait_until(lambda: longest_call_seconds() > 0.1, what="time to pass")
    assert longest_call_seconds() <= time.monotonic() - began

    application.may_end.set()
    assert caller.answer()[0] == 200
    assert longest_call_seconds() == 0
