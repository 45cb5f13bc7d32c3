"""What the shell completes: ids and names, asked of the server, and filters."""

from collections.abc import Callable, Iterator
from typing import Any

import typer

from gatekeeper_cli.nouns import Noun

SHOWN = 100
# A shell that completes does not wait for a server that is silent.
SECONDS = 3


def complete(noun: Noun) -> Callable[..., list[tuple[str, str]]]:
    """Return what completes a name or an id of this noun."""

    def candidates(ctx: typer.Context, incomplete: str) -> list[tuple[str, str]]:
        from gatekeeper_cli.faults import Fault

        try:
            return list(matching(noun, ctx.params, incomplete))
        except Fault:
            return []  # a shell that completes is no place for messages

    return candidates


def matching(noun: Noun, params: dict[str, Any], incomplete: str) -> Iterator[tuple[str, str]]:
    """Give the names and ids that begin so, newest first, each with what it is."""
    from gatekeeper_cli import profiles
    from gatekeeper_cli.connection import Connection
    from gatekeeper_cli.list_answers import rows_of
    from gatekeeper_cli.texts import cell

    profile = profiles.chosen(params.get("profile"), params.get("url"))
    connection = Connection(profile, pauses=(), seconds=SECONDS)
    answer = connection.call(noun.operation("list"), limit=SHOWN, fields=noun.columns)
    for row in rows_of(answer, noun):
        told = [cell(row.get(name)) for name in noun.columns[1:4] if row.get(name)]
        name = row.get(noun.names[-1] if len(noun.names) == 1 else "name")
        for word in (name, row.get(noun.key)):
            if (
                isinstance(word, str)
                and word
                and word.startswith(incomplete)
                and word.isprintable()
            ):
                yield word, " ".join(told)
