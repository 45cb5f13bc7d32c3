"""Texts of values: for people in one line, for programs as JSON or YAML."""

import json
import re
import sys
from typing import Any

from gatekeeper_cli.faults import escaped, visible

# Within JSON's texts: what a terminal would obey, and JSON itself leaves as it is.
BEYOND_JSON = re.compile(r"[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


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
