"""What the generated code is written with."""

from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

import httpx

T_co = TypeVar("T_co", covariant=True)


class Unset:
    """That an optional member or parameter is not given, which is another thing than null."""

    def __bool__(self) -> Literal[False]:
        return False


UNSET = Unset()


@dataclass(frozen=True)
class Response(Generic[T_co]):
    """An answer: as it came, and what was read from it."""

    status_code: int
    headers: httpx.Headers
    content: bytes
    parsed: T_co


__all__ = ["UNSET", "Response", "Unset"]
