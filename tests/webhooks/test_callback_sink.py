"""`manage.py callback_sink`, as a process."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.core.management import CommandError, call_command

from gatekeeper_site.webhooks import post, signature
from tests.processes import WAIT_SECONDS, environment_for, started, stop, wait_until

BODY = b'{"status": "READY", "id": 7}'


@dataclass
class Sink:
    url: str
    process: psutil.Process
    output: Path

    def printed(self) -> str:
        return self.output.read_text()


@contextmanager
def running_sink(directory: Path, *arguments: str, secret: str = "s") -> Iterator[Sink]:
    output = directory / "output"
    with output.open("wb") as file:
        process = started(
            ("manage.py", "callback_sink", "--port", "0", *arguments),
            environment_for(directory, CALLBACK_SECRET=secret),
            stdout=file.fileno(),
            stderr=file.fileno(),
        )
    try:
        url = wait_until(
            lambda: re.search(r"listening on (\S+)\n", output.read_text()),
            what="the sink's address",
        )[1]
        yield Sink(url, process, output)
    finally:
        stop(process)


@pytest.fixture(autouse=True)
def same_secret(settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8"]
    settings.CALLBACK_SECRET = "s"


def headers(signed: str | None) -> dict[str, str]:
    own = {"X-Gatekeeper-Delivery": "d1"}
    return own | ({"X-Gatekeeper-Signature": signed} if signed else {})


@pytest.mark.processes
def test_each_delivery_is_shown_and_judged(tmp_path: Path) -> None:
    with running_sink(tmp_path, "--status", "202", "--fail-first", "1") as sink:
        outcomes = [
            post(f"{sink.url}/a?b", BODY, headers(signature(BODY))),
            post(f"{sink.url}/a", BODY, headers("sha256=00")),
            post(f"{sink.url}/a", b"\x1b[2J", headers(None)),
            post(f"{sink.url}/a", b"x" * 1024 * 1025, headers(None)),
        ]
        sink.process.send_signal(signal.SIGTERM)
        assert sink.process.wait(WAIT_SECONDS) == 0

    assert [outcome.status for outcome in outcomes] == [500, 202, 202, 413]
    _, first, second, third, *_ = re.split(r"(?m)^(?=20\d\d-\S+ POST )", sink.printed())
    assert re.fullmatch(
        r"\S+ POST /a\?b\ndelivery:  d1\nsignature: right\nanswered:  500\n"
        r'\{\n  "status": "READY",\n  "id": 7\n\}\n+',
        first,
    )
    assert "signature: wrong\nanswered:  202\n" in second
    assert "signature: missing\nanswered:  202\nnot JSON: b'\\x1b[2J'\n" in third
    assert "\x1b" not in sink.printed()


@pytest.mark.processes
def test_ctrl_c_stops_it_while_it_delays_an_answer(tmp_path: Path) -> None:
    with running_sink(tmp_path, "--delay", "60", secret="") as sink:
        client = psutil.Popen(
            [sys.executable, "-c", f"import urllib.request as r; r.urlopen('{sink.url}', b'1')"],
            stderr=subprocess.DEVNULL,
        )
        wait_until(lambda: "POST /" in sink.printed(), what="a delivery")
        sink.process.send_signal(signal.SIGINT)
        assert sink.process.wait(WAIT_SECONDS) == 0
        client.wait(WAIT_SECONDS)

    assert "signature: not checked: CALLBACK_SECRET is not set here\n" in sink.printed()
    assert "Traceback" not in sink.printed()


@pytest.mark.parametrize(
    ("option", "value"),
    [("status", 99), ("status", 600), ("port", 65536), ("delay", -1.0), ("fail_first", -1)],
)
def test_an_option_without_sense_is_refused(option: str, value: float) -> None:
    written = option.replace("_", "-")

    with pytest.raises(CommandError, match=f"^--{written} must be from .* not {value}"):
        call_command("callback_sink", **{option: value})


@pytest.mark.parametrize("address", ["no-such-host.invalid", "é..b", "192.0.2.1"])
def test_an_address_that_is_none_of_this_machine_is_refused(address: str) -> None:
    with pytest.raises(CommandError, match=f"^Cannot listen on {address}:0: "):
        call_command("callback_sink", address=address, port=0)
