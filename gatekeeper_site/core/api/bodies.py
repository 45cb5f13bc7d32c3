"""Reads bodies: JSON whatever the Content-Type (contract: http.md, Paths and bodies)."""

import json
import math
from collections.abc import Iterable, Mapping
from typing import IO, Any, NoReturn

import yaml
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from gatekeeper_site.core.api.renderers import JSONRenderer

MAX_BODY_BYTES = 1024 * 1024
MAX_DEPTH = 64
# Enough for any honest descriptor of 1 MiB; aliases could otherwise make gigabytes of a page.
MAX_YAML_NODES = 200_000
# What every JSON reader and writer takes without loss of digits or an error (64 bits).
MAX_INTEGER = 2**64 - 1
MIN_INTEGER = -(2**63)
# 64 bits written in base 2, and more.
MAX_YAML_INTEGER_LENGTH = 100
# Besides its own errors, PyYAML lets through those of what it calls: `!!int ""` is an IndexError,
# `!!bool maybe` a KeyError, a float of base 60 with 200 places an OverflowError.
YAML_ERRORS = (
    yaml.YAMLError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


class BodyParser(BaseParser):
    """Parses any body as one JSON object; `negotiation.py` does not ask for its media type."""

    media_type = "application/json"
    # What the browsable API fills its form for raw data with.
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object.

        Raises:
            ParseError: the body is not one JSON object fit to be stored.
        """
        return checked_object(parse_json(decode(stream.read())))


class DescriptorParser(BodyParser):
    """Parses a body as one JSON object or, where it is not JSON, as one YAML mapping."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object.

        Raises:
            ParseError: the body is neither, or not fit to be stored.
        """
        return parse_descriptor(stream.read())


class JSONSyntaxError(ParseError, json.JSONDecodeError):
    """Text that is not JSON: a 400 where only JSON will do, and the cue to try YAML elsewhere."""

    def __init__(self, error: json.JSONDecodeError) -> None:
        """Say where the text stops being JSON."""
        ParseError.__init__(
            self,
            f"The body is not JSON: {error.msg}, at line {error.lineno}, column {error.colno}.",
        )


def parse_descriptor(body: bytes) -> dict[str, Any]:
    """Return the object of a JSON text or, where it is not JSON, the mapping of a YAML text.

    Raises:
        ParseError: it is neither, or not fit to be stored.
    """
    text = decode(body)
    try:
        value = parse_json(text)
    except json.JSONDecodeError:
        value = parse_yaml(text)
    return checked_object(value)


def decode(body: bytes) -> str:
    """Return the text of a body.

    Raises:
        ParseError: it is not UTF-8.
    """
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError(
            f"The body is not UTF-8 text: {error.reason}, at byte {error.start}."
        ) from error


def parse_json(text: str) -> Any:
    """Return the value of a JSON text.

    Raises:
        JSONSyntaxError: it is not JSON.
        ParseError: it is JSON that we do not take: a duplicate key, NaN, nested without end.
    """
    try:
        return json.loads(
            text, object_pairs_hook=object_without_duplicates, parse_constant=refuse_constant
        )
    except json.JSONDecodeError as error:
        raise JSONSyntaxError(error) from error
    except RecursionError as error:
        raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.") from error
    except ValueError as error:
        # Python refuses to read integers of thousands of digits.
        raise ParseError("The body has a number that is too long.") from error


def object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return the pairs as a dict.

    Raises:
        ParseError: a key stands in it twice.
    """
    value = dict(pairs)
    if len(value) < len(pairs):
        double = first_double(key for key, _ in pairs)
        raise ParseError(f"The body has the key {double!r} twice in one object.")
    return value


def first_double(keys: Iterable[str]) -> str | None:
    """Return the first key that stands among the keys before it, or None."""
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            return key
        seen.add(key)
    return None


def refuse_constant(name: str) -> NoReturn:
    """Refuse NaN, Infinity and -Infinity, which Python would read and RFC 8259 does not have."""
    raise ParseError(f"The body has {name}, which is not a JSON number.")


class DescriptorLoader(yaml.CSafeLoader):
    """Safe YAML, with dates left as the text they are and no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping.

        Raises:
            ConstructorError: a key stands in it twice.
        """
        double = first_double(
            key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode)
        )
        if double is not None:
            raise yaml.constructor.ConstructorError(
                None, None, f"the key {double!r} stands twice in one mapping", node.start_mark
            )
        return super().construct_mapping(node, deep)

    def construct_yaml_int(self, node: yaml.ScalarNode) -> int:
        """Return the integer.

        Raises:
            ConstructorError: it is too long: one of base 60 takes minutes to unfold.
        """
        if len(node.value) > MAX_YAML_INTEGER_LENGTH:
            raise yaml.constructor.ConstructorError(
                None, None, "an integer is too long", node.start_mark
            )
        return int(super().construct_yaml_int(node))


DescriptorLoader.add_constructor("tag:yaml.org,2002:int", DescriptorLoader.construct_yaml_int)
DescriptorLoader.yaml_implicit_resolvers = {
    first: [(tag, expression) for tag, expression in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def parse_yaml(text: str) -> Any:
    """Return the value of a YAML text.

    Raises:
        ParseError: it is not YAML, has tags beyond plain data, or unfolds beyond bounds.
    """
    try:
        refuse_yaml_bombs(text)
        return yaml.load(text, Loader=DescriptorLoader)  # noqa: S506 - a safe loader
    except YAML_ERRORS as error:
        reason = " ".join(str(error).split())
        raise ParseError(f"The body is neither JSON nor YAML: {reason}") from error


def refuse_yaml_bombs(text: str) -> None:
    """Check depth and size, aliases unfolded, from YAML's events: before anything is built.

    Raises:
        ParseError: it goes beyond the bounds.
    """
    total = 0
    sizes: dict[str | None, int] = {}
    open_nodes: list[tuple[str | None, int]] = []
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in sizes:
                # Within the node that it names, it would unfold without end.
                raise ParseError(f"The YAML alias {event.anchor!r} names no node before it.")
            total += sizes[event.anchor]
        elif isinstance(event, yaml.ScalarEvent):
            total += 1
            sizes[event.anchor] = 1
        elif isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, total))
            total += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, before = open_nodes.pop()
            sizes[anchor] = total - before
        if len(open_nodes) > MAX_DEPTH:
            raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")
        if total > MAX_YAML_NODES:
            raise ParseError(f"The YAML unfolds to more than {MAX_YAML_NODES} nodes.")


def checked_object(value: Any) -> dict[str, Any]:
    """Return the value if it is an object that can be stored and printed as it is.

    Raises:
        ParseError: it is no object, or something in it cannot be kept.
    """
    if not isinstance(value, dict):
        raise ParseError("The body must be a JSON object.")
    waiting: list[tuple[Any, int]] = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        if isinstance(part, dict | list):
            if depth > MAX_DEPTH:
                raise ParseError(f"The body is nested deeper than {MAX_DEPTH} levels.")
            if isinstance(part, dict):
                for key in part:
                    if not isinstance(key, str):
                        raise ParseError(f"The key {key!r} is not a string.")
                    check_text(key)
                part = list(part.values())
            waiting.extend((member, depth + 1) for member in part)
        else:
            check_scalar(part)
    return value


def check_scalar(value: Any) -> None:
    """Check a value that holds no others.

    Raises:
        ParseError: it is no JSON value, or one that the database or a client could not hold.
    """
    if isinstance(value, str):
        check_text(value)
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int):
        if not MIN_INTEGER <= value <= MAX_INTEGER:
            raise ParseError("The body has an integer beyond 64 bits.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise ParseError("The body has a number beyond what a double can hold.")
    else:
        raise ParseError(f"The body has a {type(value).__name__}, which JSON cannot express.")


def check_text(text: str) -> None:
    """Check a string.

    Raises:
        ParseError: it has a NUL or half of a surrogate pair, which no database takes.
    """
    if "\0" in text:
        raise ParseError("The body has a NUL character in a string.")
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ParseError("The body has an unpaired surrogate in a string.") from error
