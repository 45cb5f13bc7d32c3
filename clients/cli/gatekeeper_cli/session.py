"""What every command has in common: whom it calls, and how it prints.

A command is a function whose first argument is a Session; `command` makes it one of typer's, with
the options from which the session is made.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

import typer

from gatekeeper_cli import profiles
from gatekeeper_cli.connection import Connection
from gatekeeper_cli.faults import PipeClosed, WrongUse


class Form(StrEnum):
    """How results are printed."""

    TABLE = "table"
    JSON = "json"
    YAML = "yaml"
    VALUE = "value"


def complete_profiles(incomplete: str) -> list[str]:
    """Return the profiles that begin so."""
    return [name for name in profiles.read() if name.startswith(incomplete)]


PROFILE = Annotated[
    str | None,
    typer.Option(
        "--profile",
        metavar="NAME",
        help="Use this profile of the configuration (or GATEKEEPER_PROFILE).",
        autocompletion=complete_profiles,
    ),
]
URL = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="Call this server (or GATEKEEPER_URL)."),
]
VERBOSE = Annotated[bool, typer.Option("--verbose", "-v", help="Show each call on standard error.")]
OUTPUT = Annotated[
    Form,
    typer.Option(
        "--output", "-o", help="How to print: value is plain, tab-separated, without a heading."
    ),
]
FIELDS = Annotated[
    str | None,
    typer.Option("--fields", metavar="A,B", help="Print these fields, in this order."),
]
KEY = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="KEY",
        help="The order's Idempotency-Key, if it may have been sent before; made up otherwise.",
    ),
]
# The names of the functions' own arguments may not be among these.
COMMON: dict[str, tuple[Any, Any]] = {
    "output": (OUTPUT, Form.TABLE),
    "fields": (FIELDS, None),
    "profile": (PROFILE, None),
    "url": (URL, None),
    "verbose": (VERBOSE, False),
}
CALLER = {name: COMMON[name] for name in ("profile", "url", "verbose")}


@dataclass
class Session:
    """One command's way to the server and to the terminal."""

    profile_name: str | None = None
    url: str | None = None
    is_verbose: bool = False
    form: Form = Form.TABLE
    fields: list[str] = field(default_factory=list)
    key: str | None = None

    @cached_property
    def connection(self) -> Connection:
        """The server, as the profile's caller."""
        profile = profiles.chosen(self.profile_name, self.url)
        return Connection(profile, is_verbose=self.is_verbose)

    @property
    def call(self) -> Callable[..., Any]:
        """Call an operation."""
        return self.connection.call

    def order_key(self) -> str:
        """Return the Idempotency-Key of this command's order."""
        from gatekeeper_cli.connection import new_key

        self.key = self.key or new_key()
        return self.key

    def progress(self, text: str) -> None:
        """Say something beside the output."""
        from gatekeeper_cli.faults import visible

        sys.stderr.write(f"{visible(text)}\n")
        sys.stderr.flush()

    def show(self, data: Any, *, hidden: Sequence[str] = ()) -> None:
        """Print one object."""
        from gatekeeper_cli import output

        output.show(data, self.form, self.fields, hidden=hidden)

    def rows(self, rows: Sequence[Any], columns: Sequence[str]) -> None:
        """Print a list of objects; the columns are a table's, where no fields are asked for."""
        from gatekeeper_cli import output

        output.rows(rows, self.form, self.fields or columns, is_asked=bool(self.fields))


def command(
    app: typer.Typer,
    name: str,
    *,
    is_order: bool = False,
    has_output: bool = True,
    **options: Any,
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return a decorator that makes a function a command of the application.

    Args:
        app: The application, or a group of it.
        name: The command's name.
        is_order: Whether it makes something, once, by an Idempotency-Key.
        has_output: Whether it prints something in forms that can be chosen.
        options: Of typer's.
    """
    common = (COMMON if has_output else CALLER) | ({"key": (KEY, None)} if is_order else {})

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        def run(**values: Any) -> None:
            mine = {name: values.pop(name) for name in common}
            try:
                function(new_session(mine), **values)
            except BrokenPipeError as fault:
                raise PipeClosed from fault

        functools.update_wrapper(run, function)
        del run.__wrapped__  # type: ignore[attr-defined]
        own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        shared = [
            inspect.Parameter(
                name, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default
            )
            for name, (annotation, default) in common.items()
        ]
        keyword_only = [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in own]
        run.__signature__ = inspect.Signature(keyword_only + shared)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in keyword_only + shared}
        app.command(name, **options)(run)
        return function

    return decorate


def new_session(values: Mapping[str, Any]) -> Session:
    """Return the session of a command that was given these common options."""
    fields = values.get("fields")
    names = [name.strip() for name in fields.split(",")] if fields is not None else []
    if fields is not None and not all(names):
        raise WrongUse(f"--fields {fields!r} names nothing, where it should name fields.")
    key = values.get("key")
    if key is not None and not (key.isascii() and key.isprintable() and 0 < len(key) <= 255):
        raise WrongUse("--key has to be of 1 to 255 visible ASCII characters.")
    return Session(
        profile_name=values["profile"],
        url=values["url"],
        is_verbose=values["verbose"],
        form=values.get("output", Form.TABLE),
        fields=names,
        key=key,
    )


def group(parent: typer.Typer, name: str, help: str) -> typer.Typer:  # noqa: A002 typer's own name
    """Return a new group of commands."""
    app = typer.Typer(
        name=name,
        help=help,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    parent.add_typer(app)
    return app
