"""What people see: tables that fit a terminal, the map of VLANs, completion, and a quick start."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gatekeeper_cli.app import command as gatekeeper
from gatekeeper_cli.main import main
from tests.cli.conftest import PACKAGES, Run
from tests.nasty_servers import nasty_server

ID = "de0d4c7e-9450-4c3f-8add-5f9531303c65"
REQUEST = (
    f'[{{"id": "{ID}", "request_type": "CREATE", "status": "READY",'
    ' "created_at": "2017-09-15T13:36:04.805Z", "error": "界" }]'
)
POOL = (
    '{"total": 4096, "available": 3068, "reserved": "0,4095", "restricted": "0-1024,4094",'
    f' "allocated": [{{"vlan_id": 1025, "gateway_id": "{ID}", "name": "a"}}], "free": "1026-4093"}}'
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def answer(text: str) -> bytes:
    body = text.encode()
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nRecord-Count: 7\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    )


@pytest.fixture
def on_terminal(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Run a command whose output is a terminal; return what it shows."""
    master, slave = os.openpty()

    def run_command(*arguments: str, columns: int = 80, **environment: str) -> str:
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("TERM", "xterm")
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        with os.fdopen(os.dup(slave), "w") as terminal, monkeypatch.context() as patched:
            patched.setattr("sys.stdout", terminal)
            assert main(arguments) == 0
        os.set_blocking(master, False)
        shown = b""
        while True:
            try:
                shown += os.read(master, 65536)
            except BlockingIOError:
                return shown.decode().replace("\r\n", "\n")

    yield run_command
    os.close(master)
    os.close(slave)


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_a_table_fits_the_terminal(on_terminal: Callable[..., str], columns: int) -> None:
    with nasty_server(answer(REQUEST)) as server:
        shown = on_terminal("request", "list", "--url", server.url, columns=columns)

    assert "\x1b[32mREADY" in shown or columns == 40
    lines = [COLOUR.sub("", line).rstrip() for line in shown.splitlines()]
    assert all(len(line) <= columns for line in lines)
    heading = "ID                                    REQUEST TYPE  STATUS  CREATED AT"
    assert lines[0].startswith(heading if columns >= 80 else "ID")
    assert lines[1].startswith(ID)
    assert ("ERROR" in lines[0], "界" in lines[1]) == (columns == 200, columns == 200)
    assert ("2017-09-15 13:36:04Z" in lines[1]) == (columns >= 80)


def test_a_narrow_terminal_shows_names_before_ids(on_terminal: Callable[..., str]) -> None:
    service = f'[{{"uuid": "{ID}", "name": "sonata-demo", "version": "0.1", "status": "active"}}]'
    with nasty_server(answer(service), answer(service), answer(service)) as server:
        call = ("service", "list", "--url", server.url, "-o", "table")
        narrow = on_terminal(*call, columns=40)
        wide = on_terminal(*call, columns=80)
        asked = on_terminal(*call, "--fields", "uuid,name", columns=40)

    assert narrow.splitlines()[1].split()[:2] == ["sonata-demo", "0.1"]
    assert wide.splitlines()[1].split()[:2] == [ID, "sonata-demo"]
    assert asked.splitlines()[1].split() == [ID]


def test_no_color_and_a_pipe_are_plain(on_terminal: Callable[..., str], run: Run) -> None:
    with nasty_server(answer(REQUEST)) as server:
        shown = on_terminal("request", "list", "--url", server.url, NO_COLOR="1")
        piped = run("request", "list", "--url", server.url)

    assert "\x1b[32m" not in shown and "READY" in shown
    assert "\x1b" not in piped.out
    assert "2017-09-15T13:36:04.805Z" in piped.out and "界" in piped.out
    assert piped.err == "1 of 7 requests; --all prints all.\n"


def test_vlans_are_a_map_on_a_terminal(on_terminal: Callable[..., str]) -> None:
    with nasty_server(answer(POOL)) as server:
        shown = on_terminal("ha-interface", "vlans", ID, "--url", server.url, NO_COLOR="1")

    lines = COLOUR.sub("", shown).splitlines()
    assert lines == [
        "   0  x" + 63 * "-",
        "  64  " + 64 * "-",
        "      … to 1023: restricted",
        "1024  -#" + 62 * "·",
        "1088  " + 64 * "·",
        "      … to 4031: free",
        "4032  " + 62 * "·" + "-x",
        "      · free 3068   # allocated 1   - restricted 1025   x reserved 2",
    ]


@pytest.mark.parametrize(
    ("shell", "words", "expected"),
    [
        ("bash", "gatekeeper request show de0d", ID),
        ("bash", "gatekeeper request show 9", ""),
        ("bash", "gatekeeper request sh", "show"),
        ("bash", "gatekeeper request list --output y", "yaml"),
    ],
)
def test_the_shell_completes_commands_words_and_ids(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    shell: str,
    words: str,
    expected: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("_GATEKEEPER_COMPLETE", f"complete_{shell}")
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split()) - 1))
    with nasty_server(answer(REQUEST)) as server:
        monkeypatch.setenv("GATEKEEPER_URL", server.url)
        with pytest.raises(SystemExit):
            main([])

    assert capsys.readouterr().out.strip() == expected


def test_a_shell_that_completes_hears_nothing_of_a_server_that_is_away(
    run: Run, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "_GATEKEEPER_COMPLETE": "complete_bash",
        "COMP_WORDS": "gatekeeper request show ",
        "COMP_CWORD": "3",
        "GATEKEEPER_URL": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SystemExit):
        main([])

    said = capsys.readouterr()
    assert (said.out.strip(), said.err) == ("", "")


def test_every_command_and_option_says_what_it_is_for() -> None:
    def walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
        yield path, command
        for name, child in getattr(command, "commands", {}).items():
            yield from walk(child, f"{path} {name}")

    commands = dict(walk(gatekeeper, "gatekeeper"))

    assert len(commands) > 60
    assert {"gatekeeper request create", "gatekeeper ha-interface vlans"} <= set(commands)
    mute = [path for path, command in commands.items() if not (command.help or "").endswith(".")]
    assert mute == []
    assert commands["gatekeeper ha-router show"].help == "Show an HA router."
    assert commands["gatekeeper gateway show"].help == "Show a gateway."
    unexplained = [
        (path, each.name)
        for path, command in commands.items()
        for each in command.params
        if not getattr(each, "help", "")
    ]
    assert unexplained == []


SCRIPT = """
import resource, sys
from gatekeeper_cli.main import main
LIBRARIES = ("httpx", "rich", "yaml")
status = main(sys.argv[1:])
seconds = resource.getrusage(resource.RUSAGE_SELF).ru_utime
names = [n for n in sys.modules if n.partition(".")[0] in LIBRARIES and sys.modules[n]]
models = [name for name in sys.modules if name.startswith("gatekeeper_client.models.")]
print(status, round(seconds, 3), len(names), len(models), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "most_libraries"),
    [(["--help"], 0), (["request", "list"], 30)],
)
def test_it_starts_in_less_than_a_third_of_a_second(
    home: Path, arguments: list[str], most_libraries: int
) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(map(str, PACKAGES))}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with nasty_server(answer(REQUEST)) as server:
        environment["GATEKEEPER_URL"] = server.url
        runs = [
            subprocess.run(
                [sys.executable, "-c", SCRIPT, *arguments],
                env=environment,
                capture_output=True,
                text=True,
                check=True,
            )
            for _ in range(2)  # the first may compile
        ]

    status, seconds, libraries, models = runs[-1].stderr.split()[-4:]
    assert int(status) == 0
    assert float(seconds) < 0.3
    assert int(libraries) <= most_libraries
    assert int(models) <= 15


def test_one_object_is_told_in_lines(on_terminal: Callable[..., str]) -> None:
    record = '{"uuid": "1", "status": "offline", "network_functions": [{"vnfr_id": "2"}]}'
    with nasty_server(answer(record)) as server:
        shown = on_terminal("record", "service", "show", "1", "--url", server.url)

    assert shown.splitlines() == [
        "\x1b[1muuid               \x1b[0m1",
        "\x1b[1mstatus             \x1b[0m\x1b[31moffline\x1b[0m",
        "\x1b[1mnetwork_functions  \x1b[0m",
        "  - vnfr_id: '2'",
    ]
