"""Makes docs/generated/command-line.md of the command line itself."""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from api_reference import cell, prose
from sphinx.application import Sphinx

NAME = "gatekeeper"


def write_page(app: Sphinx) -> None:
    """Write the page anew."""
    source = Path(app.srcdir)
    # As it stands here, whether or not it is installed.
    sys.path.insert(0, str(source.parent / "clients" / "cli"))
    from gatekeeper_cli.app import command as root

    page = source / "generated" / "command-line.md"
    page.parent.mkdir(exist_ok=True)
    page.write_text("\n".join(lines_of(root)) + "\n")


def lines_of(root: Any) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from ["# Every command", "", told(root), ""]
    yield f"This is what `{NAME} COMMAND --help` prints. How it is used:"
    yield from ["[the command line](../cli.md).", ""]
    for path, command in commands_below(root, NAME):
        yield from [f"{'#' * (path.count(' ') + 1)} `{path}`", "", told(command), ""]
        if hasattr(command, "commands"):
            continue
        context = typer.Context(command)
        usage = " ".join(command.collect_usage_pieces(context))
        yield from ["```text", f"{path} {usage}", "```", ""]
        rows = [row for parameter in command.params if (row := row_of(parameter, context))]
        if rows:
            yield from ["| | |", "| --- | --- |", *rows, ""]


def commands_below(group: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield each command below a group that is not hidden, and the groups, with what calls it."""
    for name, command in sorted(getattr(group, "commands", {}).items()):
        if not command.hidden:
            yield f"{path} {name}", command
            yield from commands_below(command, f"{path} {name}")


def told(command: Any) -> str:
    """Return a command's help, as a text of its own."""
    return prose(inspect.cleandoc(command.help or "").partition("\f")[0])


def row_of(parameter: Any, context: Any) -> str:
    """Return a row about a parameter; "" if it is hidden."""
    if getattr(parameter, "hidden", False):
        return ""
    metavar = parameter.make_metavar(context)
    names = [f"`{metavar}`"]
    if parameter.param_type_name == "option":
        value = [] if parameter.is_flag else names
        names = [*(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts)), *value]
    meaning = parameter.help or ""
    if parameter.required and parameter.param_type_name == "option":
        meaning += " Required."
    return f"| {cell(' '.join(names))} | {cell(prose(meaning))} |"


def setup(app: Sphinx) -> dict[str, bool]:
    """Write the page before Sphinx looks which there are."""
    app.connect("builder-inited", write_page)
    return {"parallel_read_safe": True}
