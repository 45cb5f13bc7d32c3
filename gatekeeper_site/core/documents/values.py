"""The values of documents: numbers, and a walk through what a document unfolds to."""

import math
from dataclasses import dataclass, field
from typing import Any

import orjson

from gatekeeper_site.core.documents.faults import (
    DOUBLE,
    MAX_FAULTS,
    TOO_LARGE_INTEGER,
    TOO_LARGE_NUMBER,
    DocumentError,
    Fault,
    Odd,
    told,
    too_large,
    written_path,
)

MAX_DEPTH = 64
# What every JSON reader and writer takes without loss of digits or an error (64 bits).
MAX_INTEGER = 2**64 - 1
MIN_INTEGER = -(2**63)
# Longer than any of 64 bits; to read the digits of one that is much longer takes minutes.
MAX_INTEGER_LENGTH = 30


def integer(digits: str, base: int = 10) -> int | Odd:
    """Return the integer that digits mean; what is wrong if it has more than 64 bits."""
    if len(digits) <= MAX_INTEGER_LENGTH:
        value = int(digits, base)
        if MIN_INTEGER <= value <= MAX_INTEGER:
            return value
    return Odd(digits, TOO_LARGE_INTEGER)


def real(text: str) -> float | Odd:
    """Return the number that a text means; what is wrong if no double holds it."""
    value = float(text)
    return value if math.isfinite(value) else Odd(text, TOO_LARGE_NUMBER)


def key_once(key: str, value: dict[str, Any]) -> str:
    """Return a key for an object; where it has it already, in its place one that says so."""
    if key not in value:
        return key
    del value[key]
    return Odd(key, DOUBLE)


def length_of_number(value: float | None) -> int:
    """Return how many bytes a number, a boolean or null takes, written without an exponent.

    That is how PostgreSQL gives numbers back: 1e308 with 309 digits.
    """
    if value is None:
        return 4
    text = repr(value)
    _, _, exponent = text.partition("e")
    return len(text) + abs(int(exponent or 0))


@dataclass
class Inspection:
    """A walk through a value, aliases unfolded: how large is it in JSON, and what is wrong?"""

    max_bytes: int
    size: int = 0
    faults: list[Fault] = field(default_factory=list)
    path: list[str | int] = field(default_factory=list)

    def visit(self, value: Any) -> None:
        """Count a value, and note what is wrong with it.

        Raises:
            DocumentTooLarge: it is larger than the bound; the rest is not looked at.
            DocumentError: more is wrong with it than can be told.
        """
        if isinstance(value, str):
            self.visit_text(value)
        elif isinstance(value, dict | list):
            self.size += 2 + max(0, len(value) - 1)
            if len(self.path) == MAX_DEPTH:
                self.note(f"The body is nested deeper than {MAX_DEPTH} levels.")
            elif isinstance(value, dict):
                self.visit_members(value)
            else:
                for index, member in enumerate(value):
                    self.path.append(index)
                    self.visit(member)
                    self.path.pop()
        else:
            self.size += length_of_number(value)
        if self.size > self.max_bytes:
            raise too_large(self.max_bytes)

    def visit_members(self, value: dict[str, Any]) -> None:
        """Count an object's keys and values, and note what is wrong with them."""
        for key, member in value.items():
            self.path.append(key)
            self.size += 1
            self.visit_text(key)
            self.visit(member)
            self.path.pop()

    def visit_text(self, text: str) -> None:
        """Count a string, and note what no JSON, or no database, takes of it."""
        if isinstance(text, Odd):
            self.note(text.reason)
        elif "\0" in text:
            self.note("A string has no NUL character.")
        try:
            self.size += len(orjson.dumps(text))
        except TypeError:
            self.size += len(text)
            self.note("A string has no half of a surrogate pair.")

    def note(self, message: str) -> None:
        """Note a fault of what is being visited."""
        self.faults.append(Fault(written_path(self.path), message))
        if len(self.faults) > MAX_FAULTS:
            raise DocumentError(told(self.faults))


def inspected(value: Any, max_bytes: int) -> Any:
    """Return a value that has been read, if it can be stored and printed as it is.

    Raises:
        DocumentTooLarge: it is larger than that in JSON.
        DocumentError: it is nested too deeply, or something in it cannot be kept.
    """
    inspection = Inspection(max_bytes)
    inspection.visit(value)
    if inspection.faults:
        raise DocumentError(inspection.faults)
    return value
