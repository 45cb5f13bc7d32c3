"""How new objects are made by two statements: one looks up what they name, one writes them.

Services say it, and the short way in asks both by itself (api/hot_writes.py).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model

from gatekeeper_site.core.lookups import Statement

ModelType = TypeVar("ModelType", bound=Model)


@dataclass(frozen=True)
class Writing(Generic[ModelType]):
    """What stores a new object with all that goes with it, and what comes of that."""

    # The queries of a WITH, and their parameters.
    queries: str
    parameters: Sequence[Any]
    # What is selected of them at the end, and of which one. There is no row where nothing was done.
    columns: str
    source: str
    # Of what only one at a time can be written, as it locks the same.
    key: str
    # Makes the object of that row.
    stored: Callable[[Sequence[Any]], ModelType]

    @property
    def statement(self) -> Statement:
        """All of it as one statement."""
        text = f"{self.queries} SELECT {self.columns} FROM {self.source}"  # noqa: S608
        return text, self.parameters


@dataclass(frozen=True)
class Creation(Generic[ModelType]):
    """How a kind of objects is made."""

    # What an order may name, each a model and the columns to know of an object.
    named: Sequence[tuple[type[Model], Sequence[str]]]
    # The ids of those that an order names; None where it needs more than two statements.
    ids: Callable[[Any], Sequence[UUID | None] | None]
    # Called with the order, the columns of what it names (None: there is none), who calls, and when
    # his call began; asks the database nothing. What it does not refuse, the function that it
    # returns makes.
    take: Callable[
        [Any, Sequence[Sequence[Any] | None], Any, datetime], Callable[[], Writing[ModelType]]
    ]
