"""Reads YAML by the core schema of YAML 1.2, whatever is wrong with it marked where it stands.

The events are libyaml's; what PyYAML makes of them is YAML 1.1, with its base 60, its dates, its
`yes` and its merge key: `<<` is a key like any other. What an alias names stands in its place as
the same object: nothing is unfolded here.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

from gatekeeper_site.core.documents.faults import (
    NOT_FINITE,
    DocumentError,
    Fault,
    Odd,
    printable,
    unreadable,
)
from gatekeeper_site.core.documents.values import MAX_DEPTH, integer, key_once, real

TAG = "tag:yaml.org,2002:"
CONSTANTS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
# Without leading zeros: what has them is an identifier, and keeps them.
INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
REAL = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
NO_REAL = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
TYPES: dict[str, Callable[[Any], bool]] = {
    "null": lambda value: value is None,
    "bool": lambda value: isinstance(value, bool),
    "int": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "float": lambda value: isinstance(value, float),
}
# Stands for the node that is still being read: within itself, it would unfold without end.
OPEN = object()


def parse_yaml(text: str, *, keeps_text: bool = False, hint: str = "") -> Any:
    """Return the value of a YAML text, `Odd` where it has what we do not take.

    What an alias names stands there as the same object: nothing is unfolded.

    Args:
        text: the text.
        keeps_text: have what JSON lacks as its text.
        hint: what to say besides of a text that is not YAML.

    Raises:
        DocumentSyntaxError: it is not YAML.
        DocumentError: an alias names nothing, it is nested too deeply, or is several documents.
    """
    reader = YAMLReader(keeps_text)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            reader.take(event)
    except yaml.reader.ReaderError as error:
        index = len(text.encode()[: error.position].decode(errors="ignore"))
        raise unreadable("neither JSON nor YAML", text, index, hint) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        index = mark.index if mark else 0
        raise unreadable("neither JSON nor YAML", text, index, hint) from error
    return reader.documents[0] if reader.documents else None


def plain_value(text: str) -> Any:
    """Return what a scalar without quotes means by the core schema."""
    if text in CONSTANTS:
        return CONSTANTS[text]
    if text[0] not in "+-.0123456789":
        return text
    if INTEGER.fullmatch(text):
        return integer(text)
    if OCTAL.fullmatch(text):
        return integer(text[2:], 8)
    if HEXADECIMAL.fullmatch(text):
        return integer(text[2:], 16)
    if REAL.fullmatch(text):
        return real(text)
    return Odd(text, NOT_FINITE) if NO_REAL.fullmatch(text) else text


def tagged_value(tag: str, text: str) -> Any:
    """Return what a scalar with a tag means."""
    if tag in ("!", f"{TAG}str"):
        return text
    kind = tag.removeprefix(TAG)
    if tag != f"{TAG}{kind}" or kind not in TYPES:
        return Odd(text, strange_tag(tag))
    value = plain_value(text)
    if kind == "float" and TYPES["int"](value):
        return float(value)
    return value if TYPES[kind](value) else Odd(text, f"This is not what its tag !!{kind} says.")


def strange_tag(tag: str) -> str:
    """Return what is said of a tag that we do not take, or that is another kind of node's."""
    shown = f"!!{tag.removeprefix(TAG)}" if tag.startswith(TAG) else tag
    return f"The tag {printable(shown)} has no meaning here: leave it out."


@dataclass
class Collection:
    """A mapping or sequence that is being read.

    `reason` says what is wrong with it; `key` waits for its value.
    """

    value: Any
    anchor: str | None = None
    reason: str = ""
    key: str | None = None


class YAMLReader:
    """Makes values of libyaml's events."""

    def __init__(self, keeps_text: bool) -> None:
        self.keeps_text = keeps_text
        self.documents: list[Any] = []
        self.open = [Collection(self.documents)]
        self.anchors: dict[str, Any] = {}

    def take(self, event: yaml.Event) -> None:
        """Read on.

        Raises:
            DocumentError: it cannot be read on from here.
        """
        if isinstance(event, yaml.CollectionStartEvent):
            self.begin(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            done = self.open.pop()
            value = Odd("", done.reason) if done.reason else done.value
            self.add(value, event, done.anchor)
        elif isinstance(event, yaml.ScalarEvent):
            self.add(self.scalar(event), event, event.anchor)
        elif isinstance(event, yaml.AliasEvent):
            name: Any = event.anchor
            value = self.anchors.get(name, OPEN)
            if value is OPEN:
                raise misplaced(event, f"The alias *{printable(name)} names nothing before it")
            self.add(value, event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.documents:
            raise misplaced(event, "The body is several YAML documents: another begins")

    def begin(self, event: yaml.CollectionStartEvent) -> None:
        """Begin a mapping or sequence."""
        if len(self.open) > MAX_DEPTH:
            raise misplaced(event, f"The body is nested deeper than {MAX_DEPTH} levels")
        is_sequence = isinstance(event, yaml.SequenceStartEvent)
        kind = "seq" if is_sequence else "map"
        begun = Collection([] if is_sequence else {}, event.anchor)
        tag: Any = event.tag
        if tag not in (None, "!", f"{TAG}{kind}") and not self.keeps_text:
            begun.reason = strange_tag(tag)
        if event.anchor:
            self.anchors[event.anchor] = OPEN
        self.open.append(begun)

    def scalar(self, event: yaml.ScalarEvent) -> Any:
        """Return what a scalar means."""
        text = event.value
        if self.keeps_text:
            # No database takes it.
            text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
        if event.tag is not None:
            value = tagged_value(event.tag, text)
        else:
            value = plain_value(text) if event.implicit[0] else text
        return text if self.keeps_text and isinstance(value, Odd) else value

    def add(self, value: Any, event: yaml.Event, anchor: str | None = None) -> None:
        """Put a value where it belongs: into the innermost collection."""
        if anchor:
            self.anchors[anchor] = value
        inner = self.open[-1]
        if isinstance(inner.value, list):
            inner.value.append(value)
        elif inner.key is None:
            inner.key = key_once(self.key(value, event), inner.value)
        else:
            inner.value[inner.key] = value
            inner.key = None

    def key(self, value: Any, event: yaml.Event) -> str:
        """Return the key that a value is.

        Raises:
            DocumentError: it is none that could be written as text.
        """
        if not isinstance(event, yaml.ScalarEvent):
            if isinstance(value, str) and not isinstance(value, Odd):
                return value
            raise misplaced(event, "A key must be a string, and this is none")
        text: str = event.value
        is_own = event.tag is not None or not isinstance(value, Odd)
        if isinstance(value, str) and is_own:
            return value
        if self.keeps_text:
            return text
        return Odd(text, f'A key must be a string: write "{printable(text)}" in quotes.')


def misplaced(event: yaml.Event, message: str) -> DocumentError:
    """Return the fault of what has a line and column, and no path."""
    mark: Any = event.start_mark
    return DocumentError(
        [Fault("", f"{message}, at line {mark.line + 1}, column {mark.column + 1}.")]
    )
