"""Prints results: for people as tables, for programs as JSON, YAML or plain values."""

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from gatekeeper_cli.faults import escaped, visible

# Within JSON's texts: what a terminal would obey, and JSON itself leaves as it is.
BEYOND_JSON = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


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


def cell(value: Any) -> str:
    """Return a value as text in one line."""
    if value is None:
        return ""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return visible(",".join(value))
    return visible(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def as_json(data: Any, *, indent: int = 2, sort_keys: bool = False) -> str:
    """Return JSON for people and programs: letters stand as they are, controls are escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=indent, sort_keys=sort_keys)
    return BEYOND_JSON.sub(lambda found: escaped(found.group()), text)


def as_yaml(data: Any) -> str:
    """Return YAML in blocks, with the members in the server's order."""
    import yaml

    def dumped(*, as_is: bool) -> str:
        text: str = yaml.safe_dump(data, allow_unicode=as_is, sort_keys=False, width=10**6)
        return text

    text = dumped(as_is=True)
    if BEYOND_JSON.search(text):  # YAML can escape all that is not ASCII, or none of this
        text = dumped(as_is=False)
    return text.removesuffix("\n...\n").rstrip("\n")


def write(text: str, *, is_empty: bool = False) -> None:
    """Write lines to the output at once, so that a full disk or a closed pipe shows."""
    if not is_empty:
        sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
