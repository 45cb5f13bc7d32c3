"""Prints results: for people as tables, for programs as JSON, YAML or plain values."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gatekeeper_cli.texts import as_json, as_yaml, cell, write


def show(data: Any, form: str, fields: Sequence[str] = (), *, hidden: Sequence[str] = ()) -> None:
    """Print one object.

    Args:
        data: What the server said of it.
        form: `table`, `json`, `yaml` or `value`.
        fields: What to print of it, in this order; empty for all.
        hidden: What a table leaves out, unless it is asked for.
    """
    if isinstance(data, Mapping) and fields:
        data = picked(data, fields)
    if form == "json":
        write(as_json(data))
    elif form == "yaml":
        write(as_yaml(data))
    elif not isinstance(data, Mapping):
        write(cell(data))
    elif form == "value":
        write("\n".join(cell(value) for value in data.values()))
    else:
        from gatekeeper_cli.tables import print_object

        print_object({name: data[name] for name in data if fields or name not in hidden})


def rows(data: Sequence[Any], form: str, columns: Sequence[str], *, is_asked: bool) -> None:
    """Print a list of objects.

    Args:
        data: What the server said of each.
        form: `table`, `json`, `yaml` or `value`.
        columns: The fields that become columns.
        is_asked: Whether somebody asked for these fields, and not for whole objects.
    """
    if form in ("json", "yaml"):
        listed = [picked(row, columns) for row in data] if is_asked else list(data)
        write(as_json(listed) if form == "json" else as_yaml(listed))
    elif form == "value":
        write("\n".join("\t".join(cells(row, columns)) for row in data), is_empty=not data)
    else:
        from gatekeeper_cli.tables import print_rows

        print_rows([cells(row, columns) for row in data], columns)


def picked(row: Mapping[str, Any], fields: Iterable[str]) -> dict[str, Any]:
    """Return these fields of an object, in this order."""
    return {name: row.get(name) for name in fields}


def cells(row: Mapping[str, Any], columns: Sequence[str]) -> list[str]:
    """Return an object's fields as text, each in one line."""
    return [cell(row.get(name)) for name in columns]
