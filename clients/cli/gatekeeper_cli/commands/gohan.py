"""`gatekeeper client …`: what scripts that were written for `gohan client` go on with."""

from enum import StrEnum
from typing import Annotated

import typer

from gatekeeper_cli.faults import NotReachable
from gatekeeper_cli.names import find
from gatekeeper_cli.nouns import HA_NOUNS, Noun
from gatekeeper_cli.session import Session, command, group
from gatekeeper_cli.verbs import argument


class GohanForm(StrEnum):
    """The forms in which gohan's client prints."""

    TABLE = "table"
    JSON = "json"


FORM = Annotated[GohanForm, typer.Option("--output-format", help="How to print.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    client = group(app, "client", "What gohan client prints, by its own words.")
    for noun in HA_NOUNS.values():
        nouns = group(client, noun.one, f"What gohan's client prints of {noun.plural}.")
        add_gohan_list(nouns, noun)
        add_gohan_show(nouns, noun)


def add_gohan_show(app: typer.Typer, noun: Noun) -> None:
    """Add the command that shows one."""

    def run(
        session: Session,
        which: Annotated[str, argument(noun)],
        output_format: FORM = GohanForm.TABLE,
    ) -> None:
        data = session.call(noun.operation("get"), find(session, noun, which)).data
        print_as_gohan(session, noun, data, noun.one, output_format)

    command(app, "show", has_output=False, help=f"Show {noun.with_article}.")(run)


def add_gohan_list(app: typer.Typer, noun: Noun) -> None:
    """Add the command that lists."""

    def run(session: Session, output_format: FORM = GohanForm.TABLE) -> None:
        data = session.call(noun.operation("list"), limit=1000).data
        print_as_gohan(session, noun, data, f"{noun.one}s", output_format)

    command(app, "list", has_output=False, help=f"List {noun.plural}.")(run)


def print_as_gohan(
    session: Session, noun: Noun, data: object, wrapper: str, form: GohanForm
) -> None:
    """Print an answer as it came in its wrapper, members in order of their names; or a table."""
    from gatekeeper_cli import texts

    if not isinstance(data, dict) or wrapper not in data:
        raise NotReachable(f"The answer has no {wrapper}. Is the URL right?")
    if form == GohanForm.JSON:
        texts.write(texts.as_json(data, indent=4, sort_keys=True))
    elif isinstance(data[wrapper], list):
        session.rows(data[wrapper], noun.columns)
    else:
        session.show(data[wrapper], hidden=noun.hidden)
