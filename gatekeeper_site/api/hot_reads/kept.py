"""What a process keeps of its answers, for as long as nothing is written that would change them.

PostgreSQL's snapshot says which transactions a statement sees the work of. Where two statements
have the same one, whatever they select is the same: no transaction that writes has ended between
them, in any process and any database of the server. And a row is the same as long as it was written
by the same transaction and stands in the same place. So what is kept is never guessed to be still
right.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from gatekeeper_site.api.conditional import etag_of_text
from gatekeeper_site.api.hot_reads.resources import Answer
from gatekeeper_site.core.counting import RowCount

# Another server, or one that was started anew, may have other work under the same numbers.
SERVER = "pg_postmaster_start_time()::text"
# Which state of all data a statement sees.
STATE = f"pg_current_snapshot()::text || ' ' || {SERVER}"
MEGABYTE = 2**20
MAX_BYTES = MEGABYTE // 4
SLAB_BYTES = MEGABYTE // 4
# About what it takes to keep anything, however small.
OWN_BYTES = 500

T = TypeVar("T")


class Kept(Generic[T]):
    """What a process keeps of one kind, each with the state in which it is right.

    Args:
        max_bytes: how much it may be together, about.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.lock = threading.Lock()
        self.values: dict[object, tuple[str, T]] = {}
        self.bytes = 0

    def get(self, key: object, state: str) -> T | None:
        """Return what is kept, unless it is of another state.

        Args:
            key: all that it depends on besides the state.
            state: that which the caller sees.
        """
        kept = self.values.get(key)
        return kept[1] if kept is not None and kept[0] == state else None

    def last(self, key: object) -> tuple[str, T] | None:
        """Return what is kept, with its state, which may be a former one."""
        return self.values.get(key)

    def keep(self, key: object, state: str, value: T, size: int = 0) -> None:
        """Keep something, in place of an older one; once there is too much, forget all others.

        Args:
            key: as in `get`.
            state: one that was seen before what is kept was read, or with it.
            value: what is kept.
            size: of it, in bytes.
        """
        if size > MAX_BYTES:
            return
        with self.lock:
            if self.bytes + size + OWN_BYTES > self.max_bytes:
                self.values = {}
                self.bytes = 0
            # One in the place of another is counted as one more: it matters only when all go.
            self.bytes += size + OWN_BYTES
            self.values[key] = (state, value)


class Slabs:
    """Many small texts in few large pieces of memory.

    Each by itself, among the large texts that come and go with every answer, would keep twenty
    times its size from being used again.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.slab = memoryview(bytearray())
        self.used = 0

    def copy_of(self, text: bytes) -> memoryview:
        """Return a text in a slab, which stays as long as any text in it."""
        with self.lock:
            if self.used + len(text) > len(self.slab):
                self.slab = memoryview(bytearray(max(SLAB_BYTES, len(text))))
                self.used = 0
            start, self.used = self.used, self.used + len(text)
            copy = self.slab[start : self.used]
        copy[:] = text
        return copy


class KeptRows:
    """A process's printed rows, by table and server: each by its id and version in one text.

    Args:
        max_bytes: how much it may be together, about.
    """

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.slabs = Slabs()
        self.lock = threading.Lock()
        self.tables: dict[tuple[str, str], dict[str, memoryview]] = {}
        self.bytes = 0

    def of(self, table: str, server: str) -> Mapping[str, memoryview]:
        """Return those of a table."""
        return self.tables.get((table, server), {})

    def keep(self, table: str, server: str, entry: str, text: bytes) -> None:
        """Keep a row; once there is too much, forget all others."""
        if len(text) > MAX_BYTES:
            return
        with self.lock:
            if self.bytes + len(text) + OWN_BYTES > self.max_bytes:
                self.tables = {}
                self.bytes = 0
            self.bytes += len(text) + OWN_BYTES
            rows = self.tables.setdefault((table, server), {})
            rows[entry] = self.slabs.copy_of(text)


@dataclass(frozen=True)
class Printed:
    """An object, as it is printed."""

    tenant_id: str
    kept_text: memoryview

    @property
    def text(self) -> bytes:
        """The JSON."""
        return bytes(self.kept_text)

    @cached_property
    def etag(self) -> str:
        """The object's."""
        return etag_of_text(self.text)


# By all that the caller asks, and what he may see; of a state.
pages: Kept[Answer] = Kept(8 * MEGABYTE)
# By what selects the rows, and its parameters; of a state.
counts: Kept[RowCount] = Kept(MEGABYTE)
# How many seconds a page's statement took last, by that and the values of its filters; of no state.
seconds: Kept[float] = Kept(MEGABYTE)
# Of lists.
rows = KeptRows(10 * MEGABYTE)
# By view and id; of a version of the row.
objects: Kept[Printed] = Kept(4 * MEGABYTE)
object_texts = Slabs()
