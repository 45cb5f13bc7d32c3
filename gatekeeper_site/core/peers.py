"""What the peers that apps have registered answered last: asked once for all callers."""

import functools
import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from gatekeeper_site.core import registry

# How long a peer's answer is good for all callers of this process.
PEER_SECONDS = 2
# How long it is good for those who come while another caller asks anew.
MEANWHILE_SECONDS = 30
# How long a caller without such an answer waits for the one that another is asking for.
OTHERS_PROBE_SECONDS = 5
# How long a page waits for it that tells of other things too.
MOMENT_SECONDS = 0.1
NO_ANSWER = "does not answer"


@dataclass
class Peer:
    """What a peer answered last, to all callers of this process."""

    check: Callable[[], str | None]
    text: str | None = NO_ANSWER
    asked_at: float = -math.inf
    lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self) -> str | None:
        """Return "ok", what is wrong, or None where the peer is not configured.

        One caller at a time asks. Others get the last answer, or wait, but not for long: with a
        peer that is silent, callers of `/readyz` would else have every thread.
        """
        if self.age() < PEER_SECONDS:
            return self.text
        has_answer = self.age() < MEANWHILE_SECONDS
        if not self.lock.acquire(timeout=0 if has_answer else OTHERS_PROBE_SECONDS):
            return self.text if has_answer else NO_ANSWER
        try:
            if self.age() >= PEER_SECONDS:
                self.text = self.check()
                self.asked_at = time.monotonic()
            return self.text
        finally:
            self.lock.release()

    def known(self) -> str | None:
        """Return what `answer` does, as far as it is known in a moment; it is asked beside that."""
        if self.age() >= PEER_SECONDS and not self.lock.locked():
            asking = threading.Thread(target=self.answer, daemon=True)
            asking.start()
            asking.join(MOMENT_SECONDS)
        return self.text if self.asked_at > -math.inf else "has not answered yet"

    def age(self) -> float:
        """Return how many seconds ago it was asked."""
        return time.monotonic() - self.asked_at


@functools.cache
def peers() -> dict[str, Peer]:
    """Return what is remembered of each registered peer, made when it is first asked for."""
    return {name: Peer(check=check) for name, check in registry.peer_checks.items()}
