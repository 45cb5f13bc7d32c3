"""What can be ordered: services, and the functions that they are made of."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from gatekeeper_cli.faults import Fault, WrongUse
from gatekeeper_cli.nouns import FUNCTION, SERVICE, Noun
from gatekeeper_cli.session import Session, command, group
from gatekeeper_cli.verbs import add_delete, add_list, add_show

FILES = Annotated[
    list[Path],
    typer.Argument(metavar="FILE…", help="Descriptors in YAML or JSON; - is standard input."),
]
LARGEST_BYTES = 8 << 20


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for noun, text in (
        (SERVICE, "Service descriptors: what can be ordered."),
        (FUNCTION, "Function descriptors: what services are made of."),
    ):
        nouns = group(app, noun.name, text)
        add_onboard(nouns, noun)
        add_list(nouns, noun)
        add_show(nouns, noun)
        add_delete(nouns, noun)


def add_onboard(app: typer.Typer, noun: Noun) -> None:
    """Add the command that onboards descriptors."""

    def run(session: Session, files: FILES) -> None:
        contents = [(path, content_of(path)) for path in files]
        stored: list[Any] = []
        for number, (path, content) in enumerate(contents):
            key = session.order_key() + (f"-{number}" if number else "")
            try:
                answer = session.call(
                    noun.operation("onboard"),
                    content=content,
                    key=f"{key}-{number}" if number else key,
                )
            except Fault as fault:
                done = f" Onboarded before it: {len(stored)}." if stored else ""
                raise type(fault)(f"{path}: {fault}{done}") from fault
            stored.append(answer.data)
        if len(stored) == 1:
            session.show(stored[0])
        else:
            session.rows([flat(row) for row in stored], noun.columns)

    command(
        app,
        "onboard",
        is_order=True,
        help=f"Onboard {noun.title} descriptors, in the order in which they are given.",
    )(run)


def content_of(path: Path) -> bytes:
    """Return a file's content; all are read before the first is sent."""
    try:
        if str(path) == "-":
            return sys.stdin.buffer.read(LARGEST_BYTES)
        with path.open("rb") as file:
            return file.read(LARGEST_BYTES)
    except OSError as fault:
        raise WrongUse(f"{path} cannot be read: {fault.strerror}.") from fault


def flat(row: dict[str, object]) -> dict[str, object]:
    """Return a stored descriptor with its own members beside its uuid, as lists have them."""
    own = next((value for value in row.values() if isinstance(value, dict)), {})
    return own | row
