"""Runs the examples of a page as its reader does: one shell, from top to bottom.

What a comment before a block says of it:

- `not run: REASON`: it cannot be run here; `not run, all of this page: REASON`: none of them can.
- `the server`: it is what the tests have started, with the variables that it sets. SIMULATE_AGENT=0
  stops what plays the agents.
- `again until it prints this`: the reader asks again.
- `in the background`: it has a terminal of its own, and runs until the end of the page.

A block `text` is what is printed by the block of commands before it; `…` stands for anything. Ports
and addresses are those of the tests.
"""

import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
from sybil import Document, Example
from sybil.parsers.markdown import CodeBlockParser

from tests.processes import PROJECT, stop, wait_until

# Of one block of commands, on a machine that may be busy.
SECONDS = 300
# Until the reader asks again: each time costs several processes.
PAUSE_SECONDS = 0.3
SERVER = re.compile(r"http://(?:127\.0\.0\.1|localhost):8000")
NOTE = re.compile(r"<!-- ((?:(?!-->).)*) -->\s*$", re.DOTALL)
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"^ *```(sh|python)$", re.MULTILINE)
NOT_RUN = "not run: "
WHOLE = "<!-- not run, all of this page: "


class Shell:
    """A bash that goes on from block to block, and ends when a command fails."""

    def __init__(self, environment: Mapping[str, str], directory: Path) -> None:
        self.process = subprocess.Popen(
            ["bash", "-e"],
            env=environment,
            cwd=directory,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )

    def run(self, commands: str) -> str:
        """Run commands; return what they print."""
        assert self.process.stdin is not None and self.process.stdout is not None
        mark = f"\x1f{time.monotonic_ns()}\x1f"
        self.process.stdin.write(f"{commands}\nprintf %s '{mark}'\n".encode())
        printed, deadline = b"", time.monotonic() + SECONDS
        while not printed.endswith(mark.encode()):
            left = max(deadline - time.monotonic(), 0)
            assert select.select([self.process.stdout], [], [], left)[0], f"no end of: {commands}"
            part = self.process.stdout.read(1 << 16)
            assert part, f"a command failed; printed: {printed.decode()!r}; commands: {commands}"
            printed += part
        return printed.decode().removesuffix(mark)

    def end(self) -> None:
        """End it, with what it may have left running."""
        self.process.kill()
        self.process.communicate()


class Reader:
    """Somebody who reads a page and does what it says.

    Args:
        environment: the server's, and what the page takes to be set.
        url: where the server is.
        ports: what stands for a port of a page.
        agents: the process that plays the agents.
        directory: where he works; it is made to look like the sources'.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        url: str,
        ports: Mapping[str, str],
        agents: psutil.Process,
        directory: Path,
    ) -> None:
        self.environment, self.url, self.ports, self.agents = environment, url, ports, agents
        self.directory = directory
        for entry in PROJECT.iterdir():
            (directory / entry.name).symlink_to(entry)
        virtual = directory / ".venv"
        virtual.unlink(missing_ok=True)
        virtual.symlink_to(sys.prefix)
        self.shell = Shell(environment, directory)
        self.background: list[subprocess.Popen[bytes]] = []

    def read(self, page: Path) -> None:
        """Do what a page says, example by example."""
        languages = {"sh": self.sh, "python": self.python}
        parsers = [CodeBlockParser(language, each) for language, each in languages.items()]
        for example in Document.parse(str(page), *parsers).examples():
            try:
                example.evaluate()
            except AssertionError as error:
                error.add_note(f"{page}:{example.line}")
                raise

    def sh(self, example: Example) -> None:
        """Do what a block of commands says."""
        commands, note, expected = self.told(example)
        if note.startswith(NOT_RUN):
            assert len(note) > len(NOT_RUN) + 5, "say why"
        elif note == "the server":
            for name, value in re.findall(r"\b([A-Z_]+)=(\S+)", commands):
                if (name, value) == ("SIMULATE_AGENT", "0"):
                    stop(self.agents)
                else:
                    assert self.environment[name] == value, f"the tests' server has another {name}"
        elif note == "in the background":
            self.begin(commands, expected)
        elif note == "again until it prints this":
            assert expected is not None
            what = f"{expected!r} of {commands}"
            wait_until(
                lambda: fits(expected, self.shell.run(commands)),
                seconds=SECONDS,
                what=what,
                pause=PAUSE_SECONDS,
            )
        else:
            assert not note, f"{note} is said of a block, which nobody understands"
            compare(expected, self.shell.run(commands))

    def python(self, example: Example) -> None:
        """Run a block of Python."""
        source, note, expected = self.told(example)
        assert not note
        exported = dict(re.findall(r'declare -x (\w+)="(.*)"', self.shell.run("export -p")))
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", source],
            env={**self.environment, **exported},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
            timeout=SECONDS,
        )
        compare(expected, done.stdout)

    def begin(self, commands: str, expected: str | None) -> None:
        """Have a terminal run commands; wait until they have printed what is expected."""
        file = self.directory / f"terminal-{len(self.background)}"
        with file.open("wb") as output:
            process = subprocess.Popen(
                ["bash", "-ec", f"exec {commands}"],
                env=self.environment | {"PYTHONUNBUFFERED": "1"},
                cwd=self.directory,
                stdout=output,
            )
        self.background.append(process)
        assert expected is not None, "what it prints when it is ready"
        wait_until(lambda: fits(expected, file.read_text()), seconds=SECONDS, what=expected)

    def told(self, example: Example) -> tuple[str, str, str | None]:
        """Return an example's commands, what is said of it, and what it prints, if that is told."""
        text, region = example.document.text, example.region
        note = NOTE.search(text[: region.start].rstrip(" "))
        following = FENCE.search(text, region.end)
        is_told = following is not None and following[1] == "text"
        expected = self.here(following[2]) if following and is_told else None
        return self.here(str(example.parsed)), note[1] if note else "", expected

    def here(self, text: str) -> str:
        """Return text with the addresses of this run."""
        text = SERVER.sub(self.url, text)
        for port, ours in self.ports.items():
            text = re.sub(rf"\b{port}\b", ours, text)
        return text

    def end(self) -> None:
        """End what the page has started."""
        self.shell.end()
        for process in self.background:
            process.terminate()
            process.wait(SECONDS)


@contextmanager
def reader(
    environment: Mapping[str, str],
    url: str,
    ports: Mapping[str, str],
    agents: psutil.Process,
    directory: Path,
) -> Iterator[Reader]:
    """Give a reader, whose terminals are closed at the end."""
    directory.mkdir()
    one = Reader(environment, url, ports, agents, directory)
    try:
        yield one
    finally:
        one.end()


def fits(expected: str, printed: str) -> bool:
    """Tell whether something that was printed is what was expected."""
    pattern = ".*".join(re.escape(part) for part in expected.strip().split("…"))
    return re.fullmatch(pattern, printed.strip(), re.DOTALL) is not None


def compare(expected: str | None, printed: str) -> None:
    """Check that what was printed is what was expected, if that is told."""
    if expected is not None:
        assert fits(expected, printed), f"expected {expected.strip()!r}, printed {printed!r}"


def pages() -> list[Path]:
    """Return every page with examples in it."""
    files = [*PROJECT.glob("*.md"), *(PROJECT / "docs").glob("*.md")]
    texts = {file: file.read_text() for file in files}
    return sorted(
        file for file, text in texts.items() if EXAMPLE.search(text) and WHOLE not in text
    )
