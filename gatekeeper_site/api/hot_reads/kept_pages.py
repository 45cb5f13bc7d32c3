"""Pages of lists that a process has answered, kept for as long as nothing is written.

PostgreSQL's snapshot says which transactions a statement sees the work of. Where two statements
have the same one, whatever they select is the same: no transaction that writes has ended between
them, in any process and any database of the server. So a page is never guessed to be still right.
"""

import threading
from typing import Generic, TypeVar

# Which state of all data a statement sees. That of another server, or of one that was started
# anew, is another: it may have other work under the same numbers.
STATE = "pg_current_snapshot()::text || ' ' || pg_postmaster_start_time()::text"
MAX_PAGE_BYTES = 256 * 1024
MAX_KEPT_BYTES = 16 * 1024 * 1024

T = TypeVar("T")


class KeptPages(Generic[T]):
    """A process's pages, by what was asked for."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.pages: dict[tuple[object, ...], tuple[str, T]] = {}
        self.bytes = 0

    def get(self, asked: tuple[object, ...], state: str) -> T | None:
        """Return a page, unless anything may have been written since it was read.

        Args:
            asked: all that it depends on besides the data.
            state: that which the caller sees.
        """
        kept = self.pages.get(asked)
        return kept[1] if kept is not None and kept[0] == state else None

    def keep(self, asked: tuple[object, ...], state: str, page: T, size: int) -> None:
        """Keep a page, in place of an older one; once there is too much, forget all others.

        Args:
            asked: as in `get`.
            state: one that was seen before the page was read.
            page: what is kept.
            size: of the page, in bytes.
        """
        if size > MAX_PAGE_BYTES:
            return
        with self.lock:
            if self.bytes + size > MAX_KEPT_BYTES:
                self.pages = {}
                self.bytes = 0
            # One in the place of another is counted as one more: it matters only when all go.
            self.bytes += size
            self.pages[asked] = (state, page)
