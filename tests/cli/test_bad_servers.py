"""Servers that are not there, are others, or answer badly: one line each, and a status to trust."""

from pathlib import Path
from uuid import uuid4

import pytest

from tests.certificates import new_authority, new_certificate
from tests.cli.conftest import Result, Run
from tests.nasty_servers import (
    answers_and_waits,
    closes_after_request,
    falls_silent,
    nasty_server,
    redirect,
    repeats,
    resets,
)
from tests.processes import free_port

TOKEN = "a-token-that-nobody-may-see"


def answer(status: str, body: bytes, kind: str = "application/json", more: str = "") -> bytes:
    # It closes after each answer, and says so, or the next call might take the closing connection.
    head = f"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Type: {kind}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n{more}\r\n".encode() + body


@pytest.fixture(autouse=True)
def quick(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEKEEPER_TOKEN", TOKEN)
    monkeypatch.setattr("gatekeeper_cli.connection.PAUSES", (0.0, 0.0))


def assert_one_line(result: Result, status: int) -> None:
    assert (result.status, result.out) == (status, "")
    assert result.err.startswith("gatekeeper: ") and result.err.count("\n") == 1
    assert "Traceback" not in result.err and TOKEN not in result.err


def test_nobody_there(run: Run) -> None:
    result = run("request", "list", "--url", f"http://127.0.0.1:{free_port()}")

    assert_one_line(result, 3)
    assert "Nobody answers at http://127.0.0.1:" in result.err


def test_a_name_that_nobody_has(run: Run) -> None:
    assert_one_line(run("request", "list", "--url", "http://nobody.invalid"), 3)


HTML = answer("200 OK", b"<html>Welcome", "text/html")


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        pytest.param(HTML, "does not answer as Gatekeeper does (200, text/html", id="html"),
        pytest.param(
            answer("404 Not Found", b"<html>", "text/html"), "Is the URL right?", id="html 404"
        ),
        pytest.param(
            answer("502 Bad Gateway", b"<html>", "text/html"), "not able to answer now", id="502"
        ),
        pytest.param(answer("200 OK", b'[{"id": "x"'), "Is the URL right?", id="half of the JSON"),
        pytest.param(answer("200 OK", b""), "0 bytes", id="nothing"),
        pytest.param(answer("200 OK", b"[" * 100_000), "Is the URL right?", id="nesting"),
        pytest.param(answer("200 OK", b"{}"), "is no list of requests", id="not a list"),
        pytest.param(answer("200 OK", b"[1, null]"), "is no list of requests", id="not of objects"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n[1,", "amid the call", id="half of it"
        ),
        pytest.param(b"SSH-2.0-OpenSSH\r\n", "amid the call", id="ssh"),
        pytest.param(
            answer("200 OK", b"no gzip", more="Content-Encoding: gzip\r\n"), "unpacked", id="gzip"
        ),
        pytest.param(closes_after_request, "amid the call", id="closed"),
        pytest.param(resets, "amid the call", id="reset"),
        pytest.param(falls_silent, "has not answered in 0.3 s", id="silent"),
        pytest.param(
            answers_and_waits(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n["),
            "has not answered in 0.3 s",
            id="stuck",
        ),
        pytest.param(
            redirect("http://elsewhere.example/login"),
            "leads to http://elsewhere.example/login",
            id="redirect",
        ),
    ],
)  # fmt: skip
def test_a_server_that_answers_badly_is_not_reachable(
    run: Run, monkeypatch: pytest.MonkeyPatch, behaviour: bytes, words: str
) -> None:
    if "0.3 s" in words:
        monkeypatch.setattr("gatekeeper_cli.connection.READ_SECONDS", 0.3)
    with nasty_server(behaviour) as server:
        result = run("request", "list", "--url", server.url)

    assert_one_line(result, 3)
    assert words in result.err
    assert "\x1b" not in result.err


@pytest.mark.parametrize("verb", ["events", "callbacks", "follow"])
@pytest.mark.parametrize("body", [b"null", b"{}", b'"text"', b"[null]", b"<html>"])
def test_an_answer_of_another_shape_is_told_at_once(run: Run, verb: str, body: bytes) -> None:
    with nasty_server(answer("200 OK", body)) as server:
        result = run("request", verb, str(uuid4()), "--url", server.url)

    assert_one_line(result, 3)
    assert "Is the URL right?" in result.err


def test_a_request_is_not_followed_where_nobody_answers(run: Run) -> None:
    url = f"http://127.0.0.1:{free_port()}"

    assert_one_line(run("request", "follow", str(uuid4()), "--url", url), 3)


def test_an_answer_without_an_end_is_given_up(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatekeeper_cli.connection.ANSWER_BYTES", 100_000)
    endless = repeats(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n[", b"1, " * 1000)

    with nasty_server(endless) as server:
        result = run("request", "list", "--url", server.url)

    assert_one_line(result, 3)
    assert "has no end" in result.err


def test_a_redirect_is_not_followed_and_gets_no_token(run: Run) -> None:
    with nasty_server(HTML) as thief, nasty_server(redirect(thief.url)) as server:
        assert_one_line(run("request", "list", "--url", server.url), 3)

        assert thief.connections == 0


def test_an_order_that_stays_lost_says_how_it_is_sent_again(run: Run) -> None:
    order = ("request", "create", "--service", str(uuid4()))
    with nasty_server(closes_after_request) as server:
        result = run(*order, "--url", server.url)
        again = run(*order, "--url", server.url, "--key", "mine")
    assert_one_line(result, 3)
    key = result.err.rsplit("--key ", 1)[1].strip()
    assert key.startswith("gatekeeper-cli-")
    assert again.err.endswith("--key mine\n")
    assert server.connections == 6


def test_what_has_no_key_is_sent_once(run: Run) -> None:
    with nasty_server(closes_after_request) as server:
        result = run("token", "create", "--user", "u", "--role", "viewer", "--url", server.url)

        assert server.connections == 1
    assert_one_line(result, 3)
    assert "Whether it was done is not known" in result.err


def test_a_busy_server_is_asked_again(run: Run) -> None:
    busy = answer("429 Too Many Requests", b'{"detail": "Slowly."}', more="Retry-After: 0\r\n")
    with nasty_server(busy, busy, answer("200 OK", b"[]")) as server:
        done = run("request", "list", "--url", server.url)
    with nasty_server(busy.replace(b"Retry-After: 0", b"Retry-After: 999")) as server:
        refused = run("request", "list", "--url", server.url)

        assert server.connections == 1
    assert (done.status, refused.status) == (0, 1)
    assert refused.err == "gatekeeper: Slowly.\n"


@pytest.mark.parametrize(
    ("status", "expected"), [(400, 1), (401, 4), (403, 4), (404, 1), (409, 1), (500, 1), (503, 3)]
)
def test_what_is_refused_has_its_status(run: Run, status: int, expected: int) -> None:
    problem = answer(
        f"{status} No", b'{"detail": "No.\\nReally\\u001b[31m.", "errors": [{"field": 1}, 2]}'
    )
    with nasty_server(problem) as server:
        result = run("request", "list", "--url", server.url)

    assert_one_line(result, expected)
    assert "\x1b" not in result.err


def test_names_of_others_do_nothing_to_the_terminal(run: Run) -> None:
    row = b'[{"id": "1", "status": "\\u001b[2J\\u202e\\u009b\\n", "error": "a\\tb"}]'
    with nasty_server(answer("200 OK", row)) as server:
        printed = [
            run("request", "list", "--url", server.url, "-o", form).out
            for form in ("table", "value", "json", "yaml")
        ]

    for text in printed:
        assert not {"\x1b", "\u202e", "\x9b"} & set(text)
    assert printed[1] == "1\t\t\\u001b[2J\\u202e\\u009b\\n\t\t\t\ta\\tb\n"


def test_a_certificate_is_checked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = new_authority(tmp_path / "ca")
    certificate = new_certificate(authority, "IP:127.0.0.1")
    with nasty_server(answer("200 OK", b"[]"), certificate=certificate) as server:
        url = server.url.replace("http:", "https:")
        unknown = run("request", "list", "--url", url)
        monkeypatch.setenv("SSL_CERT_FILE", str(authority))
        known = run("request", "list", "--url", url)

    assert_one_line(unknown, 3)
    assert "certificate" in unknown.err.lower()
    assert known.status == 0, known.err
    assert server.requests[-1].count(TOKEN.encode()) == 1
    assert len(server.requests) == 1
