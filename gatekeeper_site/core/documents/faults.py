"""What can be wrong with a document, and how it is told."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

# How much is shown of a key, or of a text that cannot be read.
SHOWN_LENGTH = 60
DOUBLE = "This key stands twice in one object."
NOT_FINITE = "Neither NaN nor infinity is a number in JSON."
TOO_LARGE_NUMBER = "This number is beyond what a double holds."
TOO_LARGE_INTEGER = "An integer has at most 64 bits."


class Fault(NamedTuple):
    """One thing wrong with a document; the path is "" where it is the document's as a whole."""

    path: str
    message: str


# A text of one mebibyte can hold half a million faults; nobody reads them.
MAX_FAULTS = 100


class DocumentError(Exception):
    """A document that is not taken; `faults` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            "; ".join(f"{path}: {message}" if path else message for path, message in faults)
        )
        self.faults = faults


class DocumentTooLarge(DocumentError):
    """A document that unfolds to more than is taken."""


class DocumentSyntaxError(DocumentError):
    """Text that is not JSON, or not YAML."""


class Odd(str):
    """Text, in the place of a value or key that JSON has not; `reason` is what is said of it."""

    __slots__ = ("reason",)
    reason: str

    def __new__(cls, text: str, reason: str) -> "Odd":
        """Make the text, and keep the reason beside it."""
        made = super().__new__(cls, text)
        made.reason = reason
        return made


def told(faults: Sequence[tuple[str, str]]) -> list[Fault]:
    """Return the faults that are told: of very many the first, and that there are more."""
    first = [Fault(*fault) for fault in faults[:MAX_FAULTS]]
    if len(faults) > MAX_FAULTS:
        first.append(Fault("", f"More is wrong than these {MAX_FAULTS} faults."))
    return first


def too_large(max_bytes: int) -> DocumentTooLarge:
    """Return the fault of a document that is too large."""
    return DocumentTooLarge(
        [Fault("", f"The body unfolds to more than {max_bytes} bytes of JSON.")]
    )


def unreadable(kind: str, text: str, index: int, hint: str = "") -> DocumentSyntaxError:
    """Return the fault of a text that is not what it should be from some character on."""
    line = text.count("\n", 0, index) + 1
    column = index - text.rfind("\n", 0, index)
    rest = text[index : index + SHOWN_LENGTH].strip().partition("\n")[0]
    place = f'at "{printable(rest)}"' if rest else "where it ends"
    message = (
        f"The body is {kind}: it cannot be read from line {line}, column {column} on, {place}."
    )
    return DocumentSyntaxError([Fault("", message + hint)])


def written_path(steps: Iterable[str | int]) -> str:
    """Return keys and indexes as a path: `network_functions[0].vnf_id`."""
    written = "".join(
        f"[{step}]" if isinstance(step, int) else f".{printable(step)}" for step in steps
    )
    return written.removeprefix(".")


def printable(text: str) -> str:
    """Return the beginning of a text, with a mark in place of what cannot be shown or stored."""
    shown = text if len(text) <= SHOWN_LENGTH else f"{text[:SHOWN_LENGTH]}…"
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in shown)
