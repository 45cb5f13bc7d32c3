"""The real web process: beside hostile callers, behind nginx, and without its main process."""

import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.fixtures import DEMO_SERVICE
from tests.processes import (
    ADMIN_TOKEN,
    GUNICORN,
    PROJECT,
    WAIT_SECONDS,
    answers,
    copy_prepared,
    environment_for,
    free_port,
    is_gone,
    kill,
    running,
    wait_until,
)
from tests.web.hostile_callers import MAX_SECONDS, hostile_callers, slowest_call

pytestmark = pytest.mark.processes

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
READ_SECONDS = 5
TRIES = 5
MAX_MEMORY = 150 * 1024 * 1024


class Web:
    def __init__(self, url: str, process: psutil.Process) -> None:
        self.url = url
        self.process = process

    def processes(self) -> list[psutil.Process]:
        """Return those that answer calls."""
        return psutil.Process(self.process.pid).children()


@contextmanager
def served(directory: Path, **variables: str) -> Iterator[Web]:
    copy_prepared(directory)
    port = free_port()
    environment = environment_for(
        directory,
        GATEKEEPER_ADMIN_TOKEN=ADMIN_TOKEN,
        HOST="127.0.0.1",
        PORT=str(port),
        READ_SECONDS=str(READ_SECONDS),
        **variables,
    )
    url = f"http://127.0.0.1:{port}"
    with running(environment, "-m", *GUNICORN) as process:
        web = Web(url, process)
        wait_until(lambda: answers(f"{url}/healthz"), what="a web")
        wait_until(lambda: len(web.processes()) == 2, what="both its processes")
        yield web


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """A web that takes one proxy's word."""
    with served(tmp_path_factory.mktemp("web") / "data", TRUSTED_PROXIES="1") as web:
        yield web


def call(url: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], Any]:
    """Call as an admin; return status, headers by their names in lower case, and the JSON."""
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    sent = {"Authorization": f"Bearer {ADMIN_TOKEN}"} | headers
    try:
        with urllib.request.urlopen(
            urllib.request.Request(url, data, sent), timeout=WAIT_SECONDS
        ) as answer:
            told, text = answer, answer.read()
    except urllib.error.HTTPError as error:
        told, text = error, error.read()
    return (
        told.status,
        {name.lower(): value for name, value in told.headers.items()},
        json.loads(text),
    )


# Hostile callers


def is_closed(connection: socket.socket) -> bool:
    """Return whether the server has closed the connection, on which it says nothing."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


@contextmanager
def beside_hostile_callers(url: str, *tokens: str) -> Iterator[list[socket.socket]]:
    """Have them there, and all calls answered soon: at once, or when that is tried again.

    The machine, too, may have kept others waiting. Each time there are other hostile callers, as
    the first may have been closed meanwhile.
    """
    for _ in range(TRIES):
        with hostile_callers(url) as connections:
            if max(slowest_call(url, token) for token in tokens) < MAX_SECONDS:
                yield connections
                return
    raise AssertionError(f"others were kept waiting {TRIES} times")


def test_hostile_callers_keep_nobody_waiting_and_are_closed(web: Web) -> None:
    with beside_hostile_callers(web.url, "", ADMIN_TOKEN) as connections:
        status, _, _ = call(f"{web.url}/requests", {"service_uuid": str(DEMO_SERVICE)})
        assert status == 201

        # A slow body has a second more for each 10 kB, which at a byte a second is nothing.
        wait_until(
            lambda: all(is_closed(connection) for connection in connections),
            what="closed connections",
        )


# Bodies


def test_a_body_in_chunks_is_read_and_refused_as_any_other(web: Web) -> None:
    order = json.dumps({"service_uuid": str(DEMO_SERVICE)}).encode()
    url = f"{web.url}/requests"
    chunked = {"Transfer-Encoding": "chunked"}

    assert call(url, iter([order[:10], order[10:]]), **chunked)[0] == 201
    encoded = call(url, iter([gzip.compress(order)]), **chunked, **{"Content-Encoding": "gzip"})
    assert (encoded[0], encoded[1]["accept-encoding"]) == (415, "identity")
    status, _, problem = call(url, iter([b" " * 1024 * 1024, order]), **chunked)
    assert (status, problem["code"]) == (413, "body_too_large")
    assert call(url, iter([]), **chunked)[0] == 400


# nginx


@pytest.fixture(scope="module")
def front(web: Web, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an nginx before the web, configured as deploy/compose.yaml's."""
    if os.environ.get("GATEKEEPER_TEST_SKIP_NGINX") == "1":
        pytest.skip("GATEKEEPER_TEST_SKIP_NGINX is 1")
    assert NGINX, "Install nginx, or leave these tests out with GATEKEEPER_TEST_SKIP_NGINX=1."
    directory = tmp_path_factory.mktemp("nginx")
    port = free_port()
    site = (PROJECT / "deploy" / "nginx.conf").read_text()
    assert "server web:8000 " in site and "listen 8080;" in site
    site = site.replace("web:8000", web.url.removeprefix("http://"))
    site = site.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    temporary = " ".join(
        f"{name}_temp_path {directory / name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    configuration = directory / "nginx.conf"
    configuration.write_text(
        f"daemon off; master_process off; pid {directory / 'pid'}; error_log stderr;\n"
        f"events {{ worker_connections 4096; }}\nhttp {{ access_log off; {temporary}\n{site}}}\n"
    )
    arguments = [NGINX, "-e", "stderr", "-p", str(directory), "-c", str(configuration)]
    process = subprocess.Popen(arguments)
    try:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: answers(f"{url}/healthz"), what="nginx")
        yield url
    finally:
        process.terminate()
        process.wait(WAIT_SECONDS)


def test_behind_nginx_links_and_etags_are_as_they_are_without(web: Web, front: str) -> None:
    # Given an order that came through nginx
    status, headers, order = call(f"{front}/requests", {"service_uuid": str(DEMO_SERVICE)})
    assert (status, headers["location"]) == (201, f"{front}/requests/{order['id']}")

    # When it and the list are read, by a caller who takes gzip
    _, listed, _ = call(f"{front}/requests?limit=1", **{"Accept-Encoding": "gzip"})
    status, headers, read = call(headers["location"], **{"Accept-Encoding": "gzip"})

    # Then they are as without nginx
    _, directly, _ = call(f"{web.url}/requests/{order['id']}")
    assert (status, read["id"]) == (200, order["id"])
    assert headers["etag"] == directly["etag"] and headers["etag"].startswith('"')
    assert f"<{front}/requests?limit=1&offset=0>" in listed["link"]


def test_behind_nginx_a_body_that_is_too_large_is_refused_in_our_words(front: str) -> None:
    status, _, problem = call(f"{front}/requests", b" " * (1024 * 1024 + 1))

    assert (status, problem["code"]) == (413, "body_too_large")


def test_behind_nginx_a_caller_cannot_choose_his_address(front: str) -> None:
    order = {"service_uuid": str(DEMO_SERVICE)}
    status, _, _ = call(f"{front}/requests", order, **{"X-Forwarded-For": "203.0.113.7"})
    assert status == 201

    _, _, [entry] = call(f"{front}/audit?limit=1")
    assert entry["address"] == "127.0.0.1"


def test_behind_nginx_hostile_callers_keep_nobody_waiting(front: str) -> None:
    with beside_hostile_callers(front, ADMIN_TOKEN):
        pass


# Processes


def test_each_process_keeps_in_bounds_and_has_the_files_that_it_may_need(web: Web) -> None:
    assert len(web.processes()) == 2
    for process in web.processes():
        assert process.memory_info().rss < MAX_MEMORY
        soft, hard = process.rlimit(psutil.RLIMIT_NOFILE)
        assert soft == min(hard, 16_384) or hard == psutil.RLIM_INFINITY


def test_a_process_that_dies_is_replaced(web: Web) -> None:
    victim, other = web.processes()

    kill(victim)

    wait_until(
        lambda: len([each for each in web.processes() if not is_gone(each)]) == 2,
        what="another process",
    )
    assert other in web.processes() and victim not in web.processes()
    wait_until(lambda: answers(f"{web.url}/healthz"), what="an answer")


def test_no_process_outlives_the_main_one(tmp_path: Path) -> None:
    with served(tmp_path / "data") as web:
        processes = web.processes()

        os.kill(web.process.pid, signal.SIGKILL)

        wait_until(lambda: all(map(is_gone, processes)), what="the others' end")
        assert not answers(f"{web.url}/healthz")
