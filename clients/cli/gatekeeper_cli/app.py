"""The application: its groups of commands. Of what is large, importing it loads typer alone."""

from typing import Annotated

import typer
import typer.main

from gatekeeper_cli import __version__
from gatekeeper_cli.commands import access, descriptors, gohan, ha, mano, records, requests

app = typer.Typer(
    name="gatekeeper",
    help=(
        "Order network services of a Gatekeeper, follow them, and manage the HA routers, interfaces"
        " and gateways that they hang on.\n\n"
        "Exit status: 0 done, 1 refused or failed, 2 wrong use, 3 not reachable, 4 not allowed,"
        " 130 ended by Ctrl-C."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (access, descriptors, requests, records, ha, mano, gohan):
    module.add_to(app)


def print_version(is_asked: bool) -> None:
    """Print the version and end, if that is asked for."""
    if is_asked:
        typer.echo(f"gatekeeper {__version__}")
        raise typer.Exit


@app.callback()
def gatekeeper(
    version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Take what stands before a command."""


# Made once, also for a process that runs several commands: it takes a tenth of the time of one.
command = typer.main.get_command(app)
