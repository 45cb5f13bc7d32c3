"""What can go wrong, each with the exit status that scripts see; its text is a line for people."""

import re

DONE = 0
# As a shell says of a program that Ctrl-C, or a closed pipe, has ended.
INTERRUPTED = 130
PIPE_CLOSED = 141

# What moves the cursor, colours or hides text on a terminal, or turns its direction.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")


class Fault(Exception):
    """The command was refused, or failed."""

    status = 1


class WrongUse(Fault):
    """The command is not one that can be run."""

    status = 2


class NotReachable(Fault):
    """Nobody answered, or not as Gatekeeper does."""

    status = 3


class NotAllowed(Fault):
    """The caller has no token that lets him do this."""

    status = 4


class PipeClosed(Exception):
    """Who reads the output has gone, as `head` does; typer takes Python's own for a failure."""


class NotFound(Fault):
    """There is no such thing, or it is not the caller's to see."""


def visible(text: str) -> str:
    """Return a text of others in one line that does nothing to a terminal but stand there."""
    return CONTROLS.sub(lambda found: escaped(found.group()), text)


def escaped(character: str) -> str:
    """Return how JSON, Python and YAML write a character that is not to be printed."""
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(character, f"\\u{ord(character):04x}")
