"""What a call to a customer's system comes to (contract: requests-and-records.md, Callbacks)."""

import hashlib
import hmac
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gatekeeper_site.webhooks import post, sending, signature
from tests.certificates import new_authority, new_certificate
from tests.nasty_servers import (
    OK,
    Behaviour,
    answers_and_waits,
    closes_after_request,
    closes_at_once,
    falls_silent,
    nasty_server,
    repeats,
    resets,
)
from tests.processes import WAIT_SECONDS, free_port

BODY = b'{"status": "READY"}'
# Here they are longer (conftest.py).
LIMITS = (sending.CONNECT_SECONDS, sending.TOTAL_SECONDS)
HEADERS = {"X-Gatekeeper-Delivery": "d1", "X-Gatekeeper-Signature": "sha256=00"}


@pytest.fixture(autouse=True)
def this_machine_is_allowed(settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def is_hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the call give up soon."""
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 0.4)


# The request


def test_a_call_is_one_post_of_json() -> None:
    with nasty_server(OK) as server:
        outcome = post(f"{server.url}/a/b?c=d%20e#f", BODY, HEADERS)

    assert (outcome.status, outcome.error) == (200, "")
    assert 0 <= outcome.milliseconds < 60_000
    [request] = server.requests
    head, _, body = request.partition(b"\r\n\r\n")
    line, *headers = head.split(b"\r\n")
    assert line == b"POST /a/b?c=d%20e HTTP/1.1"
    assert set(headers) == {
        f"Host: 127.0.0.1:{server.port}".encode(),
        b"User-Agent: Gatekeeper",
        b"Content-Type: application/json",
        b"Content-Length: 19",
        b"Accept-Encoding: identity",
        b"Connection: close",
        b"X-Gatekeeper-Delivery: d1",
        b"X-Gatekeeper-Signature: sha256=00",
    }
    assert body == BODY


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("", b"/"),
        ("?x", b"/?x"),
        ("/ü", b"/%C3%BC"),
        ("/a%2Fb", b"/a%2Fb"),
        ("/\u2028X:1", b"/%E2%80%A8X:1"),
    ],
)
def test_a_path_is_sent_in_ascii(written: str, sent: bytes) -> None:
    with nasty_server(OK) as server:
        assert post(server.url + written, BODY, {}).error == ""

    assert server.requests[0].split(b" ")[1] == sent
    assert server.requests[0].count(b"\r\n\r\n") == 1


def test_a_body_of_a_megabyte_arrives_whole() -> None:
    body = b"x" * 1_000_000
    with nasty_server(OK) as server:
        assert post(server.url, body, {}).error == ""

    assert server.requests[0].endswith(b"\r\n\r\n" + body)


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    with nasty_server(OK) as server:
        assert post(server.url, BODY, {}).error == ""


def test_a_cookie_is_not_kept() -> None:
    answer = OK.replace(b"OK\r\n", b"OK\r\nSet-Cookie: a=b\r\n", 1)
    with nasty_server(answer) as server:
        post(server.url, BODY, {})
        post(server.url, BODY, {})

    assert len(server.requests) == 2
    assert b"cookie" not in server.requests[1].lower()


# Answers


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(status: int) -> None:
    with nasty_server(f"HTTP/1.1 {status} Fine\r\n\r\n".encode()) as server:
        outcome = post(server.url, BODY, {})

    assert (outcome.status, outcome.error) == (status, "")


@pytest.mark.parametrize("status", [103, 199, 300, 303, 304, 400, 401, 404, 429, 500, 503, 999])
def test_any_other_answer_is_an_error_and_not_repeated(status: int) -> None:
    answer = f"HTTP/1.1 {status} No\r\nRetry-After: 0\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"
    with nasty_server(answer.encode()) as server:
        outcome = post(server.url, BODY, {})

    assert (outcome.status, outcome.error) == (status, f"answered {status}")
    assert server.connections == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", id="half a body"),
        pytest.param(b"HTTP/1.0 200\r\n", id="no headers"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz", id="chunks"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nno gzip", id="content encoding"
        ),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536), id="an endless body"),
        pytest.param(
            answers_and_waits(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"), id="no body"
        ),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + OK, id="100 first"),
    ],
)
def test_the_status_alone_decides(behaviour: Behaviour | bytes) -> None:
    with nasty_server(behaviour) as server:
        outcome = post(server.url, BODY, {})

    assert (outcome.status, outcome.error) == (200, "")


def test_badly_written_headers_put_no_url_into_the_logs(caplog: pytest.LogCaptureFixture) -> None:
    answer = (
        b"HTTP/1.1 200 OK\r\nno header\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with nasty_server(answer) as server:
        assert post(f"{server.url}/?token=secret", BODY, {}).error == ""

    assert server.connections == 1
    assert caplog.text == ""


def test_who_answers_before_reading_the_body_is_heard() -> None:
    def answers_at_once(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 413 Too large\r\nContent-Length: 0\r\n\r\n")
        falls_silent(connection)

    with nasty_server(answers_at_once) as server:
        assert post(server.url, b"x" * 1_000_000, {}).error == "answered 413"


@pytest.mark.parametrize("behaviour", [closes_at_once, closes_after_request, resets, b""])
def test_a_connection_that_ends_without_an_answer_is_an_error(behaviour: Behaviour) -> None:
    with nasty_server(behaviour) as server:
        outcome = post(server.url, BODY, {})

    place = f"127.0.0.1:{server.port}"
    assert outcome.status is None
    assert outcome.error == f"{place} closed the connection without an answer"


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(b"HTTP/1.1 20", id="half a status"),
        pytest.param(b"HTT", id="half a version"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", id="another protocol"),
        pytest.param(b"HTTP/1.1 9999 Much\r\n\r\n", id="four digits"),
        pytest.param(b"HTTP/1.1 -20 Less\r\n\r\n", id="a negative status"),
        pytest.param(b"\x00\xff\xfe\r\n\r\n", id="no text"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), id="endless headers"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 1000), id="an endless header"),
        pytest.param(repeats(b"", b"a" * 1000), id="an endless status line"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\n", id="two lengths at odds"),
    ],
)
def test_what_is_not_http_is_an_error(behaviour: Behaviour | bytes) -> None:
    with nasty_server(behaviour) as server:
        outcome = post(server.url, BODY, {})

    assert outcome.status is None
    assert outcome.error == f"127.0.0.1:{server.port} answered something else than HTTP"


def test_a_refused_connection_names_the_address() -> None:
    port = free_port()

    outcome = post(f"http://127.0.0.1:{port}/", BODY, {})

    assert (outcome.status, outcome.error) == (None, f"connection refused by 127.0.0.1:{port}")


def test_an_error_has_a_bounded_length() -> None:
    with nasty_server(f"HTTP/1.1 302 F\r\nLocation: x{'y' * 1900}://z/\r\n\r\n".encode()) as server:
        outcome = post(server.url, BODY, {})

    assert outcome.error.startswith("redirected to xyyy")
    assert len(outcome.error) == sending.MAX_ERROR_LENGTH == 300


# Time


def test_the_time_outs_are_those_of_the_contract() -> None:
    assert LIMITS == (3, 10)


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(falls_silent, id="nothing"),
        pytest.param(answers_and_waits(b"HTTP/1.1 2"), id="half a status line"),
        pytest.param(answers_and_waits(b"HTTP/1.1 200 OK\r\nX-A"), id="half a header"),
        pytest.param(repeats(b"", b"H", 0.02), id="a dripping status line"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.02), id="a dripping header"),
        pytest.param(repeats(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n", 0.02), id="dripping headers"),
        pytest.param(repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.02), id="100 for ever"),
        pytest.param(
            repeats(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100), id="100 for ever, quickly"
        ),
    ],
)
@pytest.mark.usefixtures("is_hasty")
def test_no_receiver_takes_longer_than_the_total(behaviour: Behaviour) -> None:
    with nasty_server(behaviour) as server:
        outcome = post(server.url, BODY, {})

    assert (outcome.status, outcome.error) == (None, "timed out after 0.4 s")
    assert 400 <= outcome.milliseconds < 50_000


def test_nor_does_one_that_drips_over_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 1)
    # However long it takes to connect, beside what takes the time that is limited here.
    connect = sending.connect
    monkeypatch.setattr(
        sending, "connect", lambda parts, deadline: connect(parts, deadline + WAIT_SECONDS)
    )
    authority = new_authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    drips = repeats(b"HTTP/1.1 200 OK\r\nX: ", b"a", 0.02)
    with nasty_server(drips, certificate=new_certificate(authority, "IP:127.0.0.1")) as server:
        outcome = post(f"https://127.0.0.1:{server.port}/", BODY, {})

    assert (outcome.status, outcome.error) == (None, "timed out after 1 s")
    assert 1000 <= outcome.milliseconds < 50_000


@pytest.mark.usefixtures("is_hasty")
def test_a_receiver_that_reads_nothing_does_not_hold_a_long_body_up() -> None:
    with nasty_server(lambda _: None) as server:
        outcome = post(server.url, b"x" * 20_000_000, {})

    assert outcome.error == "timed out after 0.4 s"


def test_redirects_share_one_total(monkeypatch: pytest.MonkeyPatch) -> None:
    # Given redirects that take more than half of it each, by the clock of who sends
    passed: list[float] = []
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + sum(passed))
    monkeypatch.setattr(sending, "time", clock)
    monkeypatch.setattr(sending, "TOTAL_SECONDS", 200)

    def slow_redirect(connection: socket.socket) -> None:
        passed.append(110)
        connection.sendall(b"HTTP/1.1 307 T\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")
        connection.close()

    with nasty_server(slow_redirect) as server:
        outcome = post(server.url, BODY, {})

    assert (outcome.status, outcome.error) == (307, "timed out after 200 s")
    assert len(passed) == 2


def test_a_tls_handshake_has_the_time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "CONNECT_SECONDS", 0.2)
    with nasty_server(falls_silent) as server:
        outcome = post(f"https://127.0.0.1:{server.port}/", BODY, {})

    place = f"127.0.0.1:{server.port}"
    assert (outcome.status, outcome.error) == (None, f"{place} took no connection in time")


# Signatures


def test_a_body_is_signed_with_the_secret(settings: Any) -> None:
    settings.CALLBACK_SECRET = "Schlüssel"

    expected = hmac.new("Schlüssel".encode(), BODY, hashlib.sha256).hexdigest()
    assert signature(BODY) == f"sha256={expected}"


def test_a_signature_is_that_of_openssl(settings: Any) -> None:
    # printf '{}' | openssl dgst -sha256 -hmac key
    settings.CALLBACK_SECRET = "key"

    value = "a777724d943eb48dc69bca8a4a6d57a04db3f9ec7e1de4e581e860265bdf3032"
    assert signature(b"{}") == f"sha256={value}"


def test_without_a_secret_there_is_no_signature(settings: Any) -> None:
    settings.CALLBACK_SECRET = ""

    assert signature(BODY) is None
