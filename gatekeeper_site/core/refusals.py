"""What services refuse an order for; `api/problems` alone says what each is in HTTP."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias


class Conflict(Exception):
    """The order contradicts the state of an object (409): nothing was changed."""

    def __init__(self, code: str, detail: str) -> None:
        """Keep a code of the contract and a sentence for the person who reads it."""
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Invalid(Exception):
    """An order that names what is not there or makes no sense (400), each fault with its field."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        """Keep the faults as (field, message)."""
        super().__init__("; ".join(f"{field}: {message}" for field, message in faults))
        self.faults = faults


class Forbidden(Exception):
    """The caller may see it but not do this (403)."""


class PreconditionFailed(Exception):
    """The object is not any more as the caller saw it (412)."""


# What a service calls with an object once it is locked, before it looks at anything else.
Precondition: TypeAlias = Callable[[Any], None]


def no_precondition(locked: Any) -> None:
    """Let everything pass: for callers without an `If-Match`."""
