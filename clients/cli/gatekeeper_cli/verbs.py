"""The verbs that most nouns have: list, show, delete."""

from typing import Annotated, Any

import typer

from gatekeeper_cli.completion import complete
from gatekeeper_cli.faults import NotReachable
from gatekeeper_cli.lists import list_rows
from gatekeeper_cli.names import find, named
from gatekeeper_cli.nouns import Noun
from gatekeeper_cli.session import Session, command

FILTER = Annotated[
    list[str] | None,
    typer.Option(
        "--filter",
        "-f",
        metavar="NAME=VALUE",
        help=(
            "List only these; of one name, several mean any of them. Times also take"
            " name__gte, __gt, __lte and __lt."
        ),
    ),
]
ALL = Annotated[bool, typer.Option("--all", help="List all, page by page.")]
LIMIT = Annotated[
    int | None,
    typer.Option("--limit", min=1, max=1000, metavar="N", help="List at most N (50)."),
]
ORDERING = Annotated[
    str | None,
    typer.Option("--ordering", metavar="FIELD", help="List in this order; -FIELD is descending."),
]


def argument(noun: Noun) -> Any:
    """Return the argument that says which one of a noun is meant."""
    metavar = "NAME|ID" if noun.names else "ID"
    help_text = f"The {noun.title}: its id" + (", or its name." if noun.names else ".")
    if "version" in noun.names:
        help_text += " A name is NAME, NAME/VERSION or VENDOR/NAME/VERSION."
    return typer.Argument(
        metavar=metavar, help=help_text, autocompletion=complete(noun), callback=named
    )


def add_list(app: typer.Typer, noun: Noun, name: str = "list") -> None:
    """Add the command that lists."""

    def run(
        session: Session,
        filter: FILTER = None,  # noqa: A002 the option's name
        all: ALL = False,  # noqa: A002
        limit: LIMIT = None,
        ordering: ORDERING = None,
    ) -> None:
        list_rows(session, noun, filters=filter or [], is_all=all, limit=limit, ordering=ordering)

    command(app, name, help=f"List {noun.plural}, newest first.")(run)


def add_show(app: typer.Typer, noun: Noun) -> None:
    """Add the command that shows one."""

    def run(session: Session, which: Annotated[str, argument(noun)]) -> None:
        show_one(session, noun, find(session, noun, which))

    command(app, "show", help=f"Show {noun.with_article}.")(run)


def add_delete(app: typer.Typer, noun: Noun) -> None:
    """Add the command that deletes."""

    def run(session: Session, which: Annotated[str, argument(noun)]) -> None:
        session.call(noun.operation("delete"), find(session, noun, which))

    command(app, "delete", has_output=False, help=f"Delete {noun.with_article}.")(run)


def show_one(session: Session, noun: Noun, key: str) -> None:
    """Read one and print it."""
    session.show(read_one(session, noun, key, session.fields), hidden=noun.hidden)


def read_one(
    session: Session, noun: Noun, key: str, fields: list[str] | None = None
) -> dict[str, Any]:
    """Return one, or these fields of it."""
    answer = session.call(noun.operation("get"), key, fields=fields or ())
    return unwrapped(noun, answer.data)


def unwrapped(noun: Noun, data: Any) -> dict[str, Any]:
    """Return an object out of its wrapper.

    Raises:
        NotReachable: It is none.
    """
    if noun.is_wrapped and isinstance(data, dict):
        data = data.get(noun.one)
    if not isinstance(data, dict):
        raise NotReachable(f"The answer is no {noun.title}. Is the URL right?")
    return data
